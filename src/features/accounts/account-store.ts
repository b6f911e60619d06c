// Whether the upstream accounts take jobs, learnt from what became of submits. The gate admits to an account that is
// not `ok` one submit at a time, as a probe. Most of this goes along with a write that is made anyway, so it comes
// as statements.

import { column, jsonColumn, type Row } from '../../storage/column.ts';
import { isLimits } from '../ledger/limits.ts';
import { isNumber, isText, oneOf, orNull } from '../../lib/guard.ts';
import { isAccountId, type AccountId } from '../../lib/ids.ts';
import { isMicros, type Micros } from '../../lib/money.ts';
import { ACCOUNT_STATES, ACCOUNT_STATUSES, ENV_ACCOUNT, type UpstreamAccount } from './account.ts';
import type { SealedAccount } from './open.ts';

/** Longer than a submit can take, so that one probe at a time is under way. */
export const PROBE_MS = 60_000;

/**
 * SQL: the instant from which an account takes a submit of this customer; 0 where it is open. While RunComfy answers
 * nobody, customers without unknown outcomes probe first.
 */
export function opensAt(customer: string): string {
  return `CASE WHEN accounts.state = 'ok' THEN 0
    WHEN accounts.state = 'unknown_outcomes' AND EXISTS (
      SELECT 1 FROM customers WHERE id = ${customer} AND unknown_in_a_row > 0) THEN accounts.probe_at_ms + ${PROBE_MS}
    ELSE accounts.probe_at_ms END`;
}

/** A row of accounts. */
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

/** All but those that were deleted; the first in the order in which the gate takes them. */
export async function listAccounts(db: D1Database): Promise<UpstreamAccount[]> {
  const { results } = await db
    .prepare("SELECT * FROM accounts WHERE status <> 'deleted' ORDER BY priority, id")
    .all();
  return results.map(accountOf);
}

/** Those that may have a token, the ones that are best asked first; `acct_env` where its token is set. */
export async function listTokened(db: D1Database, hasEnvToken: boolean): Promise<UpstreamAccount[]> {
  const { results } = await db
    .prepare(
      `SELECT * FROM accounts WHERE sealed IS NOT NULL OR (id = '${ENV_ACCOUNT}' AND ?1)
       ORDER BY state = 'bad_token', status = 'disabled', id <> '${ENV_ACCOUNT}', priority, id LIMIT 10`,
    )
    .bind(hasEnvToken ? 1 : 0)
    .all();
  return results.map(accountOf);
}

/** The sealed token of an account; null where the row has none. */
export function findSealed(db: D1Database, id: AccountId): Promise<string | null> {
  return db.prepare('SELECT sealed FROM accounts WHERE id = ?1').bind(id).first('sealed');
}

/**
 * RunComfy took a job that was sent at `sentAtMs`: all is well, unless it stopped after that. Then the acceptance says
 * nothing.
 */
export function accountAccepted(
  db: D1Database,
  id: AccountId,
  at: { sentAtMs: number; nowMs: number },
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE accounts SET silent_since_ms = 0, silent_for = '[]',
         since_ms = CASE state WHEN 'ok' THEN since_ms ELSE ?3 END, state = 'ok'
       WHERE id = ?1 AND CASE state WHEN 'ok' THEN silent_since_ms > 0 ELSE since_ms <= ?2 END`,
    )
    .bind(id, at.sentAtMs, at.nowMs);
}

/** The last thing that went wrong with the account, for the operator; unless it has another token by now. */
export function accountFailed(
  db: D1Database,
  { id, sealed }: SealedAccount,
  { error, nowMs }: { error: string; nowMs: number },
): D1PreparedStatement {
  return db
    .prepare('UPDATE accounts SET last_error = ?2, last_error_at_ms = ?3 WHERE id = ?1 AND sealed IS ?4')
    .bind(id, error, nowMs, sealed);
}

/**
 * Takes the account whose balance is due for longest by moving its next reading ahead: two crons read once. One a run,
 * which is what a run has time and calls left for; so sixty accounts are read every hour.
 */
export async function claimBalanceCheck(
  db: D1Database,
  { nowMs, everyMs, hasEnvToken }: { nowMs: number; everyMs: number; hasEnvToken: boolean },
): Promise<UpstreamAccount | null> {
  const row = await db
    .prepare(
      `UPDATE accounts SET balance_check_at_ms = ?1 + ?2 WHERE id IN (
         SELECT id FROM accounts
         WHERE balance_check_at_ms <= ?1 AND status <> 'deleted' AND (sealed IS NOT NULL OR (id = '${ENV_ACCOUNT}' AND ?3))
         ORDER BY balance_check_at_ms, id LIMIT 1) RETURNING *`,
    )
    .bind(nowMs, everyMs, hasEnvToken ? 1 : 0)
    .first();
  return row === null ? null : accountOf(row);
}

const FREED = "state IN ('no_balance', 'bad_token') AND since_ms <= ?4 AND ?2 > 0";

/**
 * RunComfy, asked at `askedAtMs`, told the balance, so it took the token. Money frees an account that was stopped before
 * that for a reason of its own. Of another token that the account has by now this says nothing.
 */
export function putBalance(
  db: D1Database,
  { id, sealed }: SealedAccount,
  balance: { micros: Micros; askedAtMs: number; nowMs: number },
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE accounts SET balance_micros = ?2, balance_at_ms = ?3, verified = 1,
         since_ms = CASE WHEN ${FREED} THEN ?3 ELSE since_ms END, state = CASE WHEN ${FREED} THEN 'ok' ELSE state END
       WHERE id = ?1 AND sealed IS ?5`,
    )
    .bind(id, balance.micros, balance.nowMs, balance.askedAtMs, sealed);
}
