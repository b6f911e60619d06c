// Records a fact about a job that must not be forgotten: D1 has it, or KV keeps it until D1 can be written again.

import { reasonOf } from '../../lib/log.ts';
import type { JobId } from '../../lib/ids.ts';
import { withTimeLimit } from '../../lib/time-limit.ts';
import type { Runtime } from '../../runtime.ts';
import { callStore, D1_PAUSE_MS, KV_PAUSE_MS, retryStore, type SubmitTime } from './submit-time.ts';

/** Both writes are repeated until they succeed, so each must be idempotent. */
type Writes<T> = { jobId: JobId; inD1: () => Promise<T>; inKv: () => Promise<void> };

/** `isInKv`: KV has the fact or may have it, so that its key takes no other write for a second. */
type Recorded<T> = { store: 'D1'; value: T; isInKv: boolean } | { store: 'KV' };

/** D1 alone has this long to answer; most writes take a few milliseconds. */
const PROMPT_MS = 500;

/**
 * Returns once either store has the fact, and throws when neither has taken it in time. KV is written only if D1 failed
 * or is slow. D1 is tried again after that, within the submit's time.
 */
export async function recordInEither<T>(
  deps: Runtime,
  time: SubmitTime,
  { jobId, inD1, inKv }: Writes<T>,
): Promise<Recorded<T>> {
  const first = callStore(time, inD1);
  const tries = [first];
  const writing = retryStore(time, D1_PAUSE_MS, () => tries.pop() ?? inD1());
  deps.after(
    writing.catch((error: unknown) => deps.log.warn('books_untold', { job: jobId, reason: reasonOf(error) })),
  );
  try {
    return { store: 'D1', value: await withTimeLimit(time.clock, PROMPT_MS, first), isInKv: false };
  } catch {
    let isInD1 = false;
    const late = writing.then((value) => {
      isInD1 = true;
      return { store: 'D1' as const, value, isInKv: true };
    });
    const kept = retryStore(time, KV_PAUSE_MS, async () => (isInD1 ? undefined : inKv()));
    deps.after(Promise.allSettled([kept]));
    return Promise.any([late, kept.then(() => ({ store: 'KV' as const }))]);
  }
}
