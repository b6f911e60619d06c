// Calls that leave isolates wait here and are let through one at a time, in an order and with cuts that a test
// chooses. Between two of them everything inside the isolates has come to rest, so a seed plays the same again.

import type { Cut } from './fragile.ts';
import type { OutsideCall } from './stores.ts';

type Waiting = { call: OutsideCall; go: (cut: Cut) => void; over: Promise<void> };

export type Turnstile = {
  /** For an isolate; `seen` hears of each call as it arrives. */
  keeper: (seen: (call: OutsideCall) => void) => {
    ask: (call: OutsideCall) => Promise<Cut>;
    done: (call: OutsideCall) => void;
  };
  waiting: () => number;
  /** Those that wait, in the order in which they came. */
  calls: () => OutsideCall[];
  /** Lets one of those that wait through and waits until all is at rest again. */
  release: (index: number, cut: Cut) => Promise<void>;
  /** Waits until nothing moves any more except by a call that waits here. */
  rest: () => Promise<void>;
};

/** Reading a body takes up to three turns of the event loop; nothing else between two calls takes any. */
const TURNS = 5;

/** Waits until nothing moves any more except by a call that waits somewhere. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    // A body read is a turn of the event loop without the millisecond that a timer takes.
    await new Response('-').text();
  }
}

export function turnstile(): Turnstile {
  const queue: Waiting[] = [];
  return {
    keeper(seen) {
      const ends = new Map<OutsideCall, () => void>();
      return {
        ask(call) {
          seen(call);
          const over = new Promise<void>((resolve) => ends.set(call, resolve));
          return new Promise<Cut>((go) => queue.push({ call, go, over }));
        },
        done(call) {
          ends.get(call)?.();
          ends.delete(call);
        },
      };
    },
    waiting: () => queue.length,
    calls: () => queue.map(({ call }) => call),
    async release(index, cut) {
      const [one] = queue.splice(index, 1);
      one?.go(cut);
      await one?.over;
      await rest();
    },
    rest,
  };
}
