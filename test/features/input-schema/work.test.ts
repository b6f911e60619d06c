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
  'as many names as a body may have': 'schema',
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

const list = <T>(count: number, of: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => of(at));
const members = (count: number) => Object.fromEntries(list(count, (at): [string, number] => [`m${at}`, 1]));
const ones = (count: number) => list(count, () => 1);
const times = (count: number, schema: object) => ({ allOf: list(count, () => schema) });
const dependent = (count: number) => Object.fromEntries(list(count, (at) => [`n${at}`, ['x']]));
const patterns = (count: number) => Object.fromEntries(list(count, (at) => [`^y${at}`, {}]));

type Work = [
  what: string,
  schema: (count: number) => object,
  value: (count: number) => unknown,
  /** How many of it are judged, and how many are too much. */
  judged: number,
  tooMuch: number,
];

/** One thing each that takes steps, and nothing else that would take them all. */
const WORK: Work[] = [
  ['checks', () => times(10, { items: { type: 'number' } }), ones, 38_000, 42_000],
  ['members that are listed', () => times(2, { additionalProperties: true }), members, 45_000, 55_000],
  ['members that are counted', () => times(2, { minProperties: 1 }), members, 80_000, 90_000],
  ['names', () => times(2, { propertyNames: true }), members, 45_000, 55_000],
  [
    'names that are required',
    () => ({ items: times(30, { required: Object.keys(members(10)) }) }),
    (count) => list(count, () => members(10)),
    1_300,
    1_500,
  ],
  [
    'names that others depend on',
    () => ({ items: times(30, { dependentRequired: dependent(10) }) }),
    (count) => list(count, () => ({})),
    1_300,
    1_500,
  ],
  ['patterns of names', () => ({ patternProperties: patterns(20) }), members, 19_000, 21_000],
  [
    'items that are looked for',
    () => times(10, { contains: true, maxContains: 99_000 }),
    ones,
    45_000,
    55_000,
  ],
  ['items that are left over', () => times(4, { unevaluatedItems: true }), ones, 60_000, 65_000],
  [
    'members that several forms evaluate',
    () => ({ anyOf: list(3, () => ({ additionalProperties: true })), unevaluatedProperties: true }),
    members,
    24_000,
    28_000,
  ],
  [
    'forms that are not meant',
    () => ({ items: { anyOf: list(5, (at) => ({ const: 5 - at })) } }),
    ones,
    16_000,
    20_000,
  ],
  [
    'items that are unique',
    () => times(2, { uniqueItems: true }),
    (count) => list(count, (at) => at),
    80_000,
    90_000,
  ],
  [
    'objects that are unique',
    () => ({ uniqueItems: true }),
    (count) => list(count, (at) => ({ at })),
    9_000,
    10_500,
  ],
  [
    'objects that are compared',
    () => ({ items: { enum: [{ a: 1 }] } }),
    (count) => list(count, () => ({ a: 1 })),
    9_000,
    10_500,
  ],
  [
    'characters that are compared',
    () => ({ enum: [['a']] }),
    (count) => ['x'.repeat(count)],
    15_000_000,
    17_000_000,
  ],
  [
    'characters that are counted',
    () => times(100, { maxLength: 100_000 }),
    (count) => '🎬'.repeat(count),
    70_000,
    90_000,
  ],
  ['items that may be anything', () => times(20, { items: true }), ones, 90_000, 110_000],
  [
    'forms that take nothing',
    () => ({ items: { not: { anyOf: list(50, () => false) } } }),
    ones,
    4_000,
    6_000,
  ],
  [
    'forms of which none may take it',
    () => ({ items: { not: { oneOf: list(50, () => false) } } }),
    ones,
    4_000,
    6_000,
  ],
  ['decimals', () => ({ items: { multipleOf: 0.01 } }), (count) => list(count, () => 0.07), 20_000, 30_000],
  [
    'decimals of hundreds of digits',
    () => ({ items: { multipleOf: 5e-324 } }),
    (count) => list(count, () => 1e300),
    2_000,
    3_000,
  ],
];

const isTooMuch = (schema: object, value: unknown) => {
  const compiled = compileJudge({ type: 'object', properties: { x: schema } });
  return compiled.ok
    ? compiled.judge.check({ x: value }).some(({ rule }) => rule === 'schema')
    : compiled.reason;
};

test.for(WORK)('%s take steps', ([, schema, value, judged, tooMuch], { expect }) => {
  expect(isTooMuch(schema(judged), value(judged))).toBe(false);
  expect(isTooMuch(schema(tooMuch), value(tooMuch))).toBe(true);
});

const places = (count: number) => ({
  type: 'object',
  properties: Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, { title: 'x' }])),
});

const classes = (count: number) => ({
  type: 'object',
  properties: { a: { pattern: `^${String.raw`[^\p{L}\P{Nd}]`.repeat(count / 2)}$` } },
});

test('a schema has 20 classes of Unicode at most: each takes the engine a millisecond and more to compile', ({
  expect,
}) => {
  expect(compileJudge(classes(20)).ok).toBe(true);
  expect(compileJudge(classes(22))).toEqual({
    ok: false,
    reason: expect.stringContaining('more than 20 classes'),
  });
});

test('a schema has 2,000 places at most, and 256 KiB', ({ expect }) => {
  expect(compileJudge(places(1_900)).ok).toBe(true);
  expect(compileJudge(places(2_100))).toEqual({ ok: false, reason: 'it has more than 2000 places' });
  const long = { type: 'object', properties: { a: { const: 'x'.repeat(256 * 1024) } } };
  expect(compileJudge(long)).toEqual({ ok: false, reason: expect.stringContaining('more than 262144') });
});

test('a type that is named many times is looked at once', ({ expect }) => {
  const types = list(20_000, (at) => (at % 2 === 0 ? 'float' : 'number'));
  const compiled = compileJudge({ type: 'object', properties: { a: { type: [...types, 'string'] } } });
  expect(compiled.ok && compiled.judge.check({ a: true })).toMatchObject([{ allowed: ['number', 'string'] }]);
});
