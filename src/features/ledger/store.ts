// The SQL of the gate: reserves money and counts, or says which limit has no room. One D1 batch, so one
// transaction; every later statement looks for what the first one did. What becomes of a hold is in end-store.ts.

import { storedSnapshot } from '../pricing/price-format.ts';
import type { Quote } from '../pricing/price.ts';
import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, oneOf, orNull } from '../../lib/guard.ts';
import type { AccountId, CustomerId, JobId, KeyId } from '../../lib/ids.ts';
import { opensAt, PROBE_MS } from '../accounts/account-store.ts';
import { SLICE_MS, SLICES, windowsAt } from './windows.ts';

export type Hold = {
  jobId: JobId;
  customerId: CustomerId;
  keyId: KeyId;
  tokenId: KeyId | '';
  endUser: string;
  modelId: string;
  accountId: AccountId;
  quote: Quote;
  atMs: number;
  /** The customer's Idempotency-Key, who shares it, and the hash of the body it stands for; or null. */
  idempotency: { key: string; scope: string; bodyHash: string } | null;
  /** When the cron looks at the job if nothing else has moved it. */
  checkAtMs: number;
  /** The id of the call that submits. */
  traceId: string;
};

/** How much of one limit is used; `adds` is what this submit would add. */
export type Room = {
  scope: (typeof SCOPES)[number];
  name: string;
  max: number;
  used: number;
  adds: number;
  oldest_ms: number | null;
};

type Standing = {
  admitted: number;
  key_live: number;
  customer_active: number;
  submits_on: number;
  /** How long the upstream account takes no submit but a probe; 0: it takes all. */
  account_wait_ms: number;
  /** How long the customer is held back by unknown outcomes of their own; 0: not at all. */
  customer_wait_ms: number;
  held_micros: number;
};

/** How full each limit of a caller is, and what the open holds of customer or token come to, in micro-USD. */
export type Report = { rooms: Room[]; heldMicros: number };
export type GateRecord = Report & { standing: Standing };

const SCOPES = ['gateway', 'customer', 'key', 'token'] as const;
const isScope = oneOf(SCOPES);
const isNumberOrNull = orNull(isNumber);
const isPlacedRow = oneOf(['ours', 'twin', 'none']);

function roomOf(row: Row): Room {
  return {
    scope: column(row, 'scope', isScope),
    name: column(row, 'name', isText),
    max: column(row, 'max', isNumber),
    used: column(row, 'used', isNumber),
    adds: column(row, 'adds', isNumber),
    oldest_ms: column(row, 'oldest_ms', isNumberOrNull),
  };
}

function standingOf(row: Row): Standing {
  return {
    admitted: column(row, 'admitted', isNumber),
    key_live: column(row, 'key_live', isNumber),
    customer_active: column(row, 'customer_active', isNumber),
    submits_on: column(row, 'submits_on', isNumber),
    account_wait_ms: column(row, 'account_wait_ms', isNumber),
    customer_wait_ms: column(row, 'customer_wait_ms', isNumber),
    held_micros: column(row, 'held_micros', isNumber),
  };
}

/** Whose counters a job `j` moves. */
export const SUBJECTS = "json_each(json_array('gateway', j.customer_id, j.family, j.token_id))";

// ?1 the key presented, ?2 now.
const LIVE_KEY = `FROM keys k JOIN keys p ON p.id = COALESCE(k.parent_id, k.id)
  WHERE k.id = ?1 AND k.revoked_at_ms IS NULL AND p.revoked_at_ms IS NULL
    AND (k.expires_at_ms IS NULL OR k.expires_at_ms > ?2) AND (p.expires_at_ms IS NULL OR p.expires_at_ms > ?2)`;

// ?3 customer, ?4 secret key, ?5 browser token or '', ?6 hold, ?7 ?8 ?9 first slice, day and month that count. Days
// that do not count are not read (their slot is their start), nor are jobs that have ended: the index is named.
const ROOM = `WITH subject (scope, id, limits) AS (
    SELECT 'gateway', 'gateway', limits FROM settings
    UNION ALL SELECT 'customer', id, limits FROM customers WHERE id = ?3
    UNION ALL SELECT 'key', family, limits FROM keys WHERE id = ?4
    UNION ALL SELECT 'token', id, limits FROM keys WHERE id = ?5
  ), measure (name, grain, since_ms, adds) AS (
    VALUES ('requests_per_minute', 'slice', ?7, 1), ('requests_per_day', 'day', ?8, 1),
      ('requests_per_month', 'day', ?9, 1), ('requests_total', 'total', 0, 1), ('spend_per_day', 'day', ?8, ?6),
      ('spend_per_month', 'day', ?9, ?6), ('spend_total', 'total', 0, ?6), ('max_concurrent', 'open', 0, 1)
  ), room (scope, name, max, used, adds, oldest_ms) AS (
    SELECT s.scope, m.name, l.value,
      CASE
        WHEN m.grain <> 'open' THEN (
          SELECT COALESCE(SUM(CASE WHEN m.name LIKE 'spend%' THEN c.micros ELSE c.requests END), 0)
          FROM counters c WHERE c.subject = s.id AND c.grain = m.grain AND c.starts_at_ms >= m.since_ms
            AND c.slot >= CASE m.grain WHEN 'slice' THEN 0 ELSE m.since_ms END)
        WHEN s.scope = 'gateway' THEN (
          SELECT COUNT(*) FROM jobs j WHERE j.state IN ('reserved', 'running'))
        WHEN s.scope = 'customer' THEN (
          SELECT COUNT(*) FROM jobs j INDEXED BY jobs_at_once
          WHERE j.state IN ('reserved', 'running') AND j.customer_id = s.id)
        WHEN s.scope = 'key' THEN (
          SELECT COUNT(*) FROM jobs j INDEXED BY jobs_at_once
          WHERE j.state IN ('reserved', 'running') AND j.customer_id = ?3 AND j.family = s.id)
        ELSE (
          SELECT COUNT(*) FROM jobs j INDEXED BY jobs_at_once
          WHERE j.state IN ('reserved', 'running') AND j.customer_id = ?3 AND j.token_id = s.id)
      END,
      m.adds,
      CASE WHEN m.grain = 'slice' THEN (
        SELECT MIN(c.starts_at_ms) FROM counters c WHERE c.subject = s.id AND c.grain = 'slice'
          AND c.starts_at_ms >= ?7 AND c.requests > 0)
      END
    FROM subject s, json_each(s.limits) l JOIN measure m ON m.name = l.key
    UNION ALL
    SELECT 'customer', 'balance', balance_micros, held_micros, ?6, NULL FROM customers WHERE id = ?3 AND prepaid = 1
  )`;

const LIST_ROOM = `${ROOM} SELECT * FROM room ORDER BY scope, name`;

const INSERT_JOB = `${ROOM}
  INSERT INTO jobs (id, customer_id, key_id, family, token_id, model_id, account_id, state, unit_micros, hold_micros,
    created_at_ms, check_at_ms, idempotency_key, body_hash, charge_mode, estimate_micros, markup_e4, price, trace_id,
    end_user, idempotency_scope)
  SELECT ?10, ?3, ?4, p.family, ?5, ?11, ?12, 'reserved', ?13, ?6, ?2, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23
  ${LIVE_KEY} AND k.customer_id = ?3 AND p.id = ?4
    AND EXISTS (SELECT 1 FROM customers WHERE id = ?3 AND status = 'active' AND probe_at_ms <= ?2)
    AND EXISTS (SELECT 1 FROM settings WHERE submits = 'on')
    AND EXISTS (SELECT 1 FROM accounts WHERE id = ?12 AND ${opensAt('?3')} <= ?2)
    AND NOT EXISTS (SELECT 1 FROM room WHERE used + adds > max)`;

/** A submit that a closed account lets through is its probe: the next one has to wait. ?2 until when. */
const CLAIM_PROBE = `UPDATE accounts SET probe_at_ms = ?2 FROM jobs j
  WHERE j.id = ?1 AND accounts.id = j.account_id AND accounts.state <> 'ok'`;

const INSERT_HOLD = `INSERT INTO ledger (reference, phase, kind, customer_id, micros, at_ms)
  SELECT id, 'hold', 'hold', customer_id, hold_micros, created_at_ms FROM jobs WHERE id = ?1`;

/** The submit of a customer who is held back is their probe likewise. */
const ADD_HELD = `UPDATE customers SET held_micros = held_micros + j.hold_micros,
    probe_at_ms = CASE held_back_at_ms WHEN 0 THEN probe_at_ms ELSE ?2 END
  FROM (SELECT customer_id, hold_micros FROM jobs WHERE id = ?1) j WHERE customers.id = j.customer_id`;

// ?2 slice, ?3 day. A slice that comes round again starts from 0, unless a slower clock is behind it.
const COUNT = `INSERT INTO counters (subject, grain, slot, starts_at_ms, requests, micros)
  SELECT s.value, w.grain, w.slot, w.starts_at_ms, 1, CASE w.grain WHEN 'slice' THEN 0 ELSE j.hold_micros END
  FROM jobs j, ${SUBJECTS} s, (
    SELECT 'slice' AS grain, ?2 / ${SLICE_MS} % ${SLICES} AS slot, ?2 AS starts_at_ms
    UNION ALL SELECT 'day', ?3, ?3 UNION ALL SELECT 'total', 0, 0) w
  WHERE j.id = ?1 AND s.value <> ''
  ON CONFLICT DO UPDATE SET starts_at_ms = MAX(starts_at_ms, excluded.starts_at_ms),
    requests = CASE WHEN starts_at_ms >= excluded.starts_at_ms THEN requests + 1 ELSE 1 END,
    micros = micros + excluded.micros`;

/** What open jobs hold: the customer's, or the token's alone, which learns nothing of the customer. */
const heldOf = (customer: string, token: string) => `CASE ${token}
    WHEN '' THEN COALESCE((SELECT held_micros FROM customers WHERE id = ${customer}), 0)
    ELSE (SELECT COALESCE(SUM(hold_micros), 0) FROM jobs INDEXED BY holds_of_token
      WHERE token_id = ${token} AND token_id <> '' AND settled_at_ms IS NULL) END AS held_micros`;

const STANDING = `SELECT EXISTS (SELECT 1 FROM jobs WHERE id = ?4) AS admitted,
  COALESCE((SELECT MAX(${opensAt('?3')} - ?2, 0) FROM accounts WHERE id = ?5), 0) AS account_wait_ms,
  COALESCE((SELECT MAX(probe_at_ms - ?2, 0) FROM customers WHERE id = ?3), 0) AS customer_wait_ms,
  ${heldOf('?3', '?6')},
  EXISTS (SELECT 1 ${LIVE_KEY}) AS key_live,
  EXISTS (SELECT 1 FROM customers WHERE id = ?3 AND status = 'active') AS customer_active,
  EXISTS (SELECT 1 FROM settings WHERE submits = 'on') AS submits_on`;

type Caller = Pick<Hold, 'customerId' | 'keyId' | 'tokenId' | 'atMs'>;

/** What ROOM binds: who calls, what the call would add, and when. */
function roomValues(caller: Caller, holdMicros: number): (string | number)[] {
  const { customerId, keyId, tokenId, atMs } = caller;
  const { minuteSinceMs, dayMs, monthMs } = windowsAt(atMs);
  const presented = tokenId === '' ? keyId : tokenId;
  return [presented, atMs, customerId, keyId, tokenId, holdMicros, minuteSinceMs, dayMs, monthMs];
}

/** How the gate would judge this hold now; nothing is written. */
export async function readGate(db: D1Database, hold: Hold): Promise<GateRecord> {
  const values = roomValues(hold, hold.quote.holdMicros);
  const [stands, rooms] = await db.batch<Record<string, unknown>>([
    db.prepare(STANDING).bind(...values.slice(0, 3), hold.jobId, hold.accountId, hold.tokenId),
    db.prepare(LIST_ROOM).bind(...values),
  ]);
  const parsed = standingOf(stands?.results[0]);
  return {
    standing: parsed,
    rooms: rowsOf(rooms).map(roomOf),
    heldMicros: parsed.held_micros,
  };
}

const HELD = `SELECT ${heldOf('?1', '?2')}`;

/** How the caller's limits stand now. */
export async function readReport(db: D1Database, caller: Caller): Promise<Report> {
  const [rooms, held] = await db.batch<Record<string, unknown>>([
    db.prepare(LIST_ROOM).bind(...roomValues(caller, 0)),
    db.prepare(HELD).bind(caller.customerId, caller.tokenId),
  ]);
  return {
    rooms: rowsOf(rooms).map(roomOf),
    heldMicros: column(held?.results[0], 'held_micros', isNumber),
  };
}

/** `ours`: the job of this hold is reserved. `twin`: another job has its Idempotency-Key. */
export type PlacedRow = { row: 'ours' | 'twin' | 'none'; report: Report };

const PLACED = `SELECT CASE
  WHEN EXISTS (SELECT 1 FROM jobs WHERE id = ?1 AND state = 'reserved') THEN 'ours'
  WHEN EXISTS (SELECT 1 FROM jobs WHERE customer_id = ?2 AND idempotency_key = ?3 AND idempotency_scope = ?4) THEN 'twin'
  ELSE 'none' END AS placed`;

/** What the rows say after a gate without an answer; all of it at one instant. */
export async function readPlaced(db: D1Database, hold: Hold): Promise<PlacedRow> {
  const { jobId, customerId, tokenId, idempotency } = hold;
  const [placed, rooms, held] = await db.batch<Record<string, unknown>>([
    db.prepare(PLACED).bind(jobId, customerId, idempotency?.key ?? null, idempotency?.scope ?? ''),
    db.prepare(LIST_ROOM).bind(...roomValues(hold, hold.quote.holdMicros)),
    db.prepare(HELD).bind(customerId, tokenId),
  ]);
  return {
    row: column(placed?.results[0], 'placed', isPlacedRow),
    report: {
      rooms: rowsOf(rooms).map(roomOf),
      heldMicros: column(held?.results[0], 'held_micros', isNumber),
    },
  };
}

/**
 * The gate. Writes the job with its hold if key, customer and gateway are live and no limit would be exceeded;
 * else writes nothing. Throws when the outcome is not known, and on a job id or an Idempotency-Key that is in already.
 */
export async function placeHold(db: D1Database, hold: Hold): Promise<GateRecord> {
  const windows = windowsAt(hold.atMs);
  const { jobId, tokenId, modelId, accountId, quote, checkAtMs, idempotency, traceId } = hold;
  const values = roomValues(hold, quote.holdMicros);
  const once = [idempotency?.key ?? null, idempotency?.bodyHash ?? null];
  const owner = [hold.endUser, idempotency?.scope ?? ''];
  const snapshot = [quote.charge, quote.estimateMicros, quote.terms.markupE4, storedSnapshot(quote)];
  const results = await db.batch<Record<string, unknown>>([
    db
      .prepare(INSERT_JOB)
      .bind(
        ...values,
        jobId,
        modelId,
        accountId,
        quote.unitMicros,
        checkAtMs,
        ...once,
        ...snapshot,
        traceId,
        ...owner,
      ),
    db.prepare(INSERT_HOLD).bind(jobId),
    db.prepare(ADD_HELD).bind(jobId, hold.atMs + PROBE_MS),
    db.prepare(COUNT).bind(jobId, windows.sliceMs, windows.dayMs),
    db.prepare(CLAIM_PROBE).bind(jobId, hold.atMs + PROBE_MS),
    db.prepare(STANDING).bind(...values.slice(0, 3), jobId, accountId, tokenId),
    db.prepare(LIST_ROOM).bind(...values),
  ]);
  const stands = standingOf(results[5]?.results[0]);
  const rooms = rowsOf(results[6]).map(roomOf);
  return { standing: stands, rooms, heldMicros: stands.held_micros };
}
