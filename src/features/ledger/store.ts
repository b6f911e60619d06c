// The SQL of the gate: reserves money and counts, or says which limit has no room. One D1 batch, so one
// transaction; every later statement looks for what the first one did. What becomes of a hold is in end-store.ts.

import { storedSnapshot } from '../pricing/price-format.ts';
import { column, rowsOf } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber } from '../../lib/guard.ts';
import type { JobId } from '../../lib/ids.ts';
import { PROBE_MS } from '../accounts/account-store.ts';
import type { SealedAccount } from '../accounts/open.ts';
import {
  accountsOf,
  CHOICE,
  choiceValues,
  chosenOf,
  COUNT_ACCOUNTS,
  FIND_CHOSEN,
  type AccountsStanding,
  type ChoiceValues,
} from './choice-store.ts';
import type { LimitReport } from './limit-usage.ts';
import {
  ALL_USAGE,
  callerValues,
  HELD_MICROS,
  IS_FULL,
  limitUsageOf,
  LIST_USAGE,
  READ_HELD,
  reportOf,
  SUBJECTS,
  type CallerValues,
} from './limit-usage-store.ts';
import type { NewJob } from './new-job.ts';
import { standingOf, type Standing } from './standing.ts';
import { termsOf } from '../plans/terms-store.ts';
import { SLICE_MS, SLICES } from './windows.ts';

/** `account`: the one that the gate chose for the job that it admitted. */
export type GateRecord = LimitReport & {
  standing: Standing;
  accounts: AccountsStanding;
  account: SealedAccount | null;
};

/** SQL: the row of the key that is presented, if it is live. */
export const LIVE_KEY = `FROM keys k JOIN keys p ON p.id = COALESCE(k.parent_id, k.id)
  WHERE k.id = :presentedKey AND k.revoked_at_ms IS NULL AND p.revoked_at_ms IS NULL
    AND (k.expires_at_ms IS NULL OR k.expires_at_ms > :nowMs)
    AND (p.expires_at_ms IS NULL OR p.expires_at_ms > :nowMs)`;

/** SQL: the same, if customer and gateway are live too. */
export const LIVE = `${LIVE_KEY} AND k.customer_id = :customerId AND p.id = :keyId
    AND EXISTS (SELECT 1 FROM customers WHERE id = :customerId AND status = 'active')
    AND EXISTS (SELECT 1 FROM settings WHERE submits = 'on')`;

/** SQL: the customer's terms are those that the job was priced by. */
const TERMS_HOLD = `${termsOf('customers')} = :terms`;

type GateValues = CallerValues & ChoiceValues & { terms: string };

type JobValues = GateValues & {
  modelId: string;
  unitMicros: number;
  checkAtMs: number;
  idempotencyKey: string | null;
  idempotencyScope: string;
  bodyHash: string | null;
  chargeMode: string;
  estimateMicros: number;
  markupE4: number;
  price: string;
  traceId: string;
  endUser: string;
  leastMicros: number;
  addsMicros: number;
  addsCostMicros: number;
};

const INSERT_JOB = statement<JobValues>(`${ALL_USAGE}, ${CHOICE}
  INSERT INTO jobs (id, customer_id, key_id, family, token_id, model_id, account_id, state, unit_micros, hold_micros,
    created_at_ms, check_at_ms, idempotency_key, body_hash, charge_mode, estimate_micros, markup_e4, price, trace_id,
    end_user, idempotency_scope, least_micros, adds_micros, adds_cost_micros)
  SELECT :jobId, :customerId, :keyId, p.family, :tokenId, :modelId, (SELECT id FROM choice), 'reserved', :unitMicros,
    :holdMicros, :nowMs, :checkAtMs, :idempotencyKey, :bodyHash, :chargeMode, :estimateMicros, :markupE4, :price,
    :traceId, :endUser, :idempotencyScope, :leastMicros, :addsMicros, :addsCostMicros
  ${LIVE} AND EXISTS (SELECT 1 FROM customers WHERE id = :customerId AND probe_at_ms <= :nowMs AND ${TERMS_HOLD})
    AND EXISTS (SELECT 1 FROM choice)
    AND NOT EXISTS (SELECT 1 FROM limit_usage WHERE ${IS_FULL})`);

type ProbeValues = { jobId: JobId; probeAtMs: number };

/** A submit that a closed account lets through is its probe: the next one waits until `probeAtMs`. */
export const CLAIM_PROBE_SQL = `UPDATE accounts SET probe_at_ms = :probeAtMs FROM jobs j
  WHERE j.id = :jobId AND accounts.id = j.account_id AND accounts.state <> 'ok'`;
const CLAIM_PROBE = statement<ProbeValues>(CLAIM_PROBE_SQL);

const INSERT_HOLD = statement<{
  jobId: JobId;
}>(`INSERT INTO ledger (reference, phase, kind, customer_id, micros, at_ms)
  SELECT id, 'hold', 'hold', customer_id, hold_micros, created_at_ms FROM jobs WHERE id = :jobId`);

/** The submit of a customer who is held back is a probe too. */
const ADD_HELD = statement<ProbeValues>(`UPDATE customers SET held_micros = held_micros + j.hold_micros,
    probe_at_ms = CASE held_back_at_ms WHEN 0 THEN probe_at_ms ELSE :probeAtMs END
  FROM (SELECT customer_id, hold_micros FROM jobs WHERE id = :jobId) j WHERE customers.id = j.customer_id`);

/** SQL: the counters that a job moves of one subject. */
export const JOB_COUNTERS = `(
    SELECT 'slice' AS grain, :sliceMs / ${SLICE_MS} % ${SLICES} AS slot, :sliceMs AS starts_at_ms
    UNION ALL SELECT 'day', :dayMs, :dayMs UNION ALL SELECT 'total', 0, 0)`;

/** A slice that comes round again starts from 0, unless a slower clock is behind it. */
const COUNT = statement<{
  jobId: JobId;
  sliceMs: number;
  dayMs: number;
}>(`INSERT INTO counters (subject, grain, slot, starts_at_ms, requests, micros)
  SELECT s.value, w.grain, w.slot, w.starts_at_ms, 1, CASE w.grain WHEN 'slice' THEN 0 ELSE j.hold_micros END
  FROM jobs j, ${SUBJECTS} s, ${JOB_COUNTERS} w
  WHERE j.id = :jobId AND s.value <> ''
  ON CONFLICT DO UPDATE SET starts_at_ms = MAX(starts_at_ms, excluded.starts_at_ms),
    requests = CASE WHEN starts_at_ms >= excluded.starts_at_ms THEN requests + 1 ELSE 1 END,
    micros = micros + excluded.micros`);

export const READ_STANDING = statement<GateValues>(`SELECT
  EXISTS (SELECT 1 FROM jobs WHERE id = :jobId) AS admitted,
  COALESCE((SELECT MAX(probe_at_ms - :nowMs, 0) FROM customers WHERE id = :customerId), 0) AS customer_wait_ms,
  ${HELD_MICROS},
  EXISTS (SELECT 1 ${LIVE_KEY}) AS key_live,
  EXISTS (SELECT 1 FROM customers WHERE id = :customerId AND status = 'active') AS customer_active,
  EXISTS (SELECT 1 FROM settings WHERE submits = 'on') AS submits_on,
  EXISTS (SELECT 1 FROM customers WHERE id = :customerId AND ${TERMS_HOLD}) AS terms_hold`);

function gateValues(job: NewJob): GateValues {
  return { ...callerValues(job, job.quote.holdMicros), ...choiceValues(job, []), terms: job.terms };
}

/** The gate's judgement of this job now; nothing is written. */
export async function readGate(db: D1Database, job: NewJob): Promise<GateRecord> {
  return recordOf(await db.batch<Record<string, unknown>>(readings(db, gateValues(job))));
}

/** The statements that `recordOf` reads. */
function readings(db: D1Database, values: GateValues): D1PreparedStatement[] {
  return [
    READ_STANDING(db, values),
    LIST_USAGE(db, values),
    COUNT_ACCOUNTS(db, values),
    FIND_CHOSEN(db, values),
  ];
}

function recordOf([stands, limits, accounts, chosen]: D1Result<Record<string, unknown>>[]): GateRecord {
  const standing = standingOf(stands?.results[0]);
  return {
    standing,
    limits: rowsOf(limits).map(limitUsageOf),
    heldMicros: standing.held_micros,
    accounts: accountsOf(accounts?.results[0]),
    account: chosenOf(chosen?.results[0]),
  };
}

/** `ours`: the job of this hold is reserved. `twin`: another job has its Idempotency-Key. */
export type PlacedRow =
  | { row: 'ours'; report: LimitReport; account: SealedAccount }
  | { row: 'twin' }
  | { row: 'none' };

const FIND_TWIN = statement<
  Pick<JobValues, 'customerId' | 'idempotencyKey' | 'idempotencyScope' | 'jobId'>
>(`SELECT EXISTS (
  SELECT 1 FROM jobs WHERE customer_id = :customerId AND idempotency_key = :idempotencyKey
    AND idempotency_scope = :idempotencyScope AND id <> :jobId) AS is_there`);

/** The rows after a gate without an answer, all at one instant. */
export async function readPlaced(db: D1Database, job: NewJob): Promise<PlacedRow> {
  const values = { ...gateValues(job), ...idempotencyValues(job) };
  const [chosen, twin, ...report] = await db.batch<Record<string, unknown>>([
    FIND_CHOSEN(db, values),
    FIND_TWIN(db, values),
    LIST_USAGE(db, values),
    READ_HELD(db, values),
  ]);
  const account = chosenOf(chosen?.results[0]);
  if (account === null) {
    return { row: column(twin?.results[0], 'is_there', isNumber) === 1 ? 'twin' : 'none' };
  }
  return { row: 'ours', report: reportOf(report), account };
}

function idempotencyValues({
  idempotency,
}: NewJob): Pick<JobValues, 'idempotencyKey' | 'idempotencyScope' | 'bodyHash'> {
  return {
    idempotencyKey: idempotency?.key ?? null,
    idempotencyScope: idempotency?.scope ?? '',
    bodyHash: idempotency?.bodyHash ?? null,
  };
}

/**
 * The gate. Writes the job with its hold if key, customer and gateway are live, no limit would be exceeded and an
 * upstream account takes it; else writes nothing. Throws when the outcome is not known, and on a job id or an
 * Idempotency-Key that is in already.
 */
export async function placeHold(db: D1Database, job: NewJob): Promise<GateRecord> {
  const { modelId, quote, checkAtMs, traceId, endUser } = job;
  const { unitMicros, estimateMicros, leastMicros, addsMicros, addsCostMicros } = quote;
  const values = {
    ...gateValues(job),
    ...idempotencyValues(job),
    modelId,
    checkAtMs,
    traceId,
    endUser,
    unitMicros,
    estimateMicros,
    leastMicros,
    addsMicros,
    addsCostMicros,
    chargeMode: quote.charge,
    markupE4: quote.terms.markupE4,
    price: storedSnapshot(quote),
    probeAtMs: job.atMs + PROBE_MS,
  };
  const writes = [
    INSERT_JOB(db, values),
    INSERT_HOLD(db, values),
    ADD_HELD(db, values),
    COUNT(db, values),
    CLAIM_PROBE(db, values),
  ];
  const results = await db.batch<Record<string, unknown>>([...writes, ...readings(db, values)]);
  return recordOf(results.slice(writes.length));
}
