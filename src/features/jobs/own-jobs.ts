// A customer's own jobs, from the books: RunComfy is not asked. A browser token sees the jobs that it started, or those of
// its end user.

import { isJobId } from '../../lib/ids.ts';
import type { Runtime } from '../../runtime.ts';
import { sphereOf, type Principal } from '../keys/principal.ts';
import { noSuchJob } from './job.ts';
import { findOwnJob, readOwnJobs, type OwnJob, type OwnJobFilter } from './own-job-store.ts';

/** A page, newest first, from before `before`. */
export function listOwnJobs(
  deps: Runtime,
  principal: Principal,
  asked: { filter: OwnJobFilter; page: { beforeMs: number; beforeId: string; limit: number } },
): Promise<OwnJob[]> {
  return readOwnJobs(deps.db, sphereOf(principal), asked);
}

/** A malformed, a missing and a foreign id are the same 404. */
export async function getOwnJob(deps: Runtime, principal: Principal, id: string): Promise<OwnJob> {
  const job = isJobId(id) ? await findOwnJob(deps.db, sphereOf(principal), id) : null;
  if (job === null) {
    throw noSuchJob();
  }
  return job;
}
