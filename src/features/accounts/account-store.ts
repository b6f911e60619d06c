// Whether the upstream accounts take jobs, learnt from what became of submits. The gate admits to an account that is
// not `ok` one submit at a time, as a probe. Most of this goes along with a write that is made anyway, so it comes
// as statements.

import { column, type Row } from '../../storage/column.ts';
import { isNumber, isText, oneOf, orNull } from '../../lib/guard.ts';
import { isAccountId, type AccountId, type CustomerId } from '../../lib/ids.ts';
import { isMicros, type Micros } from '../../lib/money.ts';

/** Longer than a submit can take, so that one probe at a time is under way. */
export const PROBE_MS = 60_000;

/**
 * SQL: the instant from which an account takes a submit of this customer; 0 where it is open to them. Unknown
 * outcomes that are all one customer's close it to that customer alone: their inputs may be the cause. Where they are
 * several customers', whoever had the last one lets the others go first.
 */
export function opensAt(customer: string): string {
  return `CASE WHEN accounts.state = 'ok' THEN 0
    WHEN accounts.state <> 'unknown_outcomes' THEN accounts.probe_at_ms
    WHEN accounts.unknown_of_one = 1 AND accounts.unknown_customer <> ${customer} THEN 0
    WHEN accounts.unknown_of_one = 0 AND accounts.unknown_customer = ${customer} THEN accounts.probe_at_ms + ${PROBE_MS}
    ELSE accounts.probe_at_ms END`;
}

const ACCOUNT_STATES = ['ok', 'no_balance', 'bad_token', 'unknown_outcomes'] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

export type UpstreamAccount = {
  id: AccountId;
  label: string;
  state: AccountState;
  sinceMs: number;
  unknownInARow: number;
  /** The customer to whom alone the account is closed, by their own unknown outcomes, or null. */
  closedTo: string | null;
  balanceMicros: Micros | null;
  balanceAtMs: number | null;
};

function accountOf(row: Row): UpstreamAccount {
  const state = column(row, 'state', oneOf(ACCOUNT_STATES));
  const customer = column(row, 'unknown_customer', isText);
  const isOfOne = column(row, 'unknown_of_one', isNumber) === 1;
  return {
    id: column(row, 'id', isAccountId),
    label: column(row, 'label', isText),
    state,
    sinceMs: column(row, 'since_ms', isNumber),
    unknownInARow: column(row, 'unknown_in_a_row', isNumber),
    closedTo: state === 'unknown_outcomes' && isOfOne ? customer : null,
    balanceMicros: column(row, 'balance_micros', orNull(isMicros)),
    balanceAtMs: column(row, 'balance_at_ms', orNull(isNumber)),
  };
}

export async function listAccounts(db: D1Database): Promise<UpstreamAccount[]> {
  const { results } = await db.prepare('SELECT * FROM accounts ORDER BY id').all();
  return results.map(accountOf);
}

/**
 * RunComfy took a job that was sent at `sentAtMs`: all is well, unless it stopped after that. Then the acceptance says
 * nothing, and whose the unknown outcomes are must not be forgotten.
 */
export function accountAccepted(
  db: D1Database,
  id: AccountId,
  at: { sentAtMs: number; nowMs: number },
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE accounts SET
         unknown_in_a_row = CASE WHEN state = 'ok' OR since_ms <= ?2 THEN 0 ELSE unknown_in_a_row END,
         since_ms = CASE WHEN state <> 'ok' AND since_ms <= ?2 THEN ?3 ELSE since_ms END,
         state = CASE WHEN since_ms <= ?2 THEN 'ok' ELSE state END
       WHERE id = ?1 AND (state <> 'ok' OR unknown_in_a_row > 0)`,
    )
    .bind(id, at.sentAtMs, at.nowMs);
}

/** RunComfy refused a submit for its input or was busy: it answers, and of what ails the account this was no probe. */
export function accountAnswered(db: D1Database, id: AccountId, nowMs: number): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE accounts SET unknown_in_a_row = 0,
         since_ms = CASE state WHEN 'unknown_outcomes' THEN ?2 ELSE since_ms END,
         state = CASE state WHEN 'unknown_outcomes' THEN 'ok' ELSE state END,
         probe_at_ms = CASE state WHEN 'ok' THEN probe_at_ms ELSE ?2 END
       WHERE id = ?1 AND (unknown_in_a_row > 0 OR state <> 'ok')`,
    )
    .bind(id, nowMs);
}

/** RunComfy takes nothing from this account. The statement changes a row only if that is news. */
export function accountStopped(
  db: D1Database,
  id: AccountId,
  stop: { state: Exclude<AccountState, 'ok'>; nowMs: number },
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE accounts SET state = ?2, since_ms = ?3, probe_at_ms = ?3 + ${PROBE_MS}, unknown_in_a_row = 0
       WHERE id = ?1 AND state <> ?2`,
    )
    .bind(id, stop.state, stop.nowMs);
}

// Whether this unknown outcome closes the account: to one customer, by their own run, or to all, by somebody else's.
const CLOSES = `CASE state WHEN 'ok' THEN unknown_in_a_row + 1 >= ?2
  WHEN 'unknown_outcomes' THEN unknown_of_one = 1 AND unknown_customer <> ?4 ELSE 0 END`;

/**
 * Nobody knows what became of a customer's submit: `limit` in a row stop the account. Stands behind the statement
 * that marks the job, and counts only if that changed it, so that a repeated batch counts once.
 */
export function accountUnknown(
  db: D1Database,
  id: AccountId,
  at: { customerId: CustomerId; limit: number; nowMs: number },
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE accounts SET unknown_in_a_row = unknown_in_a_row + 1, unknown_customer = ?4,
         unknown_of_one = unknown_in_a_row = 0 OR (unknown_of_one = 1 AND unknown_customer = ?4),
         since_ms = CASE WHEN ${CLOSES} THEN ?3 ELSE since_ms END,
         probe_at_ms = CASE WHEN ${CLOSES} THEN ?3 + ${PROBE_MS} ELSE probe_at_ms END,
         state = CASE WHEN ${CLOSES} THEN 'unknown_outcomes' ELSE state END
       WHERE id = ?1 AND changes() = 1 RETURNING state, since_ms`,
    )
    .bind(id, at.limit, at.nowMs, at.customerId);
}

/** Takes the accounts whose balance is due to be read by moving the next reading ahead: two crons read once. */
export async function claimBalanceChecks(
  db: D1Database,
  nowMs: number,
  everyMs: number,
): Promise<UpstreamAccount[]> {
  const { results } = await db
    .prepare('UPDATE accounts SET balance_check_at_ms = ?1 + ?2 WHERE balance_check_at_ms <= ?1 RETURNING *')
    .bind(nowMs, everyMs)
    .all();
  return results.map(accountOf);
}

export async function putBalance(
  db: D1Database,
  id: AccountId,
  balance: { micros: Micros; nowMs: number },
): Promise<void> {
  await db
    .prepare('UPDATE accounts SET balance_micros = ?2, balance_at_ms = ?3 WHERE id = ?1')
    .bind(id, balance.micros, balance.nowMs)
    .run();
}
