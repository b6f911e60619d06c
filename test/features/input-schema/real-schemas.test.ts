// By the published schemas of real models, which are no part of this project: they are read from ../shared/schemas,
// and where that folder is absent this file is not collected (vitest.config.ts). dialect.test.ts does the same with
// schemas of the project's own.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { compileJudge } from '../../../src/features/input-schema/judge.ts';
import { checkByGeneratedInputs } from '../../support/generated-inputs.ts';
import { checkByLibrary } from '../../support/library.ts';

test('there are schemas, and each of them can judge', ({ expect }) => {
  expect(env.REAL_SCHEMAS.length).toBeGreaterThan(50);
  const verdicts = env.REAL_SCHEMAS.map(({ model_id, input_schema }) => {
    const compiled = compileJudge(input_schema);
    return [model_id, compiled.ok ? 'can judge' : compiled.reason];
  });
  expect(verdicts).toEqual(env.REAL_SCHEMAS.map(({ model_id }) => [model_id, 'can judge']));
});

test.for(env.REAL_SCHEMAS)(
  '$model_id takes valid inputs and refuses each single mutation of them where it is wrong',
  ({ input_schema }, { expect }) => {
    expect(checkByGeneratedInputs(input_schema, 20)).toBeGreaterThan(20);
  },
);

test.for(env.REAL_SCHEMAS)(
  'the verdicts by $model_id are those of another validator',
  ({ input_schema }, { expect }) => {
    const { yes, no } = checkByLibrary(input_schema, 20);
    expect(yes).toBeGreaterThan(20);
    expect(no).toBeGreaterThan(20);
  },
);
