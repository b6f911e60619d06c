// Limits how long a caller waits. The work itself continues: a write that timed out may have happened, or may still
// happen.

import type { Clock } from './clock.ts';

/** The limit for D1 and KV while a customer waits. They take milliseconds; D1 itself times out after 30 s. */
export const STORE_LIMIT_MS = 4_000;

/** No response in time: the effect of the call is unknown. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** The result of `work`. Throws `TimedOut` after `limitMs`. */
export function withTimeLimit<T>(clock: Clock, limitMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.alarm(limitMs, () => reject(new TimedOut(`no answer within ${limitMs} ms`)));
    work.finally(cancel).then(resolve, reject);
  });
}
