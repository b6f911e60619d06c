// Whom unknown outcomes of submits hold back. The statements go along with the writes that note an outcome, so a submit
// makes no round trip for them.
//
// A customer: `limit` unknown outcomes in a row, over all accounts, and from then on one submit at a time passes the gate
// as a probe: after 1 minute, and after each probe that fails in its turn 2, 4, 8, 15. Only a job of the customer's own
// that RunComfy accepts lifts that. An account: once RunComfy has accepted no submit of it for a minute and three
// customers or more fail, it takes from everybody one probe at a time.
//
// Of two outcomes that cross, the instant at which their submits were sent decides. Submits that were under way when the
// customer was held back are no probes: they neither lengthen the pause nor lift it. The gate lends a probe its turn for
// PROBE_MS in the same transaction that admits it, so the next one waits; a probe that dies without an outcome only costs
// that time, and one that RunComfy refuses gives its turn back. An unknown outcome counts only if the statement before
// it has moved the job, so a batch that is repeated counts once.

import type { AccountId, CustomerId } from '../../lib/ids.ts';
import { accountAccepted, PROBE_MS } from './account-store.ts';
import type { SealedAccount } from './open.ts';

const MINUTE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * MINUTE_MS;
/** 2 to this power is the first number of minutes beyond the longest pause. */
const MOST_DOUBLINGS = 4;

const SILENCE_MS = 60_000;
const FAILING_CUSTOMERS = 3;

/** Whose submit it was, when it passed the gate, and when this account was chosen for it. */
export type Sent = { accountId: AccountId; customerId: CustomerId; sentAtMs: number; chosenAtMs: number };

/** RunComfy took the job. */
export function outcomeAccepted(db: D1Database, sent: Sent, nowMs: number): D1PreparedStatement[] {
  const { accountId, customerId, sentAtMs, chosenAtMs } = sent;
  return [
    accountAccepted(db, accountId, { sentAtMs: chosenAtMs, nowMs }),
    db
      .prepare(
        `UPDATE customers SET unknown_in_a_row = 0, held_back_at_ms = 0, probe_at_ms = 0
         WHERE id = ?1 AND unknown_in_a_row > 0 AND held_back_at_ms <= ?2`,
      )
      .bind(customerId, sentAtMs),
  ];
}

// Until when the gate has lent its turn to the submit that was sent at ?3. The batch may be applied late, when it is
// another probe's turn.
const TURN = `CAST(?3 AS INTEGER) + ${PROBE_MS}`;

/** RunComfy refused the submit, or was busy: the account answers, and of what ails it this was no probe. */
export function accountAnswered(
  db: D1Database,
  { accountId, chosenAtMs }: Sent,
  nowMs: number,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE accounts SET silent_since_ms = 0, silent_for = '[]',
         since_ms = CASE state WHEN 'unknown_outcomes' THEN ?2 ELSE since_ms END,
         state = CASE state WHEN 'unknown_outcomes' THEN 'ok' ELSE state END,
         probe_at_ms = CASE probe_at_ms WHEN ${TURN} THEN ?2 ELSE probe_at_ms END
       WHERE id = ?1 AND CASE state WHEN 'ok' THEN silent_since_ms > 0 ELSE since_ms <= ?3 END`,
    )
    .bind(accountId, nowMs, chosenAtMs);
}

/** Every account refused the submit: of what holds the customer back this was no probe. */
export function turnGivenBack(
  db: D1Database,
  { customerId, sentAtMs }: Sent,
  nowMs: number,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE customers SET probe_at_ms = ?2 WHERE id = ?1 AND held_back_at_ms > 0 AND probe_at_ms = ${TURN}`,
    )
    .bind(customerId, nowMs, sentAtMs);
}

/** How long an account that is busy is spared at most: RunComfy may ask for an hour. */
const BUSY_MS = 5 * MINUTE_MS;

/** RunComfy takes no submits from this account for so long; unless it has another token by now. */
export function accountBusy(
  db: D1Database,
  sent: Sent,
  busyFor: { sealed: string | null; retryAfterMs: number; error: string; nowMs: number },
): D1PreparedStatement[] {
  const { sealed, retryAfterMs, error, nowMs } = busyFor;
  const busy = db
    .prepare(
      `UPDATE accounts SET busy_until_ms = ?2, last_error = ?4, last_error_at_ms = ?3
       WHERE id = ?1 AND busy_until_ms < ?2 AND sealed IS ?5`,
    )
    .bind(sent.accountId, nowMs + Math.min(retryAfterMs, BUSY_MS), nowMs, error, sealed);
  return [accountAnswered(db, sent, nowMs), busy];
}

/**
 * RunComfy takes nothing from this account. The statement changes a row only if that is news, and only while the account
 * has the token that was refused: nothing is known of another one.
 */
export function accountRefused(
  db: D1Database,
  { id, sealed }: SealedAccount,
  { state, error, nowMs }: { state: 'no_balance' | 'bad_token'; error: string; nowMs: number },
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE accounts SET state = ?2, since_ms = ?3, probe_at_ms = ?3 + ${PROBE_MS}, silent_since_ms = 0,
         silent_for = '[]', last_error = ?5, last_error_at_ms = ?3
       WHERE id = ?1 AND state <> ?2 AND sealed IS ?4`,
    )
    .bind(id, state, nowMs, sealed, error);
}

// The customers for whom the account is silent, with this one (?2) among them; no more than are needed.
const SILENT_FOR = `CASE WHEN json_array_length(silent_for) >= ${FAILING_CUSTOMERS}
    OR EXISTS (SELECT 1 FROM json_each(silent_for) WHERE value = ?2) THEN silent_for
  ELSE json_insert(silent_for, '$[#]', ?2) END`;

const CLOSES = `state = 'ok' AND silent_since_ms > 0 AND ?3 - silent_since_ms >= ${SILENCE_MS}
  AND json_array_length(${SILENT_FOR}) >= ${FAILING_CUSTOMERS}`;

const HOLDS_BACK = 'unknown_in_a_row + 1 >= ?2';
const PAUSE = `MIN(${LONGEST_PAUSE_MS},
  ${MINUTE_MS} << MAX(0, MIN(${MOST_DOUBLINGS}, unknown_in_a_row + 1 - CAST(?2 AS INTEGER))))`;

/**
 * Nobody knows the outcome of the submit. Both statements stand behind the one that marks the job; the first tells
 * whether the account has closed, the second how the customer stands.
 */
export function outcomeUnknown(
  db: D1Database,
  sent: Sent,
  { limit, nowMs }: { limit: number; nowMs: number },
): D1PreparedStatement[] {
  const { accountId, customerId, sentAtMs } = sent;
  return [
    db
      .prepare(
        `UPDATE accounts SET silent_since_ms = CASE silent_since_ms WHEN 0 THEN ?3 ELSE silent_since_ms END,
           silent_for = ${SILENT_FOR}, since_ms = CASE WHEN ${CLOSES} THEN ?3 ELSE since_ms END,
           probe_at_ms = CASE WHEN ${CLOSES} THEN ?3 + ${PROBE_MS} ELSE probe_at_ms END,
           state = CASE WHEN ${CLOSES} THEN 'unknown_outcomes' ELSE state END
         WHERE id = ?1 AND changes() = 1 RETURNING state, since_ms`,
      )
      .bind(accountId, customerId, nowMs),
    db
      .prepare(
        `UPDATE customers SET unknown_in_a_row = unknown_in_a_row + 1,
           probe_at_ms = CASE WHEN ${HOLDS_BACK} THEN ?3 + ${PAUSE} ELSE probe_at_ms END,
           held_back_at_ms = CASE WHEN held_back_at_ms = 0 AND ${HOLDS_BACK} THEN ?3 ELSE held_back_at_ms END
         WHERE id = ?1 AND changes() = 1 AND held_back_at_ms <= ?4
         RETURNING held_back_at_ms`,
      )
      .bind(customerId, limit, nowMs, sentAtMs),
  ];
}
