// Moves a job that one upstream account has refused to the next one, by the rules of the gate.

import type { Runtime } from '../../runtime.ts';
import { reasonOf } from '../../lib/log.ts';
import { Problem } from '../../lib/problem.ts';
import type { SealedAccount } from '../accounts/open.ts';
import { beforePost, type SubmitTime } from '../jobs/submit-time.ts';
import { moveHold, readChosen, type Move } from './move-store.ts';
import { stopped } from './refusal.ts';

export type Moved =
  | { kind: 'moved'; account: SealedAccount }
  /** No other account takes it. */
  | { kind: 'stays' }
  /** Nothing may be sent any more: key, customer or gateway was stopped, or D1 has not confirmed the move. */
  | { kind: 'stopped'; problem: Problem };

/**
 * Moves the job, so that it may be sent once more. A batch without an answer may have been applied, may never be, and may
 * yet be: only the row can confirm it. Where it does not, the job has to be ended; a batch that is applied after that
 * finds it ended. `onMarked` gets the results of the marks.
 */
export async function moveJob(
  deps: Runtime,
  time: SubmitTime,
  { onMarked, ...move }: Move & { onMarked: (marks: D1Result<Record<string, unknown>>[]) => void },
): Promise<Moved> {
  const { job, from } = move;
  try {
    const { account, standing, marks } = await beforePost(time, () => moveHold(deps.db, move));
    onMarked(marks);
    if (account !== null && account.id !== from) {
      return { kind: 'moved', account };
    }
    const problem = account === null ? unconfirmed() : stopped(standing, job);
    return problem === null ? { kind: 'stays' } : { kind: 'stopped', problem };
  } catch (error) {
    deps.log.warn('move_unanswered', { job: job.jobId, account: from, reason: reasonOf(error) });
    const account = await beforePost(time, () => readChosen(deps.db, job.jobId)).catch(() => null);
    return account !== null && account.id !== from
      ? { kind: 'moved', account }
      : { kind: 'stopped', problem: unconfirmed(error) };
  }
}

function unconfirmed(cause?: unknown): Problem {
  return new Problem(
    'storage_unavailable',
    'The storage did not answer, so nothing runs and nothing was spent. Try again.',
    { retryAfterSeconds: 5, cause },
  );
}
