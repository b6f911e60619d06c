// The figures of the overview, as rules.

import { test } from 'vitest';
import {
  daysOf,
  NOTHING,
  percentile,
  sharesOf,
  totalOf,
  type DaySums,
} from '../../../src/features/overview/overview.ts';

const row = (fields: Partial<DaySums>): DaySums => ({
  ...NOTHING,
  day: 1,
  kind: 'all',
  subject: '',
  ...fields,
});

test.for([
  { jobs: [], share: 0.5, is: null },
  { jobs: [[3000, 1]], share: 0.5, is: 3000 },
  {
    jobs: [
      [9000, 1],
      [1000, 1],
    ],
    share: 0.5,
    is: 1000,
  },
  {
    jobs: [
      [1000, 94],
      [2000, 1],
      [60_000, 5],
    ],
    share: 0.95,
    is: 2000,
  },
  {
    jobs: [
      [1000, 94],
      [60_000, 6],
    ],
    share: 0.95,
    is: 60_000,
  },
])('the share $share of $jobs is over at $is', ({ jobs, share, is }, { expect }) => {
  const took = jobs.map(([atLeastMs = 0, count = 0]) => ({ atLeastMs, jobs: count }));
  expect(percentile(took, share)).toBe(is);
});

test('a day without jobs is included', ({ expect }) => {
  const days = daysOf({ sums: [row({ day: 2, jobs: 3 })], durations: [] }, { first: 1, last: 3 });
  expect(days.map(({ day, jobs, p50Ms }) => [day, jobs, p50Ms])).toEqual([
    [1, 0, null],
    [2, 3, null],
    [3, 0, null],
  ]);
});

test('five are named and the rest is one, so that all together are the total', ({ expect }) => {
  const customers = Array.from({ length: 8 }, (_, index) =>
    row({ kind: 'customer', subject: `cus_${index}`, jobs: 1, charged: 10 * index }),
  );
  // Somebody who was among the largest of no day.
  const total = totalOf([...customers, row({ jobs: 1, charged: 1 })]);
  const shares = sharesOf(customers, 'customer', total);
  expect(shares.map(({ subject, charged }) => [subject, charged])).toEqual([
    ['cus_7', 70],
    ['cus_6', 60],
    ['cus_5', 50],
    ['cus_4', 40],
    ['cus_3', 30],
    [null, 31],
  ]);
  expect(totalOf(shares)).toEqual(total);
  expect(sharesOf([], 'model', NOTHING)).toEqual([]);
});
