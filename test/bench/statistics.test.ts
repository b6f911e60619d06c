// Intervals of the benchmark's medians: ranks as tables of the sign test have them.

import { test } from 'vitest';
import { medianInterval } from '../../bench/statistics.ts';

test.for([
  { count: 6, low: 1, high: 6 },
  { count: 10, low: 2, high: 9 },
  { count: 20, low: 6, high: 15 },
  { count: 40, low: 14, high: 27 },
])(
  'of $count values the interval reaches from the $low. to the $high.',
  ({ count, low, high }, { expect }) => {
    const backwards = Array.from({ length: count }, (_, at) => count - at);
    expect(medianInterval(backwards)).toEqual({ low, high });
  },
);

test('fewer than six values have no interval of 95 %', ({ expect }) => {
  expect(medianInterval([1, 2, 3, 4, 5])).toEqual({ low: Number.NaN, high: Number.NaN });
});
