// Observe a job: learn its end from RunComfy's /result and settle it. Status, result and cancel all settle this way.
// /status never says "failed", so only /result is believed.

import type { LifecycleRuntime } from './memory.ts';
import type { Owned } from '../jobs/job.ts';
import { findJob } from '../jobs/store.ts';
import { askResult } from './ask.ts';
import { settle, type ReadEnd } from './settle.ts';

/** Asks /result, and settles if the job has ended. Ten at once settle once: the ledger's guard sees to that. */
export async function observe(deps: LifecycleRuntime, owned: Owned): Promise<void> {
  const held = deps.inFlight.open(owned.customerId);
  try {
    const read = await askResult(deps, owned, held);
    if (read.kind === 'end') {
      await settleOwned(deps, owned, read);
    }
  } finally {
    held.release();
  }
}

/** Settles the end that /result reported, unless this isolate knows that it is settled. */
export async function settleOwned(deps: LifecycleRuntime, owned: Owned, end: ReadEnd): Promise<void> {
  if (deps.memory.ended.get(owned.jobId, deps.clock.now()) !== undefined) {
    return;
  }
  const job = await findJob(deps.db, owned.jobId);
  if (job !== null) {
    await settle(deps, { ...job, upstreamId: owned.upstreamId }, end);
  }
}
