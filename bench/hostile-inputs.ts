// Schemas and inputs that were made to keep a judge busy: each strikes one thing that could cost more than it weighs.

export type HostileInput = { name: string; schema: Record<string, unknown>; input: Record<string, unknown> };

/** As many values as a body may hold, with a few to spare. */
const MANY = 99_000;

const named = (count: number, of: (at: number) => unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`m${at}`, of(at)]));
const list = <T>(count: number, of: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => of(at));
const about = (schema: unknown, input: unknown): Omit<HostileInput, 'name'> => ({
  schema: { type: 'object', properties: { x: schema } },
  input: { x: input },
});

const oneOfTen = (of: (at: number) => object) => ({ oneOf: list(10, of) });

const PAIR = { kind: 'a', deep: [1, 2, 3] };

export const HOSTILE_INPUTS: HostileInput[] = [
  {
    name: 'counted quantifiers in each other',
    ...about({ type: 'string', pattern: '(?:(?:a{16}){16}){16}b' }, 'a'.repeat(200_000)),
  },
  { name: 'a quadratic pattern', ...about({ type: 'string', pattern: '^.*.*=$' }, 'x'.repeat(4_000)) },
  {
    name: 'a pattern without an anchor',
    ...about({ pattern: '[a-z]{0,16}[a-z]{0,16}\\d' }, 'x'.repeat(60_000)),
  },
  {
    name: 'a pattern on each of many texts',
    ...about(
      { items: { pattern: '^(?:a|b|c|d)?(?:a|b)?x$' } },
      list(MANY, () => 'ab'),
    ),
  },
  {
    name: 'many patterns for many names',
    schema: {
      type: 'object',
      patternProperties: Object.fromEntries(list(1_000, (at): [string, object] => [`^y${String(at)}`, {}])),
    },
    input: named(20_000, () => 1),
  },
  {
    name: 'an enum of objects',
    ...about(
      { items: { enum: list(100, (at) => ({ ...PAIR, at })) } },
      list(14_000, () => PAIR),
    ),
  },
  {
    name: 'an enum of 5,000 texts',
    ...about(
      { items: { enum: list(5_000, (at) => `t${String(at)}`) } },
      list(MANY, () => 't'),
    ),
  },
  {
    name: 'a const that is an object',
    ...about(
      { items: { const: PAIR } },
      list(14_000, () => PAIR),
    ),
  },
  {
    name: 'an enum of objects at each level',
    schema: Array.from({ length: 28 }).reduce<Record<string, unknown>>(
      (inner) => ({ type: 'object', enum: [PAIR], properties: { x: inner } }),
      { enum: [PAIR] },
    ),
    input: Array.from({ length: 28 }).reduce<Record<string, unknown>>((inner) => ({ x: inner }), {
      x: list(90_000, () => 1),
    }),
  },
  {
    name: 'multipleOf with decimals',
    ...about(
      { items: { multipleOf: 0.01 } },
      list(MANY, (at) => at / 100 + 0.001),
    ),
  },
  {
    name: 'multipleOf of extremes',
    ...about(
      { items: { multipleOf: 5e-324 } },
      list(MANY, (at) => 1e308 / (at + 1)),
    ),
  },
  {
    name: 'unique items',
    ...about(
      { uniqueItems: true },
      list(MANY, (at) => at),
    ),
  },
  {
    name: 'unique objects',
    ...about(
      { uniqueItems: true },
      list(14_000, (at) => ({ ...PAIR, at })),
    ),
  },
  {
    name: 'unique items at each level',
    ...about(
      { allOf: list(500, () => ({ uniqueItems: true })) },
      list(MANY, (at) => at),
    ),
  },
  {
    name: 'lengths of one long text',
    ...about({ allOf: list(1_000, () => ({ maxLength: 3_000_000 })) }, 'é'.repeat(2 ** 22)),
  },
  {
    name: 'many required names',
    ...about(
      { items: { required: list(20_000, (at) => `n${String(at)}`) } },
      list(30_000, () => ({})),
    ),
  },
  {
    name: 'names that others depend on',
    schema: { type: 'object', dependentRequired: named(500, () => list(20, (at) => `m${String(at)}`)) },
    input: named(40_000, () => 1),
  },
  {
    name: 'many forms for many items',
    ...about(
      { items: { anyOf: list(100, (at) => ({ const: at })) } },
      list(MANY, () => -1),
    ),
  },
  {
    name: 'many forms at once',
    ...about(
      { items: { oneOf: list(1_000, () => ({ type: 'number' })) } },
      list(5_000, () => 1),
    ),
  },
  {
    name: 'plain items',
    ...about(
      { items: { type: 'number' } },
      list(MANY, () => 1),
    ),
  },
  {
    name: 'wrong items',
    ...about(
      { items: { type: 'string' } },
      list(MANY, () => 1),
    ),
  },
  {
    name: 'items that are lists',
    ...about(
      { items: { items: { items: { type: 'number' } } } },
      list(30_000, () => [[1]]),
    ),
  },
  {
    name: 'contains',
    ...about(
      { allOf: list(50, () => ({ contains: { type: 'string' } })) },
      list(MANY, () => 1),
    ),
  },
  {
    name: 'unevaluated members',
    schema: {
      type: 'object',
      properties: named(100, () => ({ type: 'number' })),
      unevaluatedProperties: false,
    },
    input: named(40_000, () => 1),
  },
  {
    name: 'unevaluated items',
    ...about(
      { prefixItems: [{}], unevaluatedItems: { type: 'number' } },
      list(MANY, () => 1),
    ),
  },
  {
    name: 'many members, all wrong',
    schema: {
      type: 'object',
      properties: named(1_500, () => ({ type: 'string' })),
      additionalProperties: false,
    },
    input: named(40_000, () => 1),
  },
  {
    name: 'errors under many names',
    schema: { type: 'object', allOf: list(300, () => ({ additionalProperties: { type: 'string' } })) },
    input: named(40_000, () => 1),
  },
  {
    name: 'names with slashes',
    schema: { type: 'object', additionalProperties: { type: 'string' } },
    input: Object.fromEntries(
      list(30_000, (at): [string, number] => [`a/${'b/'.repeat(20)}${String(at)}`, 1]),
    ),
  },
  {
    name: 'property names',
    schema: { type: 'object', propertyNames: { maxLength: 3 } },
    input: named(40_000, () => 1),
  },
  {
    name: 'as many names as a body may have',
    schema: { type: 'object', additionalProperties: { type: 'number' } },
    input: named(MANY, () => 1),
  },
  {
    name: 'sizes of one object',
    schema: { type: 'object', allOf: list(500, () => ({ minProperties: 1 })) },
    input: named(MANY, () => 1),
  },
  {
    name: 'members at each level',
    schema: { type: 'object', allOf: list(500, () => ({ additionalProperties: { type: 'number' } })) },
    input: named(40_000, () => 1),
  },
  {
    name: 'items at each level',
    ...about(
      { allOf: list(500, () => ({ items: { type: 'number' } })) },
      list(MANY, () => 1),
    ),
  },
  {
    name: 'members that forms evaluate',
    schema: {
      type: 'object',
      anyOf: list(500, () => ({ additionalProperties: { type: 'number' } })),
      unevaluatedProperties: false,
    },
    input: named(20_000, () => 1),
  },
  {
    name: 'items that are evaluated one by one',
    ...about(
      { anyOf: list(500, () => ({ contains: { type: 'number' } })), unevaluatedItems: false },
      list(MANY, () => 1),
    ),
  },
  {
    name: 'forms in forms',
    ...about(
      { items: oneOfTen((a) => oneOfTen((b) => oneOfTen((c) => ({ const: a * 100 + b * 10 + c })))) },
      list(MANY, () => 999),
    ),
  },
  {
    name: 'conditions in conditions',
    ...about(
      {
        items: Array.from({ length: 5 }).reduce<Record<string, unknown>>(
          (inner) => ({ if: { ['not']: inner }, then: inner, else: inner }),
          { type: 'string' },
        ),
      },
      list(MANY, () => 't'),
    ),
  },
  {
    name: 'schemas that depend on each name',
    schema: { type: 'object', dependentSchemas: named(500, () => ({ propertyNames: { type: 'string' } })) },
    input: named(40_000, () => 1),
  },
  {
    name: 'objects with many inputs each',
    ...about(
      { items: { properties: named(1_500, () => ({ type: 'number' })), required: ['m1'] } },
      list(45_000, () => ({ m1: 1 })),
    ),
  },
  {
    name: 'long texts among objects',
    ...about({ allOf: list(500, () => ({ enum: [PAIR] })) }, ['é'.repeat(2 ** 20)]),
  },
  {
    name: 'objects that are names of forms',
    ...about(
      {
        items: {
          oneOf: list(20, (at) => ({ required: [`n${String(at)}`, 'b'], properties: { a: { const: at } } })),
        },
      },
      list(45_000, () => ({ a: 1 })),
    ),
  },
];
