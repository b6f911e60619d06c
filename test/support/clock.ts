// A clock under the control of tests: it moves only on request, sleeping costs nothing, and time-outs fire on request.

import type { Clock } from '../../src/lib/clock.ts';

export type TestClock = Clock & {
  /** Alarms do not go off. */
  advance: (ms: number) => void;
  /** The same, and the alarms that are due go off: whatever waits for a store has waited for so long. */
  pass: (ms: number) => void;
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
  const alarms = new Set<{ atMs: number; run: () => void }>();
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
    alarm(ms, run) {
      const alarm = { atMs: nowMs + ms, run };
      alarms.add(alarm);
      return () => alarms.delete(alarm);
    },
    advance(ms) {
      nowMs += ms;
    },
    pass(ms) {
      nowMs += ms;
      const due = [...alarms].filter(({ atMs }) => atMs <= nowMs);
      for (const alarm of due.toSorted((one, other) => one.atMs - other.atMs)) {
        alarms.delete(alarm);
        alarm.run();
      }
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
