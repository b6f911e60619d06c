// The gate: the one function that decides whether a submit may spend. Its store is one D1 batch today; when one
// D1 is no longer enough, a Durable Object per customer takes its place behind this same function.

import type { Runtime } from '../../runtime.ts';
import { UNANSWERED_STATES } from '../jobs/job.ts';
import type { JobId } from '../../lib/ids.ts';
import { reasonOf } from '../../lib/log.ts';
import { Problem } from '../../lib/problem.ts';
import { isOpen, refusal } from './refusal.ts';
import { endHolds, unpaid } from './end-store.ts';
import { placeHold, readGate, type GateRecord, type Hold, type Report } from './store.ts';

/**
 * `repeated`: another submit with this Idempotency-Key was first, and nothing was written. `report` is how the
 * caller's limits stand with the hold in them, or null where the gate's own answer was lost.
 */
export type Reserved = { kind: 'admitted'; report: Report | null } | { kind: 'repeated' };

/**
 * Reserves the hold, or throws the Problem that says who refused and why.
 *
 * A batch that dies may have been applied, so it is repeated once with the same job id: if the id is taken, the
 * first one was. Still unknown: nothing will be sent, so the hold, should it exist, is released if D1 lets us.
 */
export async function reserve(deps: Runtime, hold: Hold): Promise<Reserved> {
  const record = await placeOnce(deps, hold);
  if (record === 'already in') {
    return { kind: 'admitted', report: null };
  }
  if (record === 'repeated') {
    return { kind: 'repeated' };
  }
  if (record.standing.admitted === 0) {
    throw refusal(record, hold);
  }
  return { kind: 'admitted', report: record };
}

/** Throws as `reserve` would, and takes nothing: for work that only a caller with room may cause. */
export async function requireRoom(deps: Runtime, hold: Hold): Promise<void> {
  const record = await readGate(deps.db, hold);
  if (!isOpen(record)) {
    throw refusal(record, hold);
  }
}

async function placeOnce(deps: Runtime, hold: Hold): Promise<GateRecord | 'already in' | 'repeated'> {
  try {
    return await placeHold(deps.db, hold);
  } catch (error) {
    if (isTaken(error, IDEMPOTENCY_INDEX)) {
      return 'repeated';
    }
    deps.log.warn('gate_repeated', { job: hold.jobId, reason: reasonOf(error) });
  }
  try {
    return await placeHold(deps.db, hold);
  } catch (error) {
    // Should our own first batch have been applied, the primary key tells; where that took the last room, so that
    // the row is not inserted again, its hold does.
    if (isTaken(error, PRIMARY_KEY) || isTaken(error, HOLD_KEY)) {
      return 'already in';
    }
    if (isTaken(error, IDEMPOTENCY_INDEX)) {
      return 'repeated';
    }
    deps.log.error('gate_unknown', { job: hold.jobId, reason: reasonOf(error) });
    await releaseRefused(deps, hold.jobId).catch(() => false);
    throw new Problem(
      'storage_unavailable',
      'The storage did not answer, so nothing was sent or spent. Try again.',
      { retryAfterSeconds: 5, cause: error },
    );
  }
}

const PRIMARY_KEY = 'jobs.id';
const HOLD_KEY = 'ledger.reference, ledger.phase';
const IDEMPOTENCY_INDEX = 'jobs.customer_id, jobs.token_id, jobs.idempotency_key';

/** SQLite names the columns of the unique index that is violated. */
function isTaken(error: unknown, columns: string): boolean {
  return error instanceof Error && error.message.includes(`UNIQUE constraint failed: ${columns}`);
}

/** What RunComfy never got: whether by our own doing or by its definite refusal. */
export async function releaseRefused(
  deps: Runtime,
  jobId: JobId,
  also: D1PreparedStatement[] = [],
): Promise<boolean> {
  const ends = [unpaid({ jobId, from: UNANSWERED_STATES, state: 'refused' })];
  return (await endHolds(deps.db, { ends, atMs: deps.clock.now() }, also)).has(jobId);
}
