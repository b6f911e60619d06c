// The rows of jobs: reads, and the changes of state that touch no money. Holds are in ledger/store.ts, ends in
// ledger/end-store.ts.

import { stateOf, type Audited } from '../audit/store.ts';
import { CHARGE_MODES } from '../pricing/price.ts';
import { isSnapshot } from '../pricing/price-format.ts';
import { column, jsonColumnOrNull, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText, oneOf, orNull } from '../../lib/guard.ts';
import {
  isAccountId,
  isCustomerId,
  isJobId,
  isKeyId,
  isTokenId,
  type AccountId,
  type CustomerId,
  type JobId,
} from '../../lib/ids.ts';
import { isMicros } from '../../lib/money.ts';
import { JOB_STATES, type Job } from './job.ts';
import { SUCCESS_WORDS } from '../runcomfy/wire.ts';

/** The columns of a job that the audit shows. */
export const JOB_STATE = stateOf(
  'jobs',
  "'state', state, 'upstream_id', upstream_id, 'charge_micros', charge_micros",
);

export function jobOf(row: Row): Job {
  return {
    id: column(row, 'id', isJobId),
    customerId: column(row, 'customer_id', isCustomerId),
    keyId: column(row, 'key_id', isKeyId),
    tokenId: column(row, 'token_id', isTokenId),
    endUser: column(row, 'end_user', isText),
    modelId: column(row, 'model_id', isText),
    accountId: column(row, 'account_id', isAccountId),
    state: column(row, 'state', oneOf(JOB_STATES)),
    upstreamId: column(row, 'upstream_id', orNull(isText)),
    traceId: column(row, 'trace_id', orNull(isText)),
    bodyHash: column(row, 'body_hash', orNull(isText)),
    unitMicros: column(row, 'unit_micros', isMicros),
    estimateMicros: column(row, 'estimate_micros', isMicros),
    holdMicros: column(row, 'hold_micros', isMicros),
    leastMicros: column(row, 'least_micros', isMicros),
    addsMicros: column(row, 'adds_micros', isMicros),
    addsCostMicros: column(row, 'adds_cost_micros', isMicros),
    chargeMode: column(row, 'charge_mode', oneOf(CHARGE_MODES)),
    markupE4: column(row, 'markup_e4', isNumber),
    price: jsonColumnOrNull(row, 'price', isSnapshot),
    chargeMicros: column(row, 'charge_micros', orNull(isMicros)),
    costMicros: column(row, 'cost_micros', orNull(isMicros)),
    costAtMs: column(row, 'cost_at_ms', orNull(isNumber)),
    costFlag: column(row, 'cost_flag', orNull(oneOf(['missing', 'invalid']))),
    successWord: column(row, 'success_word', orNull(oneOf(SUCCESS_WORDS))),
    result: column(row, 'result', orNull(isText)),
    createdAtMs: column(row, 'created_at_ms', isNumber),
    endedAtMs: column(row, 'ended_at_ms', orNull(isNumber)),
    settledAtMs: column(row, 'settled_at_ms', orNull(isNumber)),
    checkAtMs: column(row, 'check_at_ms', orNull(isNumber)),
    checks: column(row, 'checks', isNumber),
    missing: column(row, 'missing', isNumber),
    missingSinceMs: column(row, 'missing_since_ms', orNull(isNumber)),
  };
}

const FIND = statement<{ id: JobId }>('SELECT * FROM jobs WHERE id = :id');

export async function findJob(db: D1Database, id: JobId): Promise<Job | null> {
  const row = await FIND(db, { id }).first();
  return row === null ? null : jobOf(row);
}

const FIND_BY_IDEMPOTENCY_KEY = statement<{ customerId: CustomerId; key: string; scope: string }>(
  `SELECT * FROM jobs
   WHERE customer_id = :customerId AND idempotency_key = :key AND idempotency_scope = :scope`,
);

/** The customer's job under an Idempotency-Key; `scope`: who shares the key. */
export async function findJobByIdempotencyKey(
  db: D1Database,
  customerId: CustomerId,
  { key, scope }: { key: string; scope: string },
): Promise<Job | null> {
  const row = await FIND_BY_IDEMPOTENCY_KEY(db, { customerId, key, scope }).first();
  return row === null ? null : jobOf(row);
}

type Running = { jobId: JobId; upstreamId: string; checkAtMs: number };

const MARK_RUNNING = statement<Running>(
  `UPDATE jobs SET state = 'running', upstream_id = :upstreamId, check_at_ms = :checkAtMs
   WHERE id = :jobId AND state IN ('reserved', 'unconfirmed') AND NOT EXISTS (
     SELECT 1 FROM jobs other WHERE other.upstream_id = :upstreamId AND other.account_id = jobs.account_id)`,
);

/**
 * RunComfy has taken the job. False if the job had moved on already, or if another job has this upstream id: one upstream
 * job is never two of ours. `before` and `behind` stand around the statement in the same transaction.
 */
export async function markRunning(
  db: D1Database,
  running: Running,
  { before, behind }: Audited = { before: [], behind: [] },
): Promise<boolean> {
  const results = await db.batch([...before, MARK_RUNNING(db, running), ...behind]);
  return results[before.length]?.meta.changes === 1;
}

type Unconfirmed = { jobId: JobId; checkAtMs: number };

const MARK_UNCONFIRMED = statement<Unconfirmed>(
  `UPDATE jobs SET state = 'unconfirmed', check_at_ms = :checkAtMs WHERE id = :jobId AND state = 'reserved'`,
);

/**
 * Nobody knows if RunComfy took the job: its hold stays. `behind` stands right behind the statement in the same
 * transaction; returns its results.
 */
export async function markUnconfirmed(
  db: D1Database,
  unconfirmed: Unconfirmed,
  behind: D1PreparedStatement[],
): Promise<D1Result<Record<string, unknown>>[]> {
  const [, ...results] = await db.batch<Record<string, unknown>>([
    MARK_UNCONFIRMED(db, unconfirmed),
    ...behind,
  ]);
  return results;
}

const FIND_BY_UPSTREAM_ID = statement<{ accountId: AccountId; upstreamId: string }>(
  'SELECT id FROM jobs WHERE upstream_id = :upstreamId AND account_id = :accountId',
);

/** The id of the job that RunComfy knows as `upstreamId` on this account, or null. */
export async function findJobByUpstreamId(
  db: D1Database,
  accountId: AccountId,
  upstreamId: string,
): Promise<string | null> {
  return FIND_BY_UPSTREAM_ID(db, { accountId, upstreamId }).first<string>('id');
}

type Range = { accountId: AccountId; fromMs: number; toMs: number };

const LIST_UNCONFIRMED = statement<Range & { limit: number }>(
  `SELECT * FROM jobs WHERE check_at_ms IS NOT NULL AND state = 'unconfirmed' AND account_id = :accountId
     AND created_at_ms >= :fromMs AND created_at_ms < :toMs ORDER BY created_at_ms LIMIT :limit`,
);

/** Unconfirmed jobs of an account that were submitted at from ≤ t < to, oldest first. */
export async function listUnconfirmed(db: D1Database, range: Range, limit: number): Promise<Job[]> {
  const { results } = await LIST_UNCONFIRMED(db, { ...range, limit }).all();
  return results.map(jobOf);
}
