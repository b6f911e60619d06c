// The one place where jobs end. Settlement, refusal, loss and the operator's verdict all come through here, so whatever
// must happen with each end is one more statement of this batch.

import type { Audited } from '../audit/store.ts';
import type { JobId } from '../../lib/ids.ts';
import type { Runtime } from '../../runtime.ts';
import { endedIn, endStatements } from './end-store.ts';
import type { JobEnd } from './job-end.ts';

/** The most statements that the batch has, without those around it. */
export const END_STATEMENTS = 4;

/**
 * Ends jobs and their holds; returns the jobs that it changed. A job stands in the list once, and the list is at most
 * 2 MB, D1's limit for a value.
 *
 * - One D1 batch, so one transaction, writes the end of every job in the list: the ledger's entry, the balance, the
 *   counters, and last the row of the job. All of it happens or none, for the whole list.
 * - The end that is applied first stands. A second one, of whatever state and charge, finds the hold closed and changes
 *   nothing: two polls, a poll and the cron, or a batch that is repeated after no answer end a job once.
 * - An end applies only to a job in one of its `from` states: a verdict about an unconfirmed job leaves alone one that
 *   runs by now.
 * - An end with `chargeMicros: null` closes the job and leaves the hold open; one later end with an amount closes the hold.
 * - The instant is read when the batch is made, so a month that is over gets no more entries.
 * - `before` and `behind` stand around these statements in the same transaction. `changes()` of the first one behind is
 *   the number of jobs that ended.
 */
export async function endJobs(
  { db, clock }: Pick<Runtime, 'db' | 'clock'>,
  ends: JobEnd[],
  { before, behind }: Audited = { before: [], behind: [] },
): Promise<Set<JobId>> {
  const statements = endStatements(db, ends, clock.now());
  const results = await db.batch<Record<string, unknown>>([...before, ...statements, ...behind]);
  return endedIn(results.slice(before.length, before.length + statements.length));
}
