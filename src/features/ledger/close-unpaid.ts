// Gives everything back that a job took which RunComfy never got or refused for good: hold, request counts and
// Idempotency-Key. If D1 cannot be told, KV keeps the word for the cron and for replays.

import { UNANSWERED_STATES } from '../jobs/job.ts';
import { writeEndMark, type EndMark } from '../jobs/end-mark.ts';
import { keepWord } from '../jobs/keep-word.ts';
import { keepTelling, KV_PAUSE_MS, type SubmitTime } from '../jobs/submit-time.ts';
import type { JobId } from '../../lib/ids.ts';
import { reasonOf } from '../../lib/log.ts';
import type { Runtime } from '../../runtime.ts';
import { endHolds, unpaid } from './end-store.ts';

/** `isPlaced`: the gate is known to have written the row. `also` stands behind the release in the same transaction. */
export type UnpaidJob = { jobId: JobId; mark: EndMark; isPlaced: boolean; also?: D1PreparedStatement[] };

/** Call it only when no further POST can follow. Returns once D1 or KV has the word, or when time is out; never throws. */
export async function closeUnpaid(
  deps: Runtime,
  time: SubmitTime,
  { jobId, mark, isPlaced, also }: UnpaidJob,
): Promise<void> {
  const inBooks = async () => {
    const released = await releaseRefused(deps, jobId, also);
    if (!released && !isPlaced) {
      // A batch of the gate that was given up may still be applied, and then nobody but the mark knows of it.
      throw new Error('the row is not there yet');
    }
  };
  try {
    await keepWord(deps, time, { jobId, inBooks, inKv: () => writeEndMark(deps, jobId, mark) });
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
  deps.after(keepTelling(time, KV_PAUSE_MS, () => writeEndMark(deps, jobId, { end: 'unsent', reason })));
}

export async function releaseRefused(
  deps: Runtime,
  jobId: JobId,
  also: D1PreparedStatement[] = [],
): Promise<boolean> {
  const ends = [unpaid({ jobId, from: UNANSWERED_STATES, state: 'refused' })];
  return (await endHolds(deps.db, { ends, atMs: deps.clock.now() }, { before: [], behind: also })).has(jobId);
}
