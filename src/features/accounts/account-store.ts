// The state of the upstream accounts, learnt from the outcomes of submits. An account that is not `ok` gets one submit
// at a time, as a probe. Most of the writes here join a batch that is sent anyway, so they are returned as statements.

import { column, jsonColumn, type Row } from '../../storage/column.ts';
import { isLimits } from '../ledger/limits.ts';
import { isNumber, isText, oneOf, orNull } from '../../lib/guard.ts';
import { isAccountId, type AccountId } from '../../lib/ids.ts';
import { isMicros, type Micros } from '../../lib/money.ts';
import { statement } from '../../storage/statement.ts';
import { ACCOUNT_STATES, ACCOUNT_STATUSES, ENV_ACCOUNT, type UpstreamAccount } from './account.ts';
import type { SealedAccount } from './open.ts';

/** Longer than a submit can take, so that only one probe at a time is under way. */
export const PROBE_MS = 60_000;

/**
 * SQL: the instant from which an account takes a submit of this customer; 0 if it is open. While RunComfy answers no
 * submit of the account, customers without unknown outcomes probe first.
 */
export function opensAt(customer: string): string {
  return `CASE WHEN accounts.state = 'ok' THEN 0
    WHEN accounts.state = 'unknown_outcomes' AND EXISTS (
      SELECT 1 FROM customers WHERE id = ${customer} AND unknown_in_a_row > 0) THEN accounts.probe_at_ms + ${PROBE_MS}
    ELSE accounts.probe_at_ms END`;
}

export function accountOf(row: Row): UpstreamAccount {
  const silentSinceMs = column(row, 'silent_since_ms', isNumber);
  return {
    id: column(row, 'id', isAccountId),
    label: column(row, 'label', isText),
    status: column(row, 'status', oneOf(ACCOUNT_STATUSES)),
    hint: column(row, 'hint', isText),
    verified: column(row, 'verified', isNumber) === 1,
    priority: column(row, 'priority', isNumber),
    limits: jsonColumn(row, 'limits', isLimits),
    sealed: column(row, 'sealed', orNull(isText)),
    vaultKeyId: column(row, 'vault_key_id', orNull(isText)),
    state: column(row, 'state', oneOf(ACCOUNT_STATES)),
    sinceMs: column(row, 'since_ms', isNumber),
    silentSinceMs: silentSinceMs === 0 ? null : silentSinceMs,
    busyUntilMs: column(row, 'busy_until_ms', isNumber),
    balanceMicros: column(row, 'balance_micros', orNull(isMicros)),
    balanceAtMs: column(row, 'balance_at_ms', orNull(isNumber)),
    lastError: column(row, 'last_error', orNull(isText)),
    lastErrorAtMs: column(row, 'last_error_at_ms', orNull(isNumber)),
    createdAtMs: column(row, 'created_at_ms', isNumber),
  };
}

/** All that are not deleted, in the order in which the gate takes them. */
export async function listAccounts(db: D1Database): Promise<UpstreamAccount[]> {
  const { results } = await db
    .prepare("SELECT * FROM accounts WHERE status <> 'deleted' ORDER BY priority, id")
    .all();
  return results.map(accountOf);
}

const LIST_WITH_TOKEN = statement<{ hasEnvToken: number }>(
  `SELECT * FROM accounts WHERE sealed IS NOT NULL OR (id = '${ENV_ACCOUNT}' AND :hasEnvToken)
   ORDER BY state = 'bad_token', status = 'disabled', id <> '${ENV_ACCOUNT}', priority, id LIMIT 10`,
);

/** Accounts that may have a token, the likeliest to work first; `acct_env` only if its token is set. */
export async function listWithToken(db: D1Database, hasEnvToken: boolean): Promise<UpstreamAccount[]> {
  const { results } = await LIST_WITH_TOKEN(db, { hasEnvToken: Number(hasEnvToken) }).all();
  return results.map(accountOf);
}

const FIND_SEALED = statement<{ id: AccountId }>('SELECT sealed FROM accounts WHERE id = :id');

/** The sealed token of an account; null if the row has none. */
export function findSealed(db: D1Database, id: AccountId): Promise<string | null> {
  return FIND_SEALED(db, { id }).first('sealed');
}

/**
 * RunComfy accepted a job that was sent at `sentAtMs`: the account works. An acceptance of a submit that was sent before
 * the account stopped proves nothing, so it changes nothing.
 */
export const accountAccepted = statement<{ id: AccountId; sentAtMs: number; nowMs: number }>(
  `UPDATE accounts SET silent_since_ms = 0, silent_for = '[]',
     since_ms = CASE state WHEN 'ok' THEN since_ms ELSE :nowMs END, state = 'ok'
   WHERE id = :id AND CASE state WHEN 'ok' THEN silent_since_ms > 0 ELSE since_ms <= :sentAtMs END`,
);

/** Keeps the account's last error for the operator, unless the account has another token by now. */
export const accountFailed = statement<SealedAccount & { error: string; nowMs: number }>(
  `UPDATE accounts SET last_error = :error, last_error_at_ms = :nowMs WHERE id = :id AND sealed IS :sealed`,
);

const CLAIM_BALANCE_CHECK = statement<{ nowMs: number; everyMs: number; hasEnvToken: number }>(
  `UPDATE accounts SET balance_check_at_ms = :nowMs + :everyMs WHERE id IN (
     SELECT id FROM accounts WHERE balance_check_at_ms <= :nowMs AND status <> 'deleted'
       AND (sealed IS NOT NULL OR (id = '${ENV_ACCOUNT}' AND :hasEnvToken))
     ORDER BY balance_check_at_ms, id LIMIT 1) RETURNING *`,
);

/**
 * Takes the account whose balance check is the most overdue, and sets its next one, so that two crons check it once. A
 * run has time and calls for one check, so sixty accounts are checked every hour.
 */
export async function claimBalanceCheck(
  db: D1Database,
  { nowMs, everyMs, hasEnvToken }: { nowMs: number; everyMs: number; hasEnvToken: boolean },
): Promise<UpstreamAccount | null> {
  const row = await CLAIM_BALANCE_CHECK(db, { nowMs, everyMs, hasEnvToken: Number(hasEnvToken) }).first();
  return row === null ? null : accountOf(row);
}

const IS_FREED = "state IN ('no_balance', 'bad_token') AND since_ms <= :askedAtMs AND :micros > 0";

/**
 * RunComfy, asked at `askedAtMs`, answered with a balance, so the token works. Money frees an account that was stopped
 * before that over its balance or token. The balance of a token that has been replaced meanwhile is ignored.
 */
export const putBalance = statement<SealedAccount & { micros: Micros; askedAtMs: number; nowMs: number }>(
  `UPDATE accounts SET balance_micros = :micros, balance_at_ms = :nowMs, verified = 1,
     since_ms = CASE WHEN ${IS_FREED} THEN :nowMs ELSE since_ms END,
     state = CASE WHEN ${IS_FREED} THEN 'ok' ELSE state END
   WHERE id = :id AND sealed IS :sealed`,
);
