// Observe a job: learn its end from RunComfy's /result and settle it. The one path to a settlement, taken by
// status, result, cancel and the cron alike. /status never says «failed», so only /result is believed.

import type { LifecycleRuntime } from './memory.ts';
import type { Owned } from '../jobs/job.ts';
import { findJob } from '../jobs/store.ts';
import { askResult } from './ask.ts';
import { settle, type ReadEnd } from './settle.ts';

/** Asks /result, and settles if it tells of an end. Ten at once settle once: the ledger's guard sees to that. */
export async function observe(deps: LifecycleRuntime, owned: Owned): Promise<void> {
  const held = deps.inFlight.open(owned.customerId);
  try {
    const read = await askResult(deps, owned, held);
    if (read.kind === 'end') {
      await conclude(deps, owned, read);
    }
  } finally {
    held.release();
  }
}

/** Books the end that /result told of, unless this isolate knows that it has been booked. */
export async function conclude(deps: LifecycleRuntime, owned: Owned, end: ReadEnd): Promise<void> {
  if (deps.memory.ended.get(owned.jobId, deps.clock.now()) !== undefined) {
    return;
  }
  const job = await findJob(deps.db, owned.jobId);
  if (job !== null) {
    await settle(deps, { ...job, upstreamId: owned.upstreamId }, end);
  }
}
