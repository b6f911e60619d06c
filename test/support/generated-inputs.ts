// Checks that the judge of a schema agrees with inputs generated from the schema.

import * as fc from 'fast-check';
import { compileJudge } from '../../src/features/input-schema/judge.ts';
import { mutationsOf, valuesOf } from './schema-inputs.ts';

const SEED = 20_261_121;

/**
 * Throws unless each of `runs` valid inputs passes, and each single mutation of it fails: at the mutated path, by the
 * mutated rule, and nowhere else. Answers how many mutations there were.
 */
export function checkByGeneratedInputs(schema: Record<string, unknown>, runs: number): number {
  const compiled = compileJudge(schema);
  if (!compiled.ok) {
    throw new Error(compiled.reason);
  }
  const { check } = compiled.judge;
  let mutations = 0;
  fc.assert(
    fc.property(valuesOf(schema), (input: any) => {
      mustBe(check(input).length === 0, { input, errors: check(input) });
      for (const mutation of mutationsOf(schema, input)) {
        mutations += 1;
        const errors = check(mutation.input);
        const isThere = errors.some(({ path, rule }) => path === mutation.path && rule === mutation.rule);
        mustBe(isThere && errors.every(({ path }) => path === mutation.path), { ...mutation, errors });
      }
    }),
    { seed: SEED, numRuns: runs },
  );
  return mutations;
}

function mustBe(isRight: boolean, facts: object): void {
  if (!isRight) {
    throw new Error(JSON.stringify(facts).slice(0, 2000));
  }
}
