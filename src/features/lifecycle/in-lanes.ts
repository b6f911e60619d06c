// Works on several jobs at once.

import type { Job } from '../jobs/job.ts';
import { reasonOf, type Log } from '../../lib/log.ts';

/** A Worker has six connections that wait for headers; one is left for what is booked meanwhile. */
const LANES = 5;

/** Works through the list in order, a few at once. A job that fails is left for its next check. */
export async function inLanes(log: Log, jobs: Job[], work: (job: Job) => Promise<void>): Promise<void> {
  const waiting = [...jobs];
  async function lane(): Promise<void> {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      try {
        await work(job);
      } catch (error) {
        log.warn('reconcile_failed', { job: job.id, reason: reasonOf(error) });
      }
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane));
}
