// The gate: the one function that decides whether a submit may spend. Its store is one D1 batch today; when one
// D1 is no longer enough, a Durable Object per customer takes its place behind this same function.

import type { Deps } from '../deps.ts';
import { reasonOf } from '../lib/log.ts';
import { Problem } from '../lib/problem.ts';
import { refusal } from './refusal.ts';
import { endHold, placeHold, type GateRecord, type Hold, type Room } from './store.ts';

/**
 * Reserves the hold, or throws the Problem that says who refused and why. Returns how full each limit is now.
 *
 * A batch that dies may have been applied, so it is repeated once with the same job id: if the id is taken, the
 * first one was. Still unknown: nothing will be sent, so the hold, should it exist, is released if D1 lets us.
 */
export async function reserve(deps: Deps, hold: Hold): Promise<Room[]> {
  const record = await placeOnce(deps, hold);
  if (record === 'already in') {
    return [];
  }
  if (record.standing.admitted === 0) {
    throw refusal(record, hold);
  }
  return record.rooms;
}

async function placeOnce(deps: Deps, hold: Hold): Promise<GateRecord | 'already in'> {
  try {
    return await placeHold(deps.db, hold);
  } catch (error) {
    deps.log.warn('gate_repeated', { job: hold.jobId, reason: reasonOf(error) });
  }
  try {
    return await placeHold(deps.db, hold);
  } catch (error) {
    if (isTaken(error)) {
      return 'already in';
    }
    deps.log.error('gate_unknown', { job: hold.jobId, reason: reasonOf(error) });
    await releaseUnsent(deps, hold).catch(() => false);
    throw new Problem(
      'storage_unavailable',
      'The storage did not answer, so nothing was sent or spent. Try again.',
      {
        retryAfterSeconds: 5,
        cause: error,
      },
    );
  }
}

/** SQLite names the column of a primary key that is in already. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes('UNIQUE constraint failed: jobs.id');
}

function releaseUnsent(deps: Deps, hold: Hold): Promise<boolean> {
  return endHold(deps.db, {
    jobId: hold.jobId,
    state: 'refused',
    chargeMicros: 0,
    atMs: hold.atMs,
    upstreamId: null,
    costMicros: null,
    result: null,
  });
}
