// The SQL that chooses the upstream account of a job, for the gate and for a move alike. It stands behind the relation
// `account_usage`.

import { column, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText, orNull } from '../../lib/guard.ts';
import { isAccountId, type AccountId, type JobId } from '../../lib/ids.ts';
import { opensAt } from '../accounts/account-store.ts';
import type { SealedAccount } from '../accounts/open.ts';
import { ACCOUNT_USAGE, IS_FULL, type CallerValues } from './limit-usage-store.ts';

/** The values of a choice, behind those of the caller. */
export type ChoiceValues = {
  jobId: JobId;
  /** JSON: the keys of the vault that this isolate has, and `acct_env` where it has the token. */
  openable: string;
  /** JSON: the accounts that have refused the job. */
  tried: string;
  /** A number out of the job's id. */
  turn: number;
};

/** The accounts with a token that opens here, which may take this customer's jobs: one, if the customer is pinned to it. */
const ACCOUNT = `account (id, priority, wait_ms, is_busy, is_full) AS (
    SELECT id, priority, MAX(${opensAt(':customerId')} - :nowMs, 0), busy_until_ms > :nowMs,
      EXISTS (SELECT 1 FROM account_usage WHERE account_usage.id = accounts.id AND ${IS_FULL})
    FROM accounts
    WHERE status = 'active' AND COALESCE(vault_key_id, id) IN (SELECT value FROM json_each(:openable))
      AND id NOT IN (SELECT value FROM json_each(:tried))
      AND id = COALESCE((SELECT account_id FROM customers WHERE id = :customerId), id))`;

/**
 * The account with room that has the lowest priority number. Accounts that share a number take turns by the job's id, which
 * is as good as chance: counting the open jobs of each would read them all.
 */
const choiceOf = (which: string) => `${ACCOUNT}, choice (id) AS (
    SELECT id FROM account WHERE wait_ms = 0 AND NOT is_full AND ${which}
    WINDOW peers AS (PARTITION BY is_busy, priority)
    ORDER BY is_busy, priority, (ROW_NUMBER() OVER (peers ORDER BY id) + :turn) % COUNT(*) OVER peers LIMIT 1)`;

/** An account that RunComfy answered with 429 is asked again only if no other has room. */
export const CHOICE = choiceOf('1');
/** A job that one account refused moves to no other that is known to be busy. */
export const NEXT_CHOICE = choiceOf('NOT is_busy');

/** The account that takes a reserved job. */
export const FIND_CHOSEN = statement<{ jobId: JobId }>(`SELECT accounts.id, accounts.sealed
  FROM jobs JOIN accounts ON accounts.id = jobs.account_id WHERE jobs.id = :jobId AND jobs.state = 'reserved'`);

export function chosenOf(row: Row | undefined): SealedAccount | null {
  return row === undefined
    ? null
    : { id: column(row, 'id', isAccountId), sealed: column(row, 'sealed', orNull(isText)) };
}

/** The accounts that a job might have gone to. Nothing is read of them for a job that the gate admitted. */
export const COUNT_ACCOUNTS = statement<CallerValues & ChoiceValues>(`${ACCOUNT_USAGE}, ${ACCOUNT}
  SELECT COUNT(*) AS usable, COALESCE(SUM(wait_ms = 0 AND NOT is_full), 0) AS open,
    MIN(CASE WHEN NOT is_full THEN wait_ms END) AS wait_ms
  FROM account WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE id = :jobId)`);

export type AccountsStanding = {
  /** Active ones with a token, which may take this customer's jobs. */
  usable: number;
  /** Those of them that take a job now. */
  open: number;
  /** Until the first account with room takes a job; null: none has room. */
  waitMs: number | null;
};

export function accountsOf(row: Row | undefined): AccountsStanding {
  return {
    usable: column(row, 'usable', isNumber),
    open: column(row, 'open', isNumber),
    waitMs: column(row, 'wait_ms', orNull(isNumber)),
  };
}

export function choiceValues(
  { jobId, openable }: { jobId: JobId; openable: string[] },
  tried: AccountId[],
): ChoiceValues {
  return {
    jobId,
    openable: JSON.stringify(openable),
    tried: JSON.stringify(tried),
    turn: Number.parseInt(jobId.slice(0, 8), 16),
  };
}
