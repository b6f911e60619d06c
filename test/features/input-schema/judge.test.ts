import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { compileJudge, type InputError } from '../../../src/features/input-schema/judge.ts';
import { conditional } from '../../support/conditional.ts';
import { IMAGE_TO_VIDEO, TEXT_TO_VIDEO } from '../../support/world.ts';

type Schema = Record<string, unknown>;

function errorsOf(schema: Schema, input: Record<string, unknown>): InputError[] {
  const compiled = compileJudge(schema);
  if (!compiled.ok) {
    throw new Error(compiled.reason);
  }
  return compiled.judge.check(input);
}

async function builtIn(id: string): Promise<Schema> {
  const text = await env.DB.prepare('SELECT input_schema FROM models WHERE id = ?1')
    .bind(id)
    .first<string>('input_schema');
  return JSON.parse(text!);
}

const IMAGE = 'https://playgrounds-storage-public.runcomfy.net/a.png';

type Valid = [model: string, input: Record<string, unknown>];
const valid: Valid[] = [
  [TEXT_TO_VIDEO, { prompt: '' }],
  [TEXT_TO_VIDEO, { prompt: 'x'.repeat(800), seed: -1, frames: 241, aspect_ratio: '1920×1088(16:9)' }],
  [TEXT_TO_VIDEO, { prompt: '😀'.repeat(800) }],
  [TEXT_TO_VIDEO, { prompt: 'x', frames: 121.0 }],
  [TEXT_TO_VIDEO, { prompt: 'x', unknown_input: { a: 1 } }],
  [IMAGE_TO_VIDEO, { prompt: 'x', image_urls: [IMAGE], seed: 2 ** 40, frames: 121 }],
];

test.for(valid)('%s takes %j', async ([model, input], { expect }) => {
  expect(errorsOf(await builtIn(model), input)).toEqual([]);
});

type Invalid = [model: string, input: Record<string, unknown>, path: string, rule: string, message: string];
const invalid: Invalid[] = [
  [TEXT_TO_VIDEO, {}, 'prompt', 'required', 'prompt is required.'],
  [TEXT_TO_VIDEO, { prompt: 1 }, 'prompt', 'type', 'prompt must be of type string; sent was 1.'],
  [TEXT_TO_VIDEO, { prompt: null }, 'prompt', 'type', 'prompt must be of type string; sent was null.'],
  [TEXT_TO_VIDEO, { prompt: 'x'.repeat(801) }, 'prompt', 'maxLength', 'at most 800 characters'],
  [TEXT_TO_VIDEO, { prompt: '😀'.repeat(801) }, 'prompt', 'maxLength', 'at most 800 characters'],
  [
    TEXT_TO_VIDEO,
    { prompt: 'x', aspect_ratio: '1920x1088(16:9)' },
    'aspect_ratio',
    'enum',
    '"1920×1088(16:9)"',
  ],
  [
    TEXT_TO_VIDEO,
    { prompt: 'x', frames: 120 },
    'frames',
    'enum',
    'frames must be one of 121, 241; sent was 120.',
  ],
  [
    TEXT_TO_VIDEO,
    { prompt: 'x', frames: '121' },
    'frames',
    'type',
    'must be of type integer; sent was "121"',
  ],
  [TEXT_TO_VIDEO, { prompt: 'x', seed: 1.5 }, 'seed', 'type', 'must be of type integer; sent was 1.5'],
  [TEXT_TO_VIDEO, { prompt: 'x', seed: true }, 'seed', 'type', 'must be of type integer; sent was true'],
  [IMAGE_TO_VIDEO, { prompt: 'x' }, 'image_urls', 'required', 'image_urls is required.'],
  [IMAGE_TO_VIDEO, { prompt: 'x', image_urls: IMAGE }, 'image_urls', 'type', 'must be of type array'],
  [IMAGE_TO_VIDEO, { prompt: 'x', image_urls: [] }, 'image_urls', 'minItems', 'at least 1 item;'],
  [IMAGE_TO_VIDEO, { prompt: 'x', image_urls: [IMAGE, IMAGE] }, 'image_urls', 'maxItems', 'at most 1 item;'],
  [
    IMAGE_TO_VIDEO,
    { prompt: 'x', image_urls: [7] },
    'image_urls[0]',
    'type',
    'must be of type string; sent was 7',
  ],
];

test.for(invalid)('%s refuses %j at %s by %s', async ([model, input, path, rule, message], { expect }) => {
  const errors = errorsOf(await builtIn(model), input);
  expect(errors).toContainEqual(
    expect.objectContaining({ path, rule, message: expect.stringContaining(message) }),
  );
});

test('every mistake is named, the deepest first, at most 20', ({ expect }) => {
  const schema = {
    type: 'object',
    required: ['a'],
    properties: { b: { items: { properties: { c: { type: 'string' } } } } },
  };
  const errors = errorsOf(schema, { b: Array.from({ length: 30 }, () => ({ c: 1 })) });
  expect(errors).toHaveLength(20);
  expect(errors[0]).toMatchObject({ path: 'b[0].c', rule: 'type' });
});

test('what was sent is cut short', ({ expect }) => {
  const [error] = errorsOf(
    { type: 'object', properties: { a: { type: 'integer' } } },
    { a: 'x'.repeat(10_000) },
  );
  expect(JSON.stringify(error).length).toBeLessThan(400);
});

type Rule = [name: string, property: Schema, good: unknown[], bad: unknown[]];
const rules: Rule[] = [
  ['float is a number', { type: 'float', minimum: 0, maximum: 20 }, [0, 2.5, 20], [-0.1, 20.1, '2.5', true]],
  ['a list of types with float', { type: ['float', 'null'] }, [1.5, null], ['x']],
  ['maximum beside enum', { enum: [1, 5, 50], maximum: 10 }, [1, 5], [50, 2]],
  ['minItems without items', { type: 'array', minItems: 2 }, [[1, 'x']], [[1]]],
  ['numbers as text', { type: 'string', enum: ['auto', '5'] }, ['auto', '5'], [5, '6']],
  ['multipleOf in tenths', { type: 'number', multipleOf: 0.1 }, [0.3, 0.7, 1], [0.25]],
  ['default null on an integer', { type: 'integer', default: null }, [0, -1, null], [0.5, 'x']],
  ['a default that is not null', { type: 'integer', default: 1 }, [0], [null]],
  ['a media format is no rule', { type: 'string', format: 'image_uri' }, ['not a url'], [1]],
  [
    'items of a plural media format',
    { type: 'array', format: 'image_uris', items: { type: 'string', format: 'image_uri' } },
    [['x']],
    [[1]],
  ],
  ['exclusive bounds', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, [0.5], [0, 1]],
  [
    'a closed object',
    { type: 'object', properties: { path: { type: 'string' } }, additionalProperties: false },
    [{ path: 'x' }, {}],
    [{ paht: 'x' }],
  ],
  [
    'anyOf',
    {
      anyOf: [
        { enum: ['square'] },
        { type: 'object', required: ['width'], properties: { width: { type: 'integer' } } },
      ],
    },
    ['square', { width: 5 }],
    ['round', { width: 'x' }, {}],
  ],
  ['a pattern', { type: 'string', pattern: '^[a-z]+$' }, ['abc'], ['ABC', '']],
  ['const and not', { not: { const: 3 } }, [4], [3]],
];

test.for(rules)('%s', ([, property, good, bad], { expect }) => {
  const schema = { type: 'object', properties: { '241_value': property } };
  for (const value of good) {
    expect([value, errorsOf(schema, { '241_value': value })]).toEqual([value, []]);
  }
  for (const value of bad) {
    expect([value, errorsOf(schema, { '241_value': value })]).not.toEqual([value, []]);
  }
});

test('a required name that no property has is noted, not enforced', ({ expect }) => {
  const compiled = compileJudge({
    type: 'object',
    required: ['prompt', 'image_urls'],
    properties: { prompt: {}, images: {} },
  });
  expect(compiled).toMatchObject({ ok: true, notes: [expect.stringContaining('"image_urls"')] });
  expect(compiled.ok && compiled.judge.check({ prompt: 'x' })).toEqual([]);
  expect(compiled.ok && compiled.judge.check({})).toMatchObject([{ path: 'prompt', rule: 'required' }]);
});

test('the input is neither completed nor changed', ({ expect }) => {
  const input = Object.freeze({ a: Object.freeze({}) });
  const schema = {
    type: 'object',
    properties: { a: { type: 'object', properties: { b: { default: 1 } } }, c: { default: 2 } },
  };
  expect(errorsOf(schema, input)).toEqual([]);
  expect(input).toEqual({ a: {} });
});

test.for([
  [{}, 'type'],
  [{ type: 'array' }, 'type'],
  [{ type: 'object', properties: { a: { not: { type: 'nonsense' } } } }, 'type'],
  [{ type: 'object', properties: { a: { minimum: 'x' } } }, 'minimum'],
  [{ type: 'object', properties: { a: { pattern: '(' } } }, 'regular expression'],
  [{ type: 'object', properties: { a: null } }, 'properties'],
  [{ type: 'object', properties: { a: { $ref: 'https://example.com/schema' } } }, 'references'],
  [{ type: 'object', properties: { a: { not: { pattern: '^(a+)+$' } } } }, 'forever'],
] as const)('%j cannot judge: %s', ([schema, reason], { expect }) => {
  expect(compileJudge(schema)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});

test.for([
  ['misspelt', { prompt: 'a', promt: 'a' }, ['promt']],
  ['in an object', { lora: { path: 'a', scael: 1 } }, ['lora.scael']],
  ['in a list', { shots: [{ at: 1 }, { at: 2, x: 1 }] }, ['shots[1].x']],
  ['in a first item', { pair: [{ a: 1, b: 2 }, { a: 1 }] }, ['pair[0].b']],
  ['in an object that names nothing', { free: { x: { y: 1 } }, empty: { x: 1 } }, []],
  ['in a map', { map: { any: { known: 1, other: 2 } } }, ['map.any.other']],
  ['that match a pattern', { tagged: { 'x-a': 1, y: 1 } }, ['tagged.y']],
  ['named by one of several forms', { size: { width: 1, height: 2, depth: 3 } }, ['size.depth']],
  ['named by another rule than properties', { mode: 'b', extra: 1, late: 1 }, []],
  ['called as every object has one', { constructor: 1 }, ['constructor']],
] as const)('members that the schema does not name are named: %s', ([, input, expected], { expect }) => {
  const compiled = compileJudge({
    type: 'object',
    properties: {
      prompt: { type: 'string' },
      mode: {},
      lora: { type: 'object', properties: { path: {} } },
      shots: { type: 'array', items: { properties: { at: {} } } },
      pair: { prefixItems: [{ properties: { a: {} } }] },
      free: { type: 'object' },
      empty: { type: 'object', properties: {} },
      map: { additionalProperties: { properties: { known: {} } } },
      tagged: { patternProperties: { '^x-': {} } },
      size: {
        properties: { width: {} },
        oneOf: [{ properties: { height: {} }, required: ['height'] }, { not: {} }],
      },
    },
    ...conditional({ properties: { mode: { const: 'b' } } }, { properties: { extra: {} } }),
    dependentSchemas: { mode: { properties: { late: {} } } },
  });
  expect(compiled.ok && compiled.judge.check(input)).toEqual([]);
  expect(compiled.ok && compiled.judge.unknown(input)).toEqual(expected);
});

test('at most 20 unknown members are named, each cut to 80 characters', ({ expect }) => {
  const compiled = compileJudge({ type: 'object', properties: { a: {} } });
  const input = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`${index}${'x'.repeat(100)}`, 1]),
  );
  const unknown = compiled.ok ? compiled.judge.unknown(input) : [];
  expect(unknown).toHaveLength(20);
  expect(unknown[0]).toBe(`0${'x'.repeat(78)}…`);
});

const ENDLESS = '^(a+)+$';
const LONG = `${'a'.repeat(40)}!`;

test.for([
  { properties: { a: { pattern: ENDLESS } } },
  { properties: { a: { pattern: '^.*.*.*.*=$' } } },
  { properties: { a: { allOf: [{ anyOf: [{ pattern: ENDLESS }] }] } } },
  { properties: { a: conditional({}, { pattern: ENDLESS }) } },
  { additionalProperties: { pattern: ENDLESS } },
  { propertyNames: { pattern: ENDLESS } },
  { patternProperties: { [ENDLESS]: { type: 'null' } } },
  { patternProperties: { [ENDLESS]: {} }, additionalProperties: false },
  { allOf: [{ patternProperties: { [ENDLESS]: {} } }], unevaluatedProperties: false },
] as const)('a pattern without end is noted and not enforced: %j', (schema, { expect }) => {
  const compiled = compileJudge({ type: 'object', ...schema });
  expect(compiled).toMatchObject({ ok: true, notes: [expect.stringContaining('could run forever; not')] });
  expect(compiled.ok && compiled.judge.check({ a: LONG, [LONG]: LONG })).toEqual([]);
});

test.for([
  { contains: { pattern: ENDLESS } },
  { prefixItems: [{ pattern: ENDLESS }] },
  { items: { pattern: ENDLESS } },
] as const)('a pattern without end is not enforced in lists: %j', (property, { expect }) => {
  expect(errorsOf({ type: 'object', properties: { a: property } }, { a: [LONG] })).toEqual([]);
});

test('what stands beside a pattern without end is enforced', ({ expect }) => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string', pattern: ENDLESS, maxLength: 3 } },
    patternProperties: { [ENDLESS]: {}, '^b': { type: 'string' } },
    additionalProperties: false,
  };
  expect(errorsOf(schema, { a: LONG, b: 1, c: 1 }).map(({ path }) => path)).toEqual(['a', 'b']);
});

test.for([
  { not: { pattern: ENDLESS } },
  { not: { properties: { b: { pattern: ENDLESS } } } },
  { oneOf: [{ pattern: ENDLESS }, {}] },
  conditional({ pattern: ENDLESS }, {}),
  { if: { patternProperties: { [ENDLESS]: {} } } },
  { contains: { pattern: ENDLESS }, maxContains: 2 },
])(
  'where leaving it out could refuse more, a pattern without end makes the schema unusable: %j',
  (a, { expect }) => {
    const reason = expect.stringContaining('could run forever');
    expect(compileJudge({ type: 'object', properties: { a } })).toEqual({ ok: false, reason });
  },
);

test.for([
  // The deepest of several alternatives, at each level.
  [
    {
      anyOf: [
        { type: 'string' },
        { items: { anyOf: [{ type: 'integer' }, { properties: { x: { maximum: 1 } } }] } },
      ],
    },
    [{ x: 2 }],
    'a[0].x maximum',
  ],
  [
    {
      oneOf: [
        { type: 'null' },
        { properties: { b: { oneOf: [{ type: 'null' }, { properties: { c: { type: 'string' } } }] } } },
      ],
    },
    { b: { c: 1 } },
    'a.b.c type',
  ],
  [
    { allOf: [{ required: ['z'] }, { properties: { y: { items: { enum: [1] } } } }] },
    { y: [2] },
    'a.y[0] enum',
  ],
] as const)('the deepest cause comes first: %j', ([property, value, first], { expect }) => {
  const [error] = errorsOf({ type: 'object', properties: { a: property } }, { a: value });
  expect(`${error?.path} ${error?.rule}`).toBe(first);
});

test('many long values that are allowed are cut, in the list and in the sentence', ({ expect }) => {
  const values = Array.from({ length: 5000 }, (_, index) => `value ${index}`);
  const [error] = errorsOf({ type: 'object', properties: { a: { enum: values } } }, { a: 'x' });
  expect(error?.allowed).toEqual([...values.slice(0, 50), '… (5000 in all)']);
  expect(error?.message).toContain('"value 49", "… (5000 in all)"; sent was "x"');
  const [long] = errorsOf({ type: 'object', properties: { a: { const: 'x'.repeat(1000) } } }, { a: 'x' });
  expect(long?.allowed).toBe(`${'x'.repeat(200)}…`);
  const [wide] = errorsOf(
    { type: 'object', properties: { a: { enum: [{ b: 'x'.repeat(1000) }] } } },
    { a: 'x' },
  );
  expect(JSON.stringify(wide).length).toBeLessThan(1000);
});
