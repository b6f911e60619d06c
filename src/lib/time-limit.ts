// Bounds how long somebody waits. What was called runs on: a write that ran out of time may have been made, and may
// still be.

import type { Clock } from './clock.ts';

/** What D1 or KV gets to answer while a customer waits. They take milliseconds; D1 itself gives up after 30 s. */
export const STORE_LIMIT_MS = 4_000;

/** No answer came in time, so nothing is known of what the call did. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** What `work` comes to, or `TimedOut` if that takes longer than `limitMs`. */
export function withTimeLimit<T>(clock: Clock, limitMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.alarm(limitMs, () => reject(new TimedOut(`no answer within ${limitMs} ms`)));
    work.finally(cancel).then(resolve, reject);
  });
}
