// Holds back customers and accounts whose submits end in unknown outcomes. The statements join the batches that record
// an outcome, so a submit makes no round trip for them.
//
// Customer: after `limit` unknown outcomes in a row, over all accounts, the gate admits one submit at a time as a probe:
// after 1 minute, and after each failed probe 2, 4, 8, then 15 minutes. Only an accepted job of the customer lifts that.
// Account: once RunComfy has accepted none of its submits for a minute, and three customers or more were affected, it
// takes one probe at a time from everybody.
//
// Outcomes that cross are ordered by the instants at which their submits were sent. A submit that was under way when the
// customer was held back is no probe: it neither lengthens the pause nor lifts it. The gate gives a probe PROBE_MS in
// the transaction that admits it, so the next one waits. A probe that dies without an outcome costs only that time; a
// probe that RunComfy refuses releases it. An unknown outcome counts only if the statement before it changed the job, so
// a batch that is repeated counts once.

import type { AccountId, CustomerId } from '../../lib/ids.ts';
import { statement } from '../../storage/statement.ts';
import { accountAccepted, PROBE_MS } from './account-store.ts';
import type { SealedAccount } from './open.ts';

const MINUTE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * MINUTE_MS;
/** 2 to this power is the first number of minutes beyond the longest pause. */
const MAX_DOUBLINGS = 4;

const SILENCE_MS = 60_000;
const FAILING_CUSTOMERS = 3;

/** Whose submit it was, when it passed the gate, and when this account was chosen for it. */
export type Sent = { accountId: AccountId; customerId: CustomerId; sentAtMs: number; chosenAtMs: number };

const LIFT_HOLD_BACK = statement<{ customerId: CustomerId; sentAtMs: number }>(
  `UPDATE customers SET unknown_in_a_row = 0, held_back_at_ms = 0, probe_at_ms = 0
   WHERE id = :customerId AND unknown_in_a_row > 0 AND held_back_at_ms <= :sentAtMs`,
);

/** RunComfy accepted the job. */
export function outcomeAccepted(db: D1Database, sent: Sent, nowMs: number): D1PreparedStatement[] {
  const { accountId, customerId, sentAtMs, chosenAtMs } = sent;
  return [
    accountAccepted(db, { id: accountId, sentAtMs: chosenAtMs, nowMs }),
    LIFT_HOLD_BACK(db, { customerId, sentAtMs }),
  ];
}

/**
 * SQL: the end of the time that the gate gave the probe that was sent at `sentAt`. The batch may be applied late, when
 * another probe is under way.
 */
const probeEnd = (sentAt: string) => `CAST(${sentAt} AS INTEGER) + ${PROBE_MS}`;

const ACCOUNT_ANSWERED = statement<{ accountId: AccountId; chosenAtMs: number; nowMs: number }>(
  `UPDATE accounts SET silent_since_ms = 0, silent_for = '[]',
     since_ms = CASE state WHEN 'unknown_outcomes' THEN :nowMs ELSE since_ms END,
     state = CASE state WHEN 'unknown_outcomes' THEN 'ok' ELSE state END,
     probe_at_ms = CASE probe_at_ms WHEN ${probeEnd(':chosenAtMs')} THEN :nowMs ELSE probe_at_ms END
   WHERE id = :accountId AND CASE state WHEN 'ok' THEN silent_since_ms > 0 ELSE since_ms <= :chosenAtMs END`,
);

/** RunComfy refused the submit or was busy: the account answers, and another probe may follow at once. */
export function accountAnswered(
  db: D1Database,
  { accountId, chosenAtMs }: Sent,
  nowMs: number,
): D1PreparedStatement {
  return ACCOUNT_ANSWERED(db, { accountId, chosenAtMs, nowMs });
}

const RELEASE_PROBE = statement<{ customerId: CustomerId; sentAtMs: number; nowMs: number }>(
  `UPDATE customers SET probe_at_ms = :nowMs
   WHERE id = :customerId AND held_back_at_ms > 0 AND probe_at_ms = ${probeEnd(':sentAtMs')}`,
);

/** Every account refused the submit, so the customer's probe proved nothing: another one may follow at once. */
export function releaseProbe(
  db: D1Database,
  { customerId, sentAtMs }: Sent,
  nowMs: number,
): D1PreparedStatement {
  return RELEASE_PROBE(db, { customerId, sentAtMs, nowMs });
}

/** The longest that a busy account is spared: RunComfy may ask for an hour. */
const MAX_BUSY_MS = 5 * MINUTE_MS;

const ACCOUNT_BUSY = statement<SealedAccount & { busyUntilMs: number; error: string; nowMs: number }>(
  `UPDATE accounts SET busy_until_ms = :busyUntilMs, last_error = :error, last_error_at_ms = :nowMs
   WHERE id = :id AND busy_until_ms < :busyUntilMs AND sealed IS :sealed`,
);

/** RunComfy asked for a pause: the account gets no submits for so long, unless it has another token by now. */
export function accountBusy(
  db: D1Database,
  sent: Sent,
  {
    sealed,
    retryAfterMs,
    error,
    nowMs,
  }: { sealed: string | null; retryAfterMs: number; error: string; nowMs: number },
): D1PreparedStatement[] {
  const busyUntilMs = nowMs + Math.min(retryAfterMs, MAX_BUSY_MS);
  return [
    accountAnswered(db, sent, nowMs),
    ACCOUNT_BUSY(db, { id: sent.accountId, sealed, busyUntilMs, error, nowMs }),
  ];
}

type Refused = { state: 'no_balance' | 'bad_token'; error: string; nowMs: number };

const ACCOUNT_REFUSED = statement<SealedAccount & Refused>(
  `UPDATE accounts SET state = :state, since_ms = :nowMs, probe_at_ms = :nowMs + ${PROBE_MS}, silent_since_ms = 0,
     silent_for = '[]', last_error = :error, last_error_at_ms = :nowMs
   WHERE id = :id AND state <> :state AND sealed IS :sealed`,
);

/**
 * RunComfy takes nothing from this account. The statement changes the row only if that is news, and only while the
 * account has the token that was refused.
 */
export function accountRefused(
  db: D1Database,
  { id, sealed }: SealedAccount,
  refused: Refused,
): D1PreparedStatement {
  return ACCOUNT_REFUSED(db, { id, sealed, ...refused });
}

/** The customers whose submits the account left unanswered, with this one; as many as are needed, and no more. */
const SILENT_FOR = `CASE WHEN json_array_length(silent_for) >= ${FAILING_CUSTOMERS}
    OR EXISTS (SELECT 1 FROM json_each(silent_for) WHERE value = :customerId) THEN silent_for
  ELSE json_insert(silent_for, '$[#]', :customerId) END`;

const IS_STOPPED = `state = 'ok' AND silent_since_ms > 0 AND :nowMs - silent_since_ms >= ${SILENCE_MS}
  AND json_array_length(${SILENT_FOR}) >= ${FAILING_CUSTOMERS}`;

const ACCOUNT_SILENT = statement<{ accountId: AccountId; customerId: CustomerId; nowMs: number }>(
  `UPDATE accounts SET silent_since_ms = CASE silent_since_ms WHEN 0 THEN :nowMs ELSE silent_since_ms END,
     silent_for = ${SILENT_FOR}, since_ms = CASE WHEN ${IS_STOPPED} THEN :nowMs ELSE since_ms END,
     probe_at_ms = CASE WHEN ${IS_STOPPED} THEN :nowMs + ${PROBE_MS} ELSE probe_at_ms END,
     state = CASE WHEN ${IS_STOPPED} THEN 'unknown_outcomes' ELSE state END
   WHERE id = :accountId AND changes() = 1 RETURNING state, since_ms`,
);

const IS_HELD_BACK = 'unknown_in_a_row + 1 >= :limit';
const PAUSE = `MIN(${LONGEST_PAUSE_MS},
  ${MINUTE_MS} << MAX(0, MIN(${MAX_DOUBLINGS}, unknown_in_a_row + 1 - CAST(:limit AS INTEGER))))`;

const HOLD_BACK = statement<{ customerId: CustomerId; limit: number; nowMs: number; sentAtMs: number }>(
  `UPDATE customers SET unknown_in_a_row = unknown_in_a_row + 1,
     probe_at_ms = CASE WHEN ${IS_HELD_BACK} THEN :nowMs + ${PAUSE} ELSE probe_at_ms END,
     held_back_at_ms = CASE WHEN held_back_at_ms = 0 AND ${IS_HELD_BACK} THEN :nowMs ELSE held_back_at_ms END
   WHERE id = :customerId AND changes() = 1 AND held_back_at_ms <= :sentAtMs
   RETURNING held_back_at_ms`,
);

/**
 * The outcome of the submit is unknown. Both statements follow the one that marks the job; the first returns the
 * account's state, the second since when the customer is held back.
 */
export function outcomeUnknown(
  db: D1Database,
  { accountId, customerId, sentAtMs }: Sent,
  { limit, nowMs }: { limit: number; nowMs: number },
): D1PreparedStatement[] {
  return [
    ACCOUNT_SILENT(db, { accountId, customerId, nowMs }),
    HOLD_BACK(db, { customerId, limit, nowMs, sentAtMs }),
  ];
}
