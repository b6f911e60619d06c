// Nothing that RunComfy, an operator or a customer can send makes the judge throw, hang, or answer at length. A hang
// would run into the time-out of the tests; no clock is read.

import { test, type ExpectStatic } from 'vitest';
import { compileJudge } from '../../../src/features/input-schema/judge.ts';
import { hashSchema } from '../../../src/features/input-schema/schema-hash.ts';
import { conditional } from '../../support/conditional.ts';
import { DIALECT_SCHEMAS } from '../../support/dialect-schemas.ts';
import { hostileInput, hostileSchema, nested } from '../../support/hostile.ts';
import { randomOf } from '../../support/random.ts';

type Json = any;

/** Every keyword that is enforced, once. */
const ALL_KEYWORDS = {
  type: 'object',
  required: ['a'],
  properties: {
    a: { type: ['string', 'null'], minLength: 1, maxLength: 9, pattern: '^[a-z]+$', enum: ['a', 'b', null] },
    n: {
      type: 'number',
      minimum: 0,
      maximum: 9,
      exclusiveMinimum: -1,
      exclusiveMaximum: 10,
      multipleOf: 0.5,
    },
    l: {
      type: 'array',
      prefixItems: [{ const: 1 }],
      items: { type: 'integer' },
      contains: { minimum: 2 },
      minContains: 1,
      maxContains: 3,
      minItems: 1,
      maxItems: 4,
      uniqueItems: true,
      unevaluatedItems: false,
    },
    o: { patternProperties: { '^x-': { type: 'string' } }, additionalProperties: false, propertyNames: {} },
    d: { dependentRequired: { a: ['b'] }, dependentSchemas: { b: { minProperties: 1, maxProperties: 3 } } },
    c: { anyOf: [{ type: 'string' }, { oneOf: [{ required: ['x'] }, { not: { required: ['y'] } }] }] },
    i: conditional({ type: 'string' }, { minLength: 1 }, { allOf: [{ type: 'object' }] }),
  },
  unevaluatedProperties: { type: 'boolean' },
};
const INPUT = {
  a: 'a',
  n: 1,
  l: [1, 2, 3],
  o: { 'x-a': 'y' },
  d: { a: 1, b: 2 },
  c: { x: { y: [{ z: 1 }] }, y: 1 },
  i: {},
  more: true,
};

const PAIRS: [schema: Json, input: Json][] = [
  [ALL_KEYWORDS, INPUT],
  ...DIALECT_SCHEMAS.map(({ schema, good }): [Json, Json] => [schema, good[0]]),
];

/**
 * True if the schema can judge. Throws unless every answer has its expected shape and size; where nothing is
 * large, nothing may be too much to be judged.
 */
function judges(schema: Json, inputs: Json[], isLarge = false): boolean {
  const compiled = compileJudge(schema);
  const told = compiled.ok ? compiled.notes : [compiled.reason];
  mustBe(told.length <= 20 && told.every((text) => typeof text === 'string' && text.length < 400), told);
  for (const input of compiled.ok ? inputs : []) {
    const errors = compiled.ok ? compiled.judge.check(input) : [];
    mustBe(errors.length <= 20 && JSON.stringify(errors).length < 100_000, errors);
    mustBe(
      errors.every(({ path, rule, message }) =>
        [path, rule, message].every((text) => typeof text === 'string'),
      ),
      errors,
    );
    mustBe(isLarge || !errors.some(({ rule }) => rule === 'schema'), errors);
    const unknown = compiled.ok ? compiled.judge.unknown(input) : [];
    mustBe(unknown.length <= 20 && unknown.every((path) => path.length <= 80), unknown);
  }
  return compiled.ok;
}

function mustBe(isRight: boolean, value: unknown): void {
  if (!isRight) {
    throw new Error(JSON.stringify(value)?.slice(0, 2000));
  }
}

test('the schemas and inputs that are mutated are good ones', ({ expect }) => {
  for (const [schema, input] of PAIRS) {
    const compiled = compileJudge(schema);
    expect([schema, compiled.ok && compiled.judge.check(input)]).toEqual([schema, []]);
  }
});

test('12,000 broken schemas are refused with a reason, or judge', ({ expect }) => {
  const random = randomOf(4);
  let usable = 0;
  for (let run = 0; run < 12_000; run += 1) {
    const [schema, input] = random.pick(PAIRS);
    usable += judges(hostileSchema(schema, random), [input, hostileInput(input, random)]) ? 1 : 0;
  }
  // Neither kind is rare.
  expect(usable).toBeGreaterThan(3000);
  expect(usable).toBeLessThan(10_000);
});

test('12,000 broken inputs are judged', ({ expect }) => {
  const random = randomOf(5);
  for (const [schema, input] of PAIRS) {
    const inputs = Array.from({ length: 1000 }, () => hostileInput(input, random));
    expect(judges(schema, inputs)).toBe(true);
  }
});

test('the hash of a broken schema is a hash', async ({ expect }) => {
  const random = randomOf(6);
  const deep = nested(20_000, 1, (inner) => ({ default: [inner] }));
  for (const schema of [deep, ...PAIRS.map(([good]) => hostileSchema(good, random))]) {
    expect(await hashSchema(Object(schema))).toMatch(/^[0-9a-f]{64}$/);
  }
});

const members = (count: number, value: unknown = 1, prefix = 'm') =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, value]));
const SLASHES = '/'.repeat(1_000_000);

type Case = [what: string, schema: Json, input: Json, expected: (expect: ExpectStatic, answer: Json) => void];

const isUnevaluated = (expect: ExpectStatic, answer: Json) => {
  expect(answer.errors).toHaveLength(20);
  expect(answer.errors[19]).toMatchObject({ rule: expect.stringMatching(/^unevaluated/) });
};
const isRefused = (expect: ExpectStatic, answer: Json) => expect(answer.errors).not.toEqual([]);
const isUnusable = (expect: ExpectStatic, answer: Json) => expect(answer).toMatchObject({ ok: false });
const isTooMuch = (expect: ExpectStatic, answer: Json) =>
  expect(answer.errors).toMatchObject([
    { path: '', rule: 'schema', message: expect.stringContaining('too complex') },
  ]);
const isAccepted = (expect: ExpectStatic, answer: Json) =>
  expect(answer).toMatchObject({ ok: true, errors: [] });

const inA = (property: Json) => ({ type: 'object', properties: { a: property } });

const cases: Case[] = [
  ['20,000 levels', inA(nested(20_000, {}, (inner) => ({ not: inner }))), {}, isUnusable],
  ['20,000 levels in an enum', inA({ enum: [nested(20_000, 1, (inner) => [inner])] }), { a: 1 }, isUnusable],
  [
    '60 levels',
    inA(nested(60, {}, (inner) => ({ items: inner }))),
    { a: nested(60, 1, (x) => [x]) },
    isAccepted,
  ],
  ['a schema with 50,000 properties', { type: 'object', properties: members(50_000, {}) }, {}, isUnusable],
  [
    'a reference below a long name',
    { type: 'object', properties: { [SLASHES.slice(0, 100_000)]: { $ref: '#' } } },
    {},
    (expect, answer) => expect(answer.reason).toHaveLength(301),
  ],
  [
    '2,000 required names that no property has',
    { ...inA({}), required: Object.keys(members(2_000, 1, 'n'.repeat(100))) },
    {},
    (expect, answer) => expect(answer.notes).toHaveLength(20),
  ],
  [
    'hundreds of schemas for an object of 90,000 members',
    { type: 'object', allOf: Array.from({ length: 500 }, () => ({ minProperties: 1 })) },
    members(90_000),
    isTooMuch,
  ],
  [
    'an enum of 20,000 values for 50,000 items',
    inA({ items: { enum: Object.keys(members(20_000)) } }),
    { a: Array.from({ length: 50_000 }, () => 'm19999') },
    isAccepted,
  ],
  ['a cycle of references', inA({ $ref: '#/properties/a' }), { a: 1 }, isUnusable],
  ['a reference to all', { type: 'object', $ref: '#' }, {}, isUnusable],
  [
    'unevaluated members in conditions, 20 levels',
    inA(nested(20, {}, (inner) => ({ if: inner, unevaluatedProperties: false, properties: { b: {} } }))),
    { a: { x: 1 } },
    isRefused,
  ],
  [
    'alternatives of alternatives',
    inA(nested(12, { const: 1 }, (inner) => ({ anyOf: [inner, inner] }))),
    { a: 2 },
    (expect, answer) => expect(answer.ok === false || answer.errors.length > 0).toBe(true),
  ],
  [
    '90,000 members of a closed object',
    { ...inA({}), additionalProperties: false },
    members(90_000),
    isRefused,
  ],
  [
    '90,000 members of wrong names',
    { ...inA({}), propertyNames: { maxLength: 1 } },
    members(90_000),
    isRefused,
  ],
  [
    '90,000 wrong members',
    { ...inA({}), additionalProperties: { type: 'null' } },
    members(90_000),
    isRefused,
  ],
  [
    '90,000 members that match a pattern',
    { type: 'object', patternProperties: { '^m': { type: 'null' } } },
    members(90_000),
    isRefused,
  ],
  ['90,000 unevaluated members', { ...inA({}), unevaluatedProperties: false }, members(90_000), isTooMuch],
  ['300 unevaluated members', { ...inA({}), unevaluatedProperties: false }, members(300), isRefused],
  [
    '90,000 unevaluated items',
    inA({ prefixItems: [{}], unevaluatedItems: false }),
    { a: Array.from({ length: 90_000 }, () => 1) },
    isUnevaluated,
  ],
  [
    '15,000 items with a condition',
    inA({ items: conditional({ type: 'string' }, { minLength: 1 }) }),
    { a: Array.from({ length: 15_000 }, () => 1) },
    isAccepted,
  ],
  ['names of a million slashes', inA({ additionalProperties: false }), { a: { [SLASHES]: 1 } }, isRefused],
  [
    'wrong values under names of a million slashes',
    inA({ additionalProperties: { items: { type: 'string' } } }),
    { a: { [SLASHES]: [1, 2], [`${SLASHES}/1`]: [3] } },
    isRefused,
  ],
  [
    '90,000 unknown members',
    inA({}),
    members(90_000),
    (expect, answer) => expect(answer.unknown).toHaveLength(20),
  ],
  ['an unknown name of a million characters', inA({}), { [SLASHES]: 1 }, isAccepted],
  [
    'an enum of 20,000 values',
    inA({ enum: Object.keys(members(20_000)) }),
    { a: 'x' },
    (expect, answer) => {
      expect(answer.errors[0].allowed).toHaveLength(51);
      expect(answer.errors[0].allowed[50]).toBe('… (20000 in all)');
      expect(JSON.stringify(answer.errors).length).toBeLessThan(5000);
    },
  ],
  [
    'a closed object with 500 long names',
    { type: 'object', properties: members(500, {}, 'n'.repeat(300)), additionalProperties: false },
    { [SLASHES]: 1 },
    (expect, answer) => {
      expect(answer.errors).toMatchObject([{ rule: 'additionalProperties', path: `${'/'.repeat(200)}…` }]);
      expect(JSON.stringify(answer.errors).length).toBeLessThan(10_000);
    },
  ],
  [
    'a text that a linear pattern runs out of stack on',
    inA({ pattern: '^(ab)*$' }),
    { a: 'ab'.repeat(7_000_000) },
    isAccepted,
  ],
];

test.for(cases)('%s', ([, schema, input, expected], { expect }) => {
  const compiled = compileJudge(schema);
  const answer = compiled.ok
    ? {
        ok: true,
        notes: compiled.notes,
        errors: compiled.judge.check(input),
        unknown: compiled.judge.unknown(input),
      }
    : compiled;
  expected(expect, answer);
  judges(schema, [input], true);
});

test('what is too much to be judged is refused in every mode', ({ expect }) => {
  const compiled = compileJudge({
    allOf: Array.from({ length: 50 }, () => ({ minProperties: 1 })),
    ...inA({}),
  });
  expect(compiled.ok && compiled.judge.check(members(90_000), new Set())).toMatchObject([{ rule: 'schema' }]);
});
