// The SQL of the gate: reserves money and counts, or says which limit has no room. One D1 batch, so one
// transaction; every later statement looks for what the first one did. What becomes of a hold is in end-store.ts.

import { storedSnapshot } from '../pricing/price-format.ts';
import type { Quote } from '../pricing/price.ts';
import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber } from '../../lib/guard.ts';
import type { JobId } from '../../lib/ids.ts';
import { PROBE_MS } from '../accounts/account-store.ts';
import type { SealedAccount } from '../accounts/open.ts';
import {
  accountsOf,
  CHOICE,
  choiceValues,
  CHOSEN,
  chosenOf,
  LIST_ACCOUNTS,
  type AccountsStanding,
} from './choice-store.ts';
import {
  ALL_ROOM,
  HELD,
  heldOf,
  IS_FULL,
  LIST_ROOM,
  roomOf,
  roomValues,
  SUBJECTS,
  type Caller,
  type Report,
} from './room-store.ts';
import { termsOf } from '../plans/terms-store.ts';
import { SLICE_MS, SLICES, windowsAt } from './windows.ts';

export type NewJob = Caller & {
  jobId: JobId;
  /** Of the browser token, or ''. */
  endUser: string;
  modelId: string;
  /** What this isolate has tokens for: the keys of the vault by which it opens them, and `acct_env`. */
  openable: string[];
  quote: Quote;
  /** The customer's Idempotency-Key, who shares it, and the hash of the body it stands for; or null. */
  idempotency: { key: string; scope: string; bodyHash: string } | null;
  /** When the cron looks at the job if nothing else has moved it. */
  checkAtMs: number;
  /** The id of the call that submits. */
  traceId: string;
  /** The caller's terms as they were read: where others hold by now, nothing is written. */
  terms: string;
};

export type Standing = {
  admitted: number;
  key_live: number;
  customer_active: number;
  submits_on: number;
  /** 0: the hold was priced, or its model allowed, by terms that hold no more. */
  terms_hold: number;
  /** How long the customer is held back by unknown outcomes of their own; 0: not at all. */
  customer_wait_ms: number;
  held_micros: number;
};

/** `account`: the one that the gate chose for the job that it admitted. */
export type GateRecord = Report & {
  standing: Standing;
  accounts: AccountsStanding;
  account: SealedAccount | null;
};

export function standingOf(row: Row | undefined): Standing {
  return {
    admitted: column(row, 'admitted', isNumber),
    key_live: column(row, 'key_live', isNumber),
    customer_active: column(row, 'customer_active', isNumber),
    submits_on: column(row, 'submits_on', isNumber),
    terms_hold: column(row, 'terms_hold', isNumber),
    customer_wait_ms: column(row, 'customer_wait_ms', isNumber),
    held_micros: column(row, 'held_micros', isNumber),
  };
}

// ?1 the key presented, ?2 now.
export const LIVE_KEY = `FROM keys k JOIN keys p ON p.id = COALESCE(k.parent_id, k.id)
  WHERE k.id = ?1 AND k.revoked_at_ms IS NULL AND p.revoked_at_ms IS NULL
    AND (k.expires_at_ms IS NULL OR k.expires_at_ms > ?2) AND (p.expires_at_ms IS NULL OR p.expires_at_ms > ?2)`;

/** Key, customer and gateway are live. ?3 the customer, ?4 the secret key. */
export const LIVE = `${LIVE_KEY} AND k.customer_id = ?3 AND p.id = ?4
    AND EXISTS (SELECT 1 FROM customers WHERE id = ?3 AND status = 'active')
    AND EXISTS (SELECT 1 FROM settings WHERE submits = 'on')`;

const INSERT_JOB = `${ALL_ROOM}, ${CHOICE}
  INSERT INTO jobs (id, customer_id, key_id, family, token_id, model_id, account_id, state, unit_micros, hold_micros,
    created_at_ms, check_at_ms, idempotency_key, body_hash, charge_mode, estimate_micros, markup_e4, price, trace_id,
    end_user, idempotency_scope, least_micros, adds_micros, adds_cost_micros)
  SELECT ?10, ?3, ?4, p.family, ?5, ?14, (SELECT id FROM choice), 'reserved', ?15, ?6, ?2, ?16, ?17, ?18, ?19, ?20,
    ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28
  ${LIVE} AND EXISTS (SELECT 1 FROM customers WHERE id = ?3 AND probe_at_ms <= ?2 AND ${termsOf('customers')} = ?29)
    AND EXISTS (SELECT 1 FROM choice)
    AND NOT EXISTS (SELECT 1 FROM room WHERE ${IS_FULL})`;

/** A submit that a closed account lets through is its probe: the next one has to wait. ?2 until when. */
export const CLAIM_PROBE = `UPDATE accounts SET probe_at_ms = ?2 FROM jobs j
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

export const STANDING = `SELECT EXISTS (SELECT 1 FROM jobs WHERE id = ?4) AS admitted,
  COALESCE((SELECT MAX(probe_at_ms - ?2, 0) FROM customers WHERE id = ?3), 0) AS customer_wait_ms,
  ${heldOf('?3', '?5')},
  EXISTS (SELECT 1 ${LIVE_KEY}) AS key_live,
  EXISTS (SELECT 1 FROM customers WHERE id = ?3 AND status = 'active') AS customer_active,
  EXISTS (SELECT 1 FROM settings WHERE submits = 'on') AS submits_on,
  EXISTS (SELECT 1 FROM customers WHERE id = ?3 AND ${termsOf('customers')} = ?6) AS terms_hold`;

/** How the gate would judge this hold now; nothing is written. */
export async function readGate(db: D1Database, job: NewJob): Promise<GateRecord> {
  return recordOf(await db.batch<Record<string, unknown>>(readings(db, job)));
}

/** What the gate tells, whatever it did. */
function readings(db: D1Database, job: NewJob): D1PreparedStatement[] {
  const values = roomValues(job, job.quote.holdMicros);
  const choice = choiceValues(job, []);
  return [
    db.prepare(STANDING).bind(...values.slice(0, 3), job.jobId, job.tokenId, job.terms),
    db.prepare(LIST_ROOM).bind(...values),
    db.prepare(LIST_ACCOUNTS).bind(...values, ...choice.slice(0, 3)),
    db.prepare(CHOSEN).bind(job.jobId),
  ];
}

function recordOf([stands, rooms, accounts, chosen]: D1Result<Record<string, unknown>>[]): GateRecord {
  const standing = standingOf(stands?.results[0]);
  return {
    standing,
    rooms: rowsOf(rooms).map(roomOf),
    heldMicros: standing.held_micros,
    accounts: accountsOf(accounts?.results[0]),
    account: chosenOf(chosen?.results[0]),
  };
}

/** `ours`: the job of this hold is reserved. `twin`: another job has its Idempotency-Key. */
export type PlacedRow =
  | { row: 'ours'; report: Report; account: SealedAccount }
  | { row: 'twin' }
  | { row: 'none' };

const TWIN = `SELECT EXISTS (
  SELECT 1 FROM jobs
  WHERE customer_id = ?1 AND idempotency_key = ?2 AND idempotency_scope = ?3 AND id <> ?4) AS is_there`;

/** What the rows say after a gate without an answer; all of it at one instant. */
export async function readPlaced(db: D1Database, job: NewJob): Promise<PlacedRow> {
  const { jobId, customerId, tokenId, idempotency } = job;
  const [chosen, twin, rooms, held] = await db.batch<Record<string, unknown>>([
    db.prepare(CHOSEN).bind(jobId),
    db.prepare(TWIN).bind(customerId, idempotency?.key ?? null, idempotency?.scope ?? '', jobId),
    db.prepare(LIST_ROOM).bind(...roomValues(job, job.quote.holdMicros)),
    db.prepare(HELD).bind(customerId, tokenId),
  ]);
  const account = chosenOf(chosen?.results[0]);
  if (account === null) {
    return { row: column(twin?.results[0], 'is_there', isNumber) === 1 ? 'twin' : 'none' };
  }
  const heldMicros = column(held?.results[0], 'held_micros', isNumber);
  return { row: 'ours', report: { rooms: rowsOf(rooms).map(roomOf), heldMicros }, account };
}

/**
 * The gate. Writes the job with its hold if key, customer and gateway are live, no limit would be exceeded and an
 * upstream account takes it; else writes nothing. Throws when the outcome is not known, and on a job id or an
 * Idempotency-Key that is in already.
 */
export async function placeHold(db: D1Database, job: NewJob): Promise<GateRecord> {
  const windows = windowsAt(job.atMs);
  const { jobId, modelId, quote, checkAtMs, idempotency, traceId } = job;
  const once = [idempotency?.key ?? null, idempotency?.bodyHash ?? null];
  const owner = [job.endUser, idempotency?.scope ?? ''];
  const byCost = [quote.leastMicros, quote.addsMicros, quote.addsCostMicros];
  const snapshot = [quote.charge, quote.estimateMicros, quote.terms.markupE4, storedSnapshot(quote)];
  const values = [...roomValues(job, quote.holdMicros), ...choiceValues(job, [])];
  const writes = [
    db
      .prepare(INSERT_JOB)
      .bind(
        ...values,
        modelId,
        quote.unitMicros,
        checkAtMs,
        ...once,
        ...snapshot,
        traceId,
        ...owner,
        ...byCost,
        job.terms,
      ),
    db.prepare(INSERT_HOLD).bind(jobId),
    db.prepare(ADD_HELD).bind(jobId, job.atMs + PROBE_MS),
    db.prepare(COUNT).bind(jobId, windows.sliceMs, windows.dayMs),
    db.prepare(CLAIM_PROBE).bind(jobId, job.atMs + PROBE_MS),
  ];
  const results = await db.batch<Record<string, unknown>>([...writes, ...readings(db, job)]);
  return recordOf(results.slice(writes.length));
}
