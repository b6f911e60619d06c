// The operator's lists of jobs.

import type { Runtime } from '../../runtime.ts';
import type { Found, Page } from '../../storage/page.ts';
import type { Job } from './job.ts';
import { readJobs, type JobFilter } from './list-store.ts';

export function listJobs(deps: Runtime, filter: JobFilter, page: Page): Promise<Found<Job>> {
  return readJobs(deps.db, filter, page);
}
