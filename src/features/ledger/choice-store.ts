// The SQL that chooses the upstream account of a job, for the gate and for a move alike. It stands behind the relation
// `account_room`, and binds behind its values: ?10 the job, ?11 what this isolate has tokens for, ?12 accounts that have been
// tried, ?13 a number out of the job's id.

import { column, type Row } from '../../storage/column.ts';
import { isNumber, isText, orNull } from '../../lib/guard.ts';
import { isAccountId, type AccountId, type JobId } from '../../lib/ids.ts';
import { ENV_ACCOUNT } from '../accounts/account.ts';
import { opensAt } from '../accounts/account-store.ts';
import type { SealedAccount } from '../accounts/open.ts';
import { ACCOUNT_ROOM, IS_FULL } from './room-store.ts';

/** Accounts that this customer's job may go to, were they to take jobs now: a customer who is pinned has one. */
const ACCOUNT = `account (id, priority, wait_ms, is_busy, is_full) AS (
    SELECT id, priority, MAX(${opensAt('?3')} - ?2, 0), busy_until_ms > ?2,
      EXISTS (SELECT 1 FROM account_room WHERE account_room.id = accounts.id AND ${IS_FULL})
    FROM accounts
    WHERE status = 'active' AND (sealed IS NOT NULL OR id = '${ENV_ACCOUNT}')
      AND COALESCE(vault_key_id, id) IN (SELECT value FROM json_each(?11))
      AND id NOT IN (SELECT value FROM json_each(?12))
      AND id = COALESCE((SELECT account_id FROM customers WHERE id = ?3), id))`;

/**
 * The one account with room of the lowest priority number. Those that share it take turns by the job's number, which is
 * as good as chance: to count the open jobs of each would be to read them all.
 */
const choiceOf = (which: string) => `${ACCOUNT}, choice (id) AS (
    SELECT id FROM account WHERE wait_ms = 0 AND NOT is_full AND ${which}
    WINDOW peers AS (PARTITION BY is_busy, priority)
    ORDER BY is_busy, priority, (ROW_NUMBER() OVER (peers ORDER BY id) + ?13) % COUNT(*) OVER peers LIMIT 1)`;

/** An account for which RunComfy is too busy is asked again only where no other has room. */
export const CHOICE = choiceOf('1');
/** A job that one account was refused goes to no other that is known to be busy. */
export const NEXT_CHOICE = choiceOf('NOT is_busy');

/** The account that a reserved job is to be sent with. ?1 the job. */
export const CHOSEN = `SELECT accounts.id, accounts.sealed FROM jobs JOIN accounts ON accounts.id = jobs.account_id
  WHERE jobs.id = ?1 AND jobs.state = 'reserved'`;

export function chosenOf(row: Row | undefined): SealedAccount | null {
  return row === undefined
    ? null
    : { id: column(row, 'id', isAccountId), sealed: column(row, 'sealed', orNull(isText)) };
}

/** How the accounts stand that a job might have gone to. Nothing is read of them for one that the gate admitted. */
export const LIST_ACCOUNTS = `${ACCOUNT_ROOM}, ${ACCOUNT}
  SELECT COUNT(*) AS usable, COALESCE(SUM(wait_ms = 0 AND NOT is_full), 0) AS open,
    MIN(CASE WHEN NOT is_full THEN wait_ms END) AS wait_ms
  FROM account WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE id = ?10)`;

export type AccountsStanding = {
  /** Active ones with a token, which this customer's jobs may go to. */
  usable: number;
  /** Those of them that take a job now. */
  open: number;
  /** Until the first of those with room does; null: none has room. */
  waitMs: number | null;
};

export function accountsOf(row: Row | undefined): AccountsStanding {
  return {
    usable: column(row, 'usable', isNumber),
    open: column(row, 'open', isNumber),
    waitMs: column(row, 'wait_ms', orNull(isNumber)),
  };
}

/** What a choice binds behind the values of the room: ?10 to ?13. */
export function choiceValues(
  { jobId, openable }: { jobId: JobId; openable: string[] },
  tried: AccountId[],
): (string | number)[] {
  return [jobId, JSON.stringify(openable), JSON.stringify(tried), Number.parseInt(jobId.slice(0, 8), 16)];
}
