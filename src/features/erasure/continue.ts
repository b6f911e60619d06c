// The cron erases customers, a few jobs at a time. A step deletes the copies in KV before it clears the rows of their jobs: an
// interrupted step then finds the rows, and with them the copies, again.

import type { Plan } from '../lifecycle/settings.ts';
import { COPIES_LAST_MS, forgetOwner } from '../jobs/owner.ts';
import type { Runtime } from '../../runtime.ts';
import { claimErasure, eraseJobs, eraseRest, readNextJobs, type Erasure } from './step-store.ts';

/** Jobs that one step erases. */
const JOBS_A_STEP = 500;
/** Steps of a run, and deletions in KV of each step: the free plan allows fifty calls a run. */
const A_RUN = { free: { steps: 1, copies: 30 }, paid: { steps: 10, copies: 500 } };

/** Takes the next steps of one erasure; false: none is due. */
export async function continueErasure(deps: Runtime & { settings: { plan: Plan } }): Promise<boolean> {
  const erasure = await claimErasure(deps.db, deps.clock.now());
  if (erasure === null) {
    return false;
  }
  const { steps, copies } = A_RUN[deps.settings.plan];
  let at: Erasure | null = erasure;
  for (let step = 0; step < steps && at !== null; step += 1) {
    at = await takeStep(deps, at, copies);
  }
  return true;
}

/** The erasure as the next step finds it; null: this pass has no jobs left. */
async function takeStep(deps: Runtime, erasure: Erasure, copies: number): Promise<Erasure | null> {
  const nowMs = deps.clock.now();
  const next = await readNextJobs(deps.db, erasure, JOBS_A_STEP);
  if (next.length === 0) {
    if (await eraseRest(deps.db, erasure, nowMs)) {
      deps.log.info('customer_erased', { customer: erasure.customerId });
    }
    return null;
  }
  const copiesSinceMs = nowMs - COPIES_LAST_MS;
  const beyond = next.filter((job) => job.createdAtMs > copiesSinceMs)[copies];
  const jobs = beyond === undefined ? next : next.slice(0, next.indexOf(beyond));
  const inKv = jobs.filter((job) => job.isSettled && job.createdAtMs > copiesSinceMs);
  await Promise.all(inKv.map(({ id }) => forgetOwner(deps, id)));
  return eraseJobs(deps.db, erasure, { jobs, nowMs });
}
