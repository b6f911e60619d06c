// Releases everything that a job took which RunComfy never got or refused for good: hold, request counts and
// Idempotency-Key. If D1 cannot be written, KV keeps the fact for the cron and for replays.

import { UNANSWERED_STATES } from '../jobs/job.ts';
import { writeEndMark, type EndMark } from '../jobs/end-mark.ts';
import { recordInEither } from '../jobs/record-in-either.ts';
import { KV_PAUSE_MS, retryStore, type SubmitTime } from '../jobs/submit-time.ts';
import type { JobId } from '../../lib/ids.ts';
import { reasonOf } from '../../lib/log.ts';
import type { Runtime } from '../../runtime.ts';
import { endJobs } from './end-jobs.ts';
import { unpaid } from './job-end.ts';

/** `isPlaced`: the gate is known to have written the row. `behind` stands right behind the release in the same transaction. */
type UnpaidJob = { jobId: JobId; mark: EndMark; isPlaced: boolean; behind?: D1PreparedStatement[] };

/** Call it only when no further POST can follow. Returns once D1 or KV has the end, or when time is out; never throws. */
export async function closeUnpaid(
  deps: Runtime,
  time: SubmitTime,
  { jobId, mark, isPlaced, behind }: UnpaidJob,
): Promise<void> {
  const inD1 = async () => {
    const released = await releaseRefused(deps, jobId, behind);
    if (!released && !isPlaced) {
      // A batch of the gate that was given up may still be applied, and then only the mark knows of it.
      throw new Error('the row is not there yet');
    }
  };
  try {
    await recordInEither(deps, time, { jobId, inD1, inKv: () => writeEndMark(deps, jobId, mark) });
  } catch (error) {
    deps.log.error('end_unrecorded', { job: jobId, outcome: mark.end, reason: reasonOf(error) });
  }
}

/** After the answer: a batch of the gate that was given up must not keep its hold, should it still be applied. */
export function disownLater(
  deps: Runtime,
  time: SubmitTime,
  { jobId, reason }: { jobId: JobId; reason: string },
): void {
  deps.after(retryStore(time, KV_PAUSE_MS, () => writeEndMark(deps, jobId, { end: 'unsent', reason })));
}

/** False if the job had ended, runs by now, or was never there. */
export async function releaseRefused(
  deps: Runtime,
  jobId: JobId,
  behind: D1PreparedStatement[] = [],
): Promise<boolean> {
  const end = unpaid({ jobId, from: UNANSWERED_STATES, state: 'refused' });
  return (await endJobs(deps, [end], { before: [], behind })).has(jobId);
}
