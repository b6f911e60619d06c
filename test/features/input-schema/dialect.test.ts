// RunComfy's dialect by the project's own fixtures: written inputs first, then inputs made from the schemas.

import { test } from 'vitest';
import { compileJudge } from '../../../src/features/input-schema/judge.ts';
import { DIALECT_SCHEMAS, ODD_SCHEMAS } from '../../support/dialect-schemas.ts';
import { checkByGeneratedInputs } from '../../support/generated-inputs.ts';
import { checkByLibrary } from '../../support/library.ts';

test.for([...DIALECT_SCHEMAS, ...ODD_SCHEMAS])('$quirk', ({ schema, good, bad, notes = [] }, { expect }) => {
  const compiled = compileJudge(schema);
  expect(compiled).toMatchObject({ ok: true, notes: notes.map((part) => expect.stringContaining(part)) });
  if (compiled.ok) {
    for (const input of good) {
      expect([input, compiled.judge.check(input)]).toEqual([input, []]);
    }
    for (const [input, path, rule] of bad) {
      expect([input, compiled.judge.check(input)[0]]).toMatchObject([input, { path, rule }]);
    }
  }
});

test.for(DIALECT_SCHEMAS)('$quirk: inputs made from the schema', ({ schema }, { expect }) => {
  expect(checkByGeneratedInputs(schema, 100)).toBeGreaterThan(100);
});

test.for(DIALECT_SCHEMAS)('$quirk: the verdicts are those of another validator', ({ schema }, { expect }) => {
  const { yes, no } = checkByLibrary(schema, 100);
  expect(yes).toBeGreaterThan(100);
  expect(no).toBeGreaterThan(100);
});
