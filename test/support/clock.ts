// The clock that tests hold: it moves when told, sleeping costs nothing, and time-outs fire when asked to.

import type { Clock } from '../../src/lib/clock.ts';

export type TestClock = Clock & {
  advance: (ms: number) => void;
  /** From now on every time-out has run out already. */
  timeOutAtOnce: (on: boolean) => void;
  /** Every time-out that is running runs out now. */
  runOutTimeOuts: () => void;
  /** How long each time-out was to last, in the order in which they were set. */
  timeOuts: () => number[];
};

const START = Date.parse('2026-03-05T12:00:00.000Z');

export function testClock(startMs = START): TestClock {
  let nowMs = startMs;
  let isImpatient = false;
  const running: { ms: number; controller: AbortController }[] = [];
  return {
    now: () => nowMs,
    sleep: async () => {},
    timeout(ms) {
      if (isImpatient) {
        return AbortSignal.abort();
      }
      const controller = new AbortController();
      running.push({ ms, controller });
      return controller.signal;
    },
    advance(ms) {
      nowMs += ms;
    },
    timeOutAtOnce(on) {
      isImpatient = on;
    },
    runOutTimeOuts() {
      running.forEach(({ controller }) => controller.abort());
    },
    timeOuts: () => running.map(({ ms }) => ms),
  };
}
