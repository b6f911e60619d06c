// The cron works erasures off, a few jobs at a time. KV goes first: the row of a job is what tells that there may be a copy,
// so a step that is cut between the two is taken again.

import type { Plan } from '../lifecycle/settings.ts';
import { COPIES_LAST_MS, forgetOwner } from '../jobs/owner.ts';
import type { Runtime } from '../../runtime.ts';
import {
  claimErasure,
  eraseJobs,
  eraseRest,
  readNextJobs,
  type ErasableJob,
  type Erasure,
} from './step-store.ts';

/** Jobs whose result one step drops. */
const JOBS_A_STEP = 500;
/** Steps of a run, and copies in KV that each deletes: calls of their own, of which the free plan allows a run fifty. */
const A_RUN = { free: { steps: 1, copies: 30 }, paid: { steps: 10, copies: 500 } };

/** Takes the next steps of one erasure; false where none is due. */
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

/** Where the next step begins; null: no job is left for this pass. */
async function takeStep(deps: Runtime, erasure: Erasure, copies: number): Promise<Erasure | null> {
  const nowMs = deps.clock.now();
  const next = await readNextJobs(deps.db, erasure, JOBS_A_STEP);
  if (next.length === 0) {
    if (await eraseRest(deps.db, erasure, nowMs)) {
      deps.log.info('customer_erased', { customer: erasure.customerId });
    }
    return null;
  }
  const jobs = withCopies(next, { most: copies, sinceMs: nowMs - COPIES_LAST_MS });
  const kept = jobs.filter((job) => job.isSettled && job.createdAtMs > nowMs - COPIES_LAST_MS);
  await Promise.all(kept.map(({ id }) => forgetOwner(deps, id)));
  return eraseJobs(deps.db, erasure, { jobs, nowMs });
}

/** The first of these jobs, as many as have so many copies in KV. */
function withCopies(
  jobs: ErasableJob[],
  { most, sinceMs }: { most: number; sinceMs: number },
): ErasableJob[] {
  let left = most;
  const end = jobs.findIndex((job) => {
    left -= job.createdAtMs > sinceMs ? 1 : 0;
    return left < 0;
  });
  return end === -1 ? jobs : jobs.slice(0, end);
}
