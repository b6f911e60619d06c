// The operator's lists of jobs.

import type { Runtime } from '../../runtime.ts';
import type { Job } from './job.ts';
import { readJobs, type JobFilter } from './list-store.ts';

/** A page, newest first, from before `before`. */
export function listJobs(
  deps: Runtime,
  filter: JobFilter,
  page: { beforeMs: number; beforeId: string; limit: number },
): Promise<Job[]> {
  return readJobs(deps.db, filter, page);
}
