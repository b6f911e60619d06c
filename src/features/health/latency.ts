// How long submits take, in steps, so that a day is some sixty rows however many submits it has. Pure.

/** Steps of 10 ms up to 100 ms, of 50 up to a second, of 500 up to ten seconds, of 2 seconds beyond. */
const STEPS = [
  { belowMs: 100, stepMs: 10 },
  { belowMs: 1_000, stepMs: 50 },
  { belowMs: 10_000, stepMs: 500 },
  { belowMs: Infinity, stepMs: 2_000 },
];

/** The start of the step of a duration; a clock that was set back gives 0. */
export function latencyStep(ms: number): number {
  const { stepMs } = STEPS.find(({ belowMs }) => ms < belowMs) ?? { stepMs: 1 };
  return Math.max(0, ms - (ms % stepMs));
}
