// How one job ends: its state, its charge, and what RunComfy said. Pure.

import type { JobId } from '../../lib/ids.ts';
import type { Micros } from '../../lib/money.ts';
import type { CostFlag, EndedState, JobState } from '../jobs/job.ts';
import type { SuccessWord } from '../runcomfy/wire.ts';

export type JobEnd = {
  jobId: JobId;
  /** The states that this end may come from: a job that has moved on meanwhile is left alone. */
  from: JobState[];
  state: EndedState;
  /** The charge to the customer, at most the hold; 0 releases it, null ends the job and leaves its hold open. */
  chargeMicros: Micros | 0 | null;
  upstreamId: string | null;
  /** The cost that RunComfy reported to the operator, if it did. */
  costMicros: Micros | null;
  costFlag: CostFlag | null;
  /** RunComfy's own word for a success. */
  successWord: SuccessWord | null;
  /** JSON of the result, or null when there is none or it is too large to keep. */
  result: string | null;
  /** When the cron asks again, for the cost; null: never. */
  checkAtMs: number | null;
};

/** An end that charges nothing and about which RunComfy has said nothing. */
export function unpaid(end: Pick<JobEnd, 'jobId' | 'from' | 'state'>): JobEnd {
  const unsaid = { upstreamId: null, costMicros: null, costFlag: null, successWord: null, result: null };
  return { ...unsaid, checkAtMs: null, ...end, chargeMicros: 0 };
}
