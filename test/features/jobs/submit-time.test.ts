// How long a submit waits for a store, and how often it tries again.

import { test } from 'vitest';
import { retryStore, submitTime, callStore } from '../../../src/features/jobs/submit-time.ts';
import { testClock } from '../../support/clock.ts';

test.for([
  { at: 0, limit: 4_000 },
  { at: 25_000, limit: 2_000 },
  { at: 26_500, limit: 1_000 },
  { at: 300_000, limit: 1_000 },
])('$at ms after its arrival a submit gives a store $limit ms', async ({ at, limit }, { expect }) => {
  const limits: number[] = [];
  const clock = testClock(0);
  const time = submitTime(
    {
      ...clock,
      alarm(ms, run) {
        limits.push(ms);
        return clock.alarm(ms, run);
      },
    },
    0,
  );
  clock.advance(at);
  await callStore(time, async () => null);
  expect(limits).toEqual([limit]);
});

test.for([
  { at: 0, firstPauseMs: 250, pauses: [250, 500, 1_000, 2_000, 4_000, 8_000] },
  { at: 0, firstPauseMs: 1_100, pauses: [1_100, 2_200, 4_400, 8_800] },
  { at: 20_000, firstPauseMs: 250, pauses: [250, 500, 1_000, 2_000] },
  { at: 27_000, firstPauseMs: 250, pauses: [] },
])('a store that fails from $at ms on is tried again after $pauses ms', async (each, { expect }) => {
  const slept: number[] = [];
  const clock = testClock(0);
  const time = submitTime(
    {
      ...clock,
      async sleep(ms) {
        slept.push(ms);
      },
    },
    0,
  );
  clock.advance(each.at);
  const trying = retryStore(time, each.firstPauseMs, () => Promise.reject(new Error('away')));
  await expect(trying).rejects.toThrow('away');
  expect(slept).toEqual(each.pauses);
});
