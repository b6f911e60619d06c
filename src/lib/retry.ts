// Repeats an operation that is safe to repeat. Never used for a submit: RunComfy has no idempotency.

import type { Clock } from './clock.ts';

const FIRST_PAUSE_MS = 100;

/** Up to `tries` attempts, the pause doubling from 100 ms; the last failure is thrown. */
export async function withBackoff<T>(clock: Clock, tries: number, attempt: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tried >= tries) {
        throw error;
      }
      await clock.sleep(FIRST_PAUSE_MS * 2 ** (tried - 1));
    }
  }
}
