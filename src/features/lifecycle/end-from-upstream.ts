// The end of a job as RunComfy's /result reports it to a poll.

import { givenUpAs, type EndedJob, type Owned } from '../jobs/job.ts';
import { findJob } from '../jobs/store.ts';
import type { LifecycleRuntime } from './memory.ts';
import { settleOwned } from './observe.ts';
import { dueOf, settle, type ReadEnd } from './settle.ts';

/**
 * The end that RunComfy reports, unless the books have given the job up: then that stands. The cost in the answer is what
 * settlement charges; where that depends on the reported cost, the job is settled first.
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
  const givenUp = givenUpAs(job);
  if (givenUp !== null) {
    return { state: givenUp, successWord: null, result: null, chargeMicros: 0 };
  }
  if (!withCost || job.chargeMicros !== null) {
    return { ...reported, chargeMicros: job.chargeMicros };
  }
  if (job.chargeMode === 'estimate') {
    const { chargeMicros } = dueOf(job, { state: result.state, cost: read.cost }, deps.clock.now());
    return { ...reported, chargeMicros };
  }
  const settled = await settling.then(() => findJob(deps.db, owned.jobId)).catch(() => null);
  return { ...reported, chargeMicros: settled?.chargeMicros ?? null };
}
