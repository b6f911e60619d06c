// Lets the calls of one holder run one after another, so that the reports of one customer do not fill D1's queue, in which
// the submits of all others wait too. A call may wait for a promise that another call resolves: Workers continue it in the
// context of the call that waits (compatibility flag handle_cross_request_promise_resolution).

import type { Clock } from './clock.ts';
import { withTimeLimit } from './time-limit.ts';

/** A call waits no longer: the platform may have cancelled the one before it, which then never ends its turn. */
const LONGEST_WAIT_MS = 2_000;
/** A timer lets the event loop serve the sockets of other calls first. It matters where D1 runs in the same process. */
const PAUSE_MS = 1;

/** One call's place in the row. `end` lets the next call begin; a second call has no effect. */
type Turn = { begun: Promise<void>; end: () => void };

export type Turns = { queue: (holder: string) => Turn };

export function turns(clock: Clock): Turns {
  /** By holder: the end of the newest turn. */
  const ends = new Map<string, Promise<void>>();

  async function begin(before: Promise<void>): Promise<void> {
    await withTimeLimit(clock, LONGEST_WAIT_MS, before).catch(() => {});
    await clock.sleep(PAUSE_MS);
  }

  return {
    queue(holder) {
      const before = ends.get(holder);
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      ends.set(holder, ended);
      return {
        begun: before === undefined ? Promise.resolve() : begin(before),
        end() {
          resolve();
          if (ends.get(holder) === ended) {
            ends.delete(holder);
          }
        },
      };
    },
  };
}
