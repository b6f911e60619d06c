// Lets the calls of one holder run one after another, so that the reports of one customer do not fill D1's queue, in which
// the submits of all others wait too.

import type { Clock } from './clock.ts';
import { withTimeLimit } from './time-limit.ts';

/** A call waits no longer: the platform may have cancelled the one before it, which then never ends its turn. */
const LONGEST_WAIT_MS = 2_000;
/** A timer lets the event loop serve the sockets of other calls first. It matters where D1 runs in the same process. */
const PAUSE_MS = 1;

export type Turns = {
  /** Waits for the holder's turn. Call the returned function when the work is over. */
  take: (holder: string) => Promise<() => void>;
};

export function turns(clock: Clock): Turns {
  /** By holder: the end of the newest turn. */
  const newest = new Map<string, Promise<void>>();

  return {
    async take(holder) {
      const before = newest.get(holder);
      const { promise: end, resolve } = Promise.withResolvers<void>();
      newest.set(holder, end);
      if (before !== undefined) {
        await withTimeLimit(clock, LONGEST_WAIT_MS, before).catch(() => {});
        await clock.sleep(PAUSE_MS);
      }
      return () => {
        resolve();
        if (newest.get(holder) === end) {
          newest.delete(holder);
        }
      };
    },
  };
}
