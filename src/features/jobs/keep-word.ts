// A word on a job that must not be forgotten: D1 has it, or KV keeps it until D1 can be told.

import { reasonOf } from '../../lib/log.ts';
import type { JobId } from '../../lib/ids.ts';
import { withTimeLimit } from '../../lib/time-limit.ts';
import type { Runtime } from '../../runtime.ts';
import { D1_PAUSE_MS, keepTelling, KV_PAUSE_MS, tell, type SubmitTime } from './submit-time.ts';

/** Both are made again until they succeed, so each must be idempotent. */
export type Word<T> = { jobId: JobId; inBooks: () => Promise<T>; inKv: () => Promise<void> };

/** `isInKv`: KV has the word or may have it, so that its key takes no other write for a second. */
export type Kept<T> = { store: 'D1'; value: T; isInKv: boolean } | { store: 'KV' };

/** D1 is waited for alone this long; most writes take a few milliseconds. */
const PROMPT_MS = 500;

/**
 * Returns once either store has the word, and throws when neither has taken it in time. KV is asked only if D1 failed
 * or is slow. D1 is told again after that, within the submit's time.
 */
export async function keepWord<T>(deps: Runtime, time: SubmitTime, word: Word<T>): Promise<Kept<T>> {
  const first = tell(time, word.inBooks);
  const tries = [first];
  const inBooks = keepTelling(time, D1_PAUSE_MS, () => tries.pop() ?? word.inBooks());
  deps.after(
    inBooks.catch((error: unknown) =>
      deps.log.warn('books_untold', { job: word.jobId, reason: reasonOf(error) }),
    ),
  );
  try {
    return { store: 'D1', value: await withTimeLimit(time.clock, PROMPT_MS, first), isInKv: false };
  } catch {
    let isTold = false;
    const told = inBooks.then((value) => {
      isTold = true;
      return { store: 'D1' as const, value, isInKv: true };
    });
    const inKv = keepTelling(time, KV_PAUSE_MS, async () => (isTold ? undefined : word.inKv()));
    deps.after(Promise.allSettled([inKv]));
    return Promise.any([told, inKv.then(() => ({ store: 'KV' as const }))]);
  }
}
