// Limits the work for one schema or one input. Counts steps instead of time, so that the same input always gets the same
// verdict.

/** A step takes 0.1 µs, so this is about 50 ms; reading the body takes time too. */
const MAX_STEPS = 500_000;
/** Steps of regular expressions in the worst case, one for each character that is examined. About 20 ms. */
const MAX_PATTERN_STEPS = 17_000_000;

export type Effort = {
  /**
   * Returns the result of `run`, or undefined if it took too many steps or threw: because a text or list exceeds the stack of
   * the engine, or the library cannot handle the schema. The caller then refuses. Each call starts with all steps.
   */
  bounded: <T>(run: () => T) => T | undefined;
  /** Throws if not enough steps are left. Call it before the work. */
  spend: (steps: number) => void;
  /** Takes that many steps for a regular expression. Returns false and takes none if too few are left. */
  spendOnPattern: (steps: number) => boolean;
};

/** `most` replaces the usual number of steps. */
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
