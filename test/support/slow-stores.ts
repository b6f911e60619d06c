// An isolate some of whose calls get no answer. Time passes only while nothing else moves, so that each of its time-outs
// runs out in its turn and none by chance.

import { fragileIsolate, type Cut, type Fragile } from './fragile.ts';
import type { OutsideCall } from './stores.ts';
import { turnstile } from './turnstile.ts';
import type { World } from './world.ts';

/** `hang`: the call waits until `applyLate`. */
export type Fate = Cut | 'hang';

export type Slow = Fragile & {
  calls: OutsideCall[];
  /** Lets calls leave until none is left but what hangs. */
  settle: () => Promise<void>;
  /** The same, and lets time pass until `work` is over. */
  wait: <T>(work: Promise<T>) => Promise<T>;
  /** Now the stores carry out what hung. */
  applyLate: () => Promise<void>;
};

const STEP_MS = 500;
const LONGEST_MS = 60_000;

/** `fateOf` is asked once for each call, in the order in which they want to leave; `at` counts them. */
export function slowIsolate(world: World, fateOf: (call: OutsideCall, at: number) => Fate): Slow {
  const gate = turnstile();
  const calls: OutsideCall[] = [];
  const fates = new Map<OutsideCall, Fate>();
  const isolate = fragileIsolate(
    world,
    gate.keeper((call) => fates.set(call, fateOf(call, calls.push(call) - 1))),
  );
  const next = () => gate.calls().findIndex((call) => fates.get(call) !== 'hang');
  const settle = async () => {
    await gate.rest();
    for (let index = next(); index >= 0; index = next()) {
      const fate = fates.get(gate.calls()[index]!)!;
      await gate.release(index, fate === 'hang' ? 'none' : fate);
    }
  };
  return {
    ...isolate,
    calls,
    settle,
    async wait(work) {
      const at = { isOver: false };
      const over = () => {
        at.isOver = true;
      };
      work.then(over, over);
      const untilMs = world.clock.now() + LONGEST_MS;
      for (await settle(); !at.isOver; await settle()) {
        if (world.clock.now() >= untilMs) {
          throw new Error('it waited for a minute');
        }
        world.clock.pass(STEP_MS);
      }
      return work;
    },
    async applyLate() {
      while (gate.waiting() > 0) {
        await gate.release(0, 'none');
      }
    },
  };
}
