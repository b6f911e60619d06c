// The rows of jobs: reading them, and the moves that touch no money. Holds and ends are in ledger/store.ts.

import { stateOf } from '../audit/store.ts';
import { isSnapshot } from '../pricing/price-format.ts';
import { column, jsonColumnOrNull, type Row } from '../../storage/column.ts';
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

/** A job as the audit shows it. */
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
    chargeMode: column(row, 'charge_mode', oneOf(['estimate', 'cost'])),
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

export async function findJob(db: D1Database, id: JobId): Promise<Job | null> {
  const row = await db.prepare('SELECT * FROM jobs WHERE id = ?1').bind(id).first();
  return row === null ? null : jobOf(row);
}

/** The job of this customer that stands under an Idempotency-Key, among those who share it. */
export async function findJobByIdempotencyKey(
  db: D1Database,
  customerId: CustomerId,
  { key, scope }: { key: string; scope: string },
): Promise<Job | null> {
  const row = await db
    .prepare('SELECT * FROM jobs WHERE customer_id = ?1 AND idempotency_key = ?2 AND idempotency_scope = ?3')
    .bind(customerId, key, scope)
    .first();
  return row === null ? null : jobOf(row);
}

/**
 * RunComfy has taken the job. False when it had moved on already, or another job has this upstream id: one upstream job
 * is never two of ours. `before` and `also` stand in front and right behind in the same transaction.
 */
export async function markRunning(
  db: D1Database,
  id: JobId,
  {
    upstreamId,
    checkAtMs,
    before = [],
    also = [],
  }: { upstreamId: string; checkAtMs: number; before?: D1PreparedStatement[]; also?: D1PreparedStatement[] },
): Promise<boolean> {
  const results = await db.batch([
    ...before,
    db
      .prepare(
        `UPDATE jobs SET state = 'running', upstream_id = ?2, check_at_ms = ?3
         WHERE id = ?1 AND state IN ('reserved', 'unconfirmed') AND NOT EXISTS (
           SELECT 1 FROM jobs other WHERE other.upstream_id = ?2 AND other.account_id = jobs.account_id)`,
      )
      .bind(id, upstreamId, checkAtMs),
    ...also,
  ]);
  return results[before.length]?.meta.changes === 1;
}

/** Nobody knows whether RunComfy took the job: its hold stays. `also` stands right behind in the same transaction. */
export function markUnconfirmed(
  db: D1Database,
  id: JobId,
  { checkAtMs, also = [] }: { checkAtMs: number; also?: D1PreparedStatement[] },
): Promise<D1Result<Record<string, unknown>>[]> {
  return db.batch([
    db
      .prepare("UPDATE jobs SET state = 'unconfirmed', check_at_ms = ?2 WHERE id = ?1 AND state = 'reserved'")
      .bind(id, checkAtMs),
    ...also,
  ]);
}

/** The id of the job that RunComfy knows as `upstreamId` on this account, or null. */
export async function findJobByUpstreamId(
  db: D1Database,
  accountId: AccountId,
  upstreamId: string,
): Promise<string | null> {
  return db
    .prepare('SELECT id FROM jobs WHERE upstream_id = ?2 AND account_id = ?1')
    .bind(accountId, upstreamId)
    .first<string>('id');
}

/** Unconfirmed jobs of an account that were submitted at from ≤ t < to, oldest first. */
export async function listUnconfirmed(
  db: D1Database,
  range: { accountId: AccountId; fromMs: number; toMs: number },
  limit: number,
): Promise<Job[]> {
  const { results } = await db
    .prepare(
      `SELECT * FROM jobs WHERE check_at_ms IS NOT NULL AND state = 'unconfirmed' AND account_id = ?1
         AND created_at_ms >= ?2 AND created_at_ms < ?3 ORDER BY created_at_ms LIMIT ?4`,
    )
    .bind(range.accountId, range.fromMs, range.toMs, limit)
    .all();
  return results.map(jobOf);
}
