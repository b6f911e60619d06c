// How much work may be done for one schema or one input: a count of steps instead of a clock, so that the same input
// is always judged the same way.

/** A step is 0.1 µs: some 50 ms, for reading the body takes its time too. */
const MAX_STEPS = 500_000;
/** Steps that regular expressions may take, in the worst case: a character that is looked at. Some 20 ms. */
const MAX_PATTERN_STEPS = 17_000_000;

export type Effort = {
  /**
   * Returns what `run` returns, or undefined when it took too many steps or died: of a text or list that is too much
   * for the engine's own stack, or of a schema that is beyond the library. The caller then refuses. Each call has all
   * steps anew.
   */
  bounded: <T>(run: () => T) => T | undefined;
  /** Throws when there are no steps left. Spend before you work. */
  spend: (steps: number) => void;
  /** Takes that many steps for a regular expression; false, and takes none, when there are not enough left. */
  spendOnPattern: (steps: number) => boolean;
};

/** `most`: as many steps as may be taken, where that is not the usual number. */
export function createEffort(most = MAX_STEPS): Effort {
  let stepsLeft = 0;
  let patternStepsLeft = 0;
  return {
    bounded(run) {
      stepsLeft = most;
      patternStepsLeft = MAX_PATTERN_STEPS;
      try {
        return run();
      } catch {
        return undefined;
      }
    },
    spend(steps) {
      stepsLeft -= steps;
      if (stepsLeft < 0) {
        throw new RangeError('too many steps');
      }
    },
    spendOnPattern(steps) {
      const isAffordable = steps <= patternStepsLeft;
      patternStepsLeft -= isAffordable ? steps : 0;
      return isAffordable;
    },
  };
}
