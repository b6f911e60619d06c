// How much work may be done for one schema or one input: a count of steps instead of a clock, so that the same input
// is always judged the same way.

const MAX_STEPS = 1_000_000;
/** Characters that regular expressions may look at, in the worst case. Some 20 ms. */
const MAX_PATTERN_STEPS = 2 ** 24;

export type Effort = {
  /**
   * Returns what `run` returns, or undefined when it took too many steps or died: of a text or list that is too much
   * for the engine's own stack, or of a schema that is beyond the library. The caller then refuses. Each call has all
   * steps anew.
   */
  bounded: <T>(run: () => T) => T | undefined;
  /** Throws when there are no steps left. */
  spend: (steps: number) => void;
  /** Takes that many steps for a regular expression; false, and takes none, when there are not enough left. */
  spendOnPattern: (steps: number) => boolean;
};

export function createEffort(): Effort {
  let stepsLeft = 0;
  let patternStepsLeft = 0;
  return {
    bounded(run) {
      stepsLeft = MAX_STEPS;
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
