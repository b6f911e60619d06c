import { test } from 'vitest';
import { latencyStep } from '../../../src/features/health/latency.ts';

test.for([
  [-5, 0],
  [0, 0],
  [9, 0],
  [10, 10],
  [99, 90],
  [100, 100],
  [149, 100],
  [999, 950],
  [1_499, 1_000],
  [9_999, 9_500],
  [10_000, 10_000],
  [26_999, 26_000],
])('%i ms belongs to the bucket of %i ms', ([ms, step], { expect }) => {
  expect(latencyStep(ms!)).toBe(step);
});
