// The failures that the benchmarks of growth and load report.

import { test } from 'vitest';
import { CALLS, type CallName, type Sample } from '../../bench/growth/calls.ts';
import { grown, growthOf, TOLERANCE, type Size } from '../../bench/growth/report.ts';
import { fateOf } from '../../bench/jobs-upstream.ts';
import { growthOf as memoryGrowthOf } from '../../bench/load/memory.ts';
import { memoryOf } from '../../bench/load/watch.ts';

const sample: Sample = { rowsRead: 100, rowsWritten: 20, d1Queries: 2, latenciesMs: [1, 2, 3] };

function round(submit: Partial<Sample>): Record<CallName, Sample> {
  return {
    submit: { ...sample, ...submit },
    'status poll, owner from D1': sample,
    'status poll, owner remembered': sample,
    'status poll that learns the end': sample,
    'a run of the cron, nothing due': sample,
  };
}

const sizes = (larger: Partial<Sample>): Size[] => [
  { past: { jobs: 10, customers: 10 }, rounds: [round({}), round({})] },
  { past: { jobs: 10_000, customers: 10 }, rounds: [round(larger), round(larger)] },
];

test('a call that reads more rows before more jobs has grown, and one that only takes longer has not', ({
  expect,
}) => {
  expect(grown(growthOf(sizes({ latenciesMs: [100] })))).toEqual([]);
  expect(grown(growthOf(sizes({ rowsRead: 100 + TOLERANCE.rowsRead })))).toEqual([]);
  expect(grown(growthOf(sizes({ rowsRead: 1_100 })))).toEqual(['submit reads 100; 1,100 rows: 1,000 apart']);
  expect(grown(growthOf(sizes({ rowsWritten: 21 })))).toEqual(['submit writes 20; 21 rows: 1 apart']);
});

test('each size is compared with the smallest', ({ expect }) => {
  const growth = growthOf(sizes({ rowsRead: 150, latenciesMs: [4] }));
  expect(growth.map(({ call }) => call)).toEqual([...CALLS]);
  expect(growth[0]?.sizes[1]?.ratios).toEqual({ rowsRead: 1.5, rowsWritten: 1, d1Queries: 1, p50Ms: 2 });
});

test('an isolate may keep an owner for each job, and nothing for a poll', ({ expect }) => {
  const kept = [4, 4, 10].map((keptMiB, at) => ({ atSeconds: 10 * at, keptMiB, jobs: 1_024 * at }));
  expect(memoryGrowthOf(kept)).toEqual({ grewMiB: 6, mayMiB: 2 });
});

test('the growth of a process in the second half of its time is reported in MiB', ({ expect }) => {
  const seconds = Array.from({ length: 100 }, (_, at) => ({
    rssMiB: at < 50 ? 100 : 100 + at - 50,
    cores: 1,
  }));
  expect(memoryOf(seconds)).toEqual({ startMiB: 100, middleMiB: 100, endMiB: 147, secondHalfMiB: 50 });
});

test('the upstream draws each fate from its seed: how many fail, and how long jobs live', ({ expect }) => {
  const draw = { seed: 7, meanSeconds: 40, failing: 0.03 };
  expect(fateOf(draw, 5)).toEqual(fateOf(draw, 5));
  expect(fateOf({ ...draw, seed: 8 }, 5)).not.toEqual(fateOf(draw, 5));
  const fates = Array.from({ length: 10_000 }, (_, number) => fateOf(draw, number));
  const failing = fates.filter(({ state }) => state === 'failed').length / fates.length;
  const meanSeconds = fates.reduce((sum, { seconds }) => sum + seconds, 0) / fates.length;
  expect(failing).toBeCloseTo(0.03, 2);
  expect(Math.abs(meanSeconds - 40)).toBeLessThan(2);
});
