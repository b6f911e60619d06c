// What a judge may take for one input is counted in steps before the work is done: the same input gets the same verdict on
// every machine. Each of these took seconds of CPU when the work was done first, or not counted at all.

import { test } from 'vitest';
import { HOSTILE_INPUTS } from '../../../bench/hostile-inputs.ts';
import { compileJudge } from '../../../src/features/input-schema/judge.ts';

/** The rule that the first error breaks; `schema`: too much to be judged; null: accepted. */
const VERDICTS: Record<string, string | null> = {
  'counted quantifiers in each other': null,
  'a quadratic pattern': 'pattern',
  'a pattern without an anchor': null,
  'a pattern on each of many texts': 'pattern',
  'many patterns for many names': 'schema',
  'an enum of objects': 'enum',
  'an enum of 5,000 texts': 'enum',
  'a const that is an object': 'schema',
  'an enum of objects at each level': 'schema',
  'multipleOf with decimals': 'multipleOf',
  'multipleOf of extremes': 'schema',
  'unique items': null,
  'unique objects': 'schema',
  'unique items at each level': 'schema',
  'lengths of one long text': 'schema',
  'many required names': 'required',
  'names that others depend on': null,
  'many forms for many items': 'anyOf',
  'many forms at once': 'oneOf',
  'plain items': null,
  'wrong items': 'type',
  'items that are lists': null,
  contains: 'schema',
  'unevaluated members': 'unevaluatedProperties',
  'unevaluated items': null,
  'many members, all wrong': 'type',
  'errors under many names': 'type',
  'names with slashes': 'type',
  'property names': 'propertyNames',
  'as many names as a body may have': null,
  'sizes of one object': 'schema',
  'members at each level': 'schema',
  'items at each level': 'schema',
  'members that forms evaluate': 'schema',
  'items that are evaluated one by one': 'schema',
  'forms in forms': 'schema',
  'conditions in conditions': 'schema',
  'schemas that depend on each name': 'schema',
  'objects with many inputs each': null,
  'long texts among objects': 'schema',
  'objects that are names of forms': 'oneOf',
};

test('each verdict has an input', ({ expect }) => {
  expect(HOSTILE_INPUTS.map(({ name }) => name)).toEqual(Object.keys(VERDICTS));
});

test.for(HOSTILE_INPUTS)('$name', ({ name, schema, input }, { expect }) => {
  const compiled = compileJudge(schema);
  const [first] = compiled.ok ? compiled.judge.check(input) : [];
  expect(first?.rule ?? null).toBe(VERDICTS[name]);
});

const places = (count: number) => ({
  type: 'object',
  properties: Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, { title: 'x' }])),
});

test('a schema has 2,000 places at most, and 256 KiB', ({ expect }) => {
  expect(compileJudge(places(1_900)).ok).toBe(true);
  expect(compileJudge(places(2_100))).toEqual({ ok: false, reason: 'it has more than 2000 places' });
  const long = { type: 'object', properties: { a: { const: 'x'.repeat(256 * 1024) } } };
  expect(compileJudge(long)).toEqual({ ok: false, reason: expect.stringContaining('more than 262144') });
});
