// The steps of the latency histogram: a day is some sixty rows, however many submits it has. Pure.

/** 10 ms up to 100 ms, 50 ms up to a second, 500 ms up to ten seconds, 2 seconds beyond. */
const STEPS = [
  { belowMs: 100, stepMs: 10 },
  { belowMs: 1_000, stepMs: 50 },
  { belowMs: 10_000, stepMs: 500 },
  { belowMs: Infinity, stepMs: 2_000 },
];

/** The start of a duration's step; 0 if the clock was set back. */
export function latencyStep(ms: number): number {
  const { stepMs } = STEPS.find(({ belowMs }) => ms < belowMs) ?? { stepMs: 1 };
  return Math.max(0, ms - (ms % stepMs));
}
