// Writes the findings of the cron about jobs in sets: each statement takes a list, and each row has its own guard.
// Ends that move money are in ledger/end-jobs.ts.

import { column, rowsOf } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isJobId, type JobId } from '../../lib/ids.ts';
import type { Micros } from '../../lib/money.ts';
import type { CostFlag, Owned } from './job.ts';

/** The cost that RunComfy reported after the settlement, or why there is none. */
export type LateCost = { jobId: JobId; micros: Micros | null; flag: CostFlag | null };

const BOOK_COSTS = statement<{ costs: string; atMs: number }>(
  `UPDATE jobs AS j SET cost_micros = c.micros, cost_at_ms = CASE WHEN c.micros IS NULL THEN NULL ELSE :atMs END,
     cost_flag = COALESCE(j.cost_flag, c.flag), check_at_ms = NULL
   FROM (SELECT value ->> 'jobId' AS job_id, value ->> 'micros' AS micros, value ->> 'flag' AS flag
     FROM json_each(:costs)) c
   WHERE j.id = c.job_id AND j.settled_at_ms IS NOT NULL AND j.cost_micros IS NULL`,
);

/**
 * Books costs that came after the settlement, or that nothing usable was reported; the check is over then. The charge to
 * the customer does not change.
 */
export async function bookCosts(db: D1Database, costs: LateCost[], atMs: number): Promise<void> {
  await BOOK_COSTS(db, { costs: JSON.stringify(costs), atMs }).run();
}

/** A job that stays open. `missing`: RunComfy answered 404 once more, or knows the job after all. */
export type Open = {
  jobId: JobId;
  /** The check that the claim has set; a check that was moved since stands. */
  claimedMs: number;
  nextCheckMs: number;
  missing: 'again' | 'never' | null;
  atMs: number;
};

const NOTE_OPEN = statement<{ open: string }>(
  `UPDATE jobs AS j SET check_at_ms = o.next_check_ms,
     missing = CASE o.missing WHEN 'again' THEN j.missing + 1 WHEN 'never' THEN 0 ELSE j.missing END,
     missing_since_ms = CASE o.missing WHEN 'again' THEN COALESCE(j.missing_since_ms, o.at_ms)
       WHEN 'never' THEN NULL ELSE j.missing_since_ms END
   FROM (SELECT value ->> 'jobId' AS job_id, value ->> 'claimedMs' AS claimed_ms,
       value ->> 'nextCheckMs' AS next_check_ms, value ->> 'missing' AS missing, value ->> 'atMs' AS at_ms
     FROM json_each(:open)) o
   WHERE j.id = o.job_id AND j.check_at_ms = o.claimed_ms`,
);

/** Notes when to check again, and for how long RunComfy has not known the job: only when that lasts is it lost. */
export async function noteOpen(db: D1Database, open: Open[]): Promise<void> {
  await NOTE_OPEN(db, { open: JSON.stringify(open) }).run();
}

/** The upstream id of a job that only KV had. */
export type Accepted = Pick<Owned, 'jobId' | 'accountId' | 'upstreamId'>;

const MARK_ACCEPTED = statement<{ accepted: string }>(
  `UPDATE jobs AS j SET state = 'running', upstream_id = a.upstream_id
   FROM (SELECT MIN(value ->> 'jobId') AS job_id, value ->> 'upstreamId' AS upstream_id,
       value ->> 'accountId' AS account_id FROM json_each(:accepted) GROUP BY 2, 3) a
   WHERE j.id = a.job_id AND j.state IN ('reserved', 'unconfirmed') AND NOT EXISTS (
     SELECT 1 FROM jobs other WHERE other.upstream_id = a.upstream_id AND other.account_id = j.account_id)
   RETURNING id`,
);

/**
 * RunComfy has taken these jobs. Returns those that had not moved on and whose upstream id is no other job's: one upstream
 * job is never two of ours, in the list either.
 */
export async function markAccepted(db: D1Database, accepted: Accepted[]): Promise<Set<JobId>> {
  const result = await MARK_ACCEPTED(db, { accepted: JSON.stringify(accepted) }).all();
  return new Set(rowsOf(result).map((row) => column(row, 'id', isJobId)));
}
