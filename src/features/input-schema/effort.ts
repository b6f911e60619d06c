// How much work the validator may do for one schema or one input: a count of steps instead of a clock, so that the
// same input is always judged the same way. Both are run in one go, so one count is enough.

const MAX_STEPS = 1_000_000;
/** Characters that regular expressions may look at, in the worst case. Some 20 ms. */
const MAX_PATTERN_STEPS = 2 ** 24;

let stepsLeft = 0;
let patternStepsLeft = 0;

/**
 * What `run` returns, or undefined when it took too many steps or died: of a text or list that is too much for the
 * engine's own stack, or of a schema that is beyond the library. Whoever asks then refuses.
 */
export function bounded<T>(run: () => T): T | undefined {
  stepsLeft = MAX_STEPS;
  patternStepsLeft = MAX_PATTERN_STEPS;
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** Throws when there are no steps left. */
export function spend(steps: number): void {
  stepsLeft -= steps;
  if (stepsLeft < 0) {
    throw new RangeError('too many steps');
  }
}

/** Whether a regular expression may take that many steps; if so they are gone. */
export function spendOnPattern(steps: number): boolean {
  const isAffordable = steps <= patternStepsLeft;
  patternStepsLeft -= isAffordable ? steps : 0;
  return isAffordable;
}
