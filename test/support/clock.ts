// The clock that tests hold: it moves when told, sleeping costs nothing, and time-outs fire when asked to.

import type { Clock } from '../../src/lib/clock.ts';

export type TestClock = Clock & {
  advance: (ms: number) => void;
  /** From now on every time-out has run out already. */
  timeOutAtOnce: (on: boolean) => void;
};

const START = Date.parse('2026-03-05T12:00:00.000Z');

export function testClock(startMs = START): TestClock {
  let nowMs = startMs;
  let isImpatient = false;
  return {
    now: () => nowMs,
    sleep: async () => {},
    timeout: () => (isImpatient ? AbortSignal.abort() : new AbortController().signal),
    advance(ms) {
      nowMs += ms;
    },
    timeOutAtOnce(on) {
      isImpatient = on;
    },
  };
}
