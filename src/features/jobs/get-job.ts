// A job for the operator: its row, its entries in the ledger, and the adjustments since.

import type { JobId } from '../../lib/ids.ts';
import type { Runtime } from '../../runtime.ts';
import { readAdjustments } from '../ledger/credit-store.ts';
import type { Booked } from '../ledger/credit.ts';
import { readJobEntries, type JobEntry } from '../ledger/entry-store.ts';
import { noSuchJobForOperator, type Job } from './job.ts';
import { findJob } from './store.ts';

export type AdjustedJob = {
  job: Job;
  /** Its hold and its end. */
  entries: JobEntry[];
  adjustedMicros: number;
  adjustments: Booked[];
};

/** 404 without such a job. */
export async function getAdjustedJob(deps: Runtime, id: JobId): Promise<AdjustedJob> {
  const [job, entries, { adjustedMicros, newest }] = await Promise.all([
    findJob(deps.db, id),
    readJobEntries(deps.db, id),
    readAdjustments(deps.db, id),
  ]);
  if (job === null) {
    throw noSuchJobForOperator();
  }
  return { job, entries, adjustedMicros, adjustments: newest };
}
