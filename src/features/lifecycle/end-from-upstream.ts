// The end of a job as RunComfy's /result reports it to a poll.

import { isEnded, type EndedJob, type Job, type Owned } from '../jobs/job.ts';
import { readEnd } from '../jobs/kept-result.ts';
import { findJob } from '../jobs/store.ts';
import type { LifecycleRuntime } from './memory.ts';
import { settleOwned } from './observe.ts';
import { dueOf, settle, type ReadEnd } from './settle.ts';

/**
 * The end that RunComfy reports, unless the books have given the job up or have another end of it: then that stands. The
 * cost in the answer is what settlement charges; where that depends on the reported cost, the job is settled first.
 */
export async function endFromUpstream(
  deps: LifecycleRuntime,
  owned: Owned,
  { read, withCost }: { read: ReadEnd; withCost: boolean },
): Promise<EndedJob> {
  const { result, successWord } = read;
  const reported: EndedJob = { state: result.state, successWord, result, chargeMicros: null };
  const job = await findJob(deps.db, owned.jobId).catch(() => null);
  if (job === null) {
    deps.after(settleOwned(deps, owned, read));
    return reported;
  }
  const settling = settle(deps, { ...job, upstreamId: owned.upstreamId }, read);
  deps.after(settling);
  if (!withCost || job.chargeMicros !== null) {
    return asBooked(job, reported);
  }
  if (job.chargeMode === 'estimate') {
    const { chargeMicros } = dueOf(job, { state: result.state, cost: read.cost }, deps.clock.now());
    return { ...reported, chargeMicros };
  }
  const settled = await settling.then(() => findJob(deps.db, owned.jobId)).catch(() => null);
  return settled === null ? reported : asBooked(settled, reported);
}

/** The reported end with the charge in the books. Another end that is booked stands: RunComfy cannot take it back. */
function asBooked({ state, successWord, result, chargeMicros }: Job, reported: EndedJob): EndedJob {
  return isEnded(state) && state !== reported.state
    ? readEnd({ state, successWord, result, chargeMicros })
    : { ...reported, chargeMicros };
}
