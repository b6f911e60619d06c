// Where the validator's library strays from the standard, fails, or takes memory out of proportion.

import { test } from 'vitest';
import { compileJudge, type InputError } from '../../../src/features/input-schema/judge.ts';

function check(schema: Record<string, unknown>, input: Record<string, unknown>): InputError[] {
  const compiled = compileJudge({ type: 'object', ...schema });
  if (!compiled.ok) {
    throw new Error(compiled.reason);
  }
  return compiled.judge.check(input);
}

test.for([
  [{ maximum: 0 }, 5, ['maximum']],
  [{ maximum: 0 }, 0, []],
  [{ maximum: 0 }, 'x', []],
  [{ maximum: -1 }, -0.5, ['maximum']],
  [{ multipleOf: 1 }, 1.5e21, []],
  [{ multipleOf: 1e-7 }, 1.5e-7, ['multipleOf']],
  [{ multipleOf: 1e-7 }, 1.5e-6, []],
  [{ multipleOf: 3 }, 9_007_199_254_740_992, ['multipleOf']],
  [{ multipleOf: 5e-324 }, 1e-320, []],
  [{ multipleOf: 2 }, 'x', []],
  [{ minLength: 0 }, '', []],
  [{ maxLength: 0 }, '', []],
  [{ enum: [{ x: 1, y: [2] }] }, { y: [2], x: 1 }, []],
  [{ enum: [[1, 2]] }, [2, 1], ['enum']],
  [{ const: { toString: 1 } }, { toString: 1 }, []],
  [{ const: { toString: 1 } }, { toString: 2 }, ['const']],
  [{ const: null }, 0, ['const']],
  [{ uniqueItems: true }, [{ valueOf: 1 }, { valueOf: 2 }], []],
  [
    { uniqueItems: true },
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    ['uniqueItems'],
  ],
  [{ uniqueItems: true }, [1, '1', true, null], []],
  [{ uniqueItems: true }, 'aa', []],
  [{ prefixItems: [{ type: 'string' }], items: { type: 'integer' } }, ['x', 1], []],
  [{ prefixItems: [{ type: 'string' }], items: false }, ['x', 1], ['false']],
] as const)('the rule %j and the value %j: %j', ([property, value, expected], { expect }) => {
  const errors = check({ properties: { a: property } }, { a: value });
  expect(errors.map((error) => error.rule)).toEqual(expected);
});

test.for([
  [{ properties: { a: {} } }, []],
  [{ properties: { a: {} }, additionalProperties: false }, ['constructor', 'toString', '_id']],
  [{ additionalProperties: false }, ['constructor', 'toString', '_id']],
  [{ additionalProperties: false, patternProperties: { '^x': {} } }, ['constructor', 'toString', '_id']],
  [{ unevaluatedProperties: false, properties: { a: {} } }, ['constructor', 'toString', '_id']],
  [{ dependentRequired: { a: ['b'] } }, []],
  [{ properties: { constructor: { type: 'integer' }, toString: {} } }, []],
] as const)('names of Object.prototype are names like any other to %j', ([schema, expected], { expect }) => {
  const errors = check(schema, { constructor: 1, toString: 1, _id: 1 });
  expect(errors.map((error) => error.path)).toEqual(expected);
});

test('an input may be called __proto__', ({ expect }) => {
  const schema = JSON.parse('{"properties": {"__proto__": {"type": "integer"}}}');
  expect(check(schema, JSON.parse('{"__proto__": "x"}'))).toMatchObject([
    { path: '__proto__', rule: 'type' },
  ]);
  expect(check(schema, JSON.parse('{"__proto__": 1}'))).toEqual([]);
});

test.for([
  [{ anyOf: [{ type: 'string', maxLength: 2 }, { type: 'null' }] }, 'abc', 'a maxLength'],
  [{ anyOf: [{ maxLength: 2 }, { minLength: 5 }] }, 'abc', 'a anyOf'],
  [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'abc', 'a anyOf'],
  [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, null, undefined],
  [{ anyOf: [{ type: 'string' }, { required: ['w'] }] }, {}, 'a.w required'],
  [{ oneOf: [{ type: 'string' }, { properties: { w: { type: 'integer' } } }] }, { w: 'x' }, 'a.w type'],
  [{ oneOf: [{ type: 'number' }, { type: 'integer' }] }, 1, 'a oneOf'],
  [{ oneOf: [{ type: 'string' }, { type: 'null' }] }, 1, 'a oneOf'],
  [{ oneOf: [{ type: 'string' }, { type: 'null' }] }, 'x', undefined],
] as const)(
  'of several forms the one that was meant is explained: %j, %j',
  ([property, value, expected], { expect }) => {
    const [error] = check({ properties: { a: property } }, { a: value });
    expect(error && `${error.path} ${error.rule}`).toBe(expected);
  },
);

test('what one of several forms requires is enforced, named among its properties or not', ({ expect }) => {
  const schema = {
    properties: { text: {}, image: {} },
    required: ['text'],
    oneOf: [
      { properties: { mode: { const: 1 } }, required: ['mode', 'image'] },
      { properties: { mode: { const: 2 } } },
    ],
  };
  expect(check(schema, { text: '', mode: 1, image: '' })).toEqual([]);
  expect(check(schema, { text: '', mode: 1 })).not.toEqual([]);
  expect(check(schema, { mode: 2 })).toMatchObject([{ path: 'text', rule: 'required' }]);
});

test('a body of many items and millions of characters costs no more than a small one to judge', ({
  expect,
}) => {
  const schema = {
    properties: {
      urls: { items: { type: 'string' }, maxItems: 1 },
      prompt: { maxLength: 800 },
      size: { enum: ['a'] },
    },
  };
  const long = 'x'.repeat(16 * 1024 * 1024);
  const errors = check(schema, {
    urls: Array.from({ length: 90_000 }, () => 1),
    prompt: long,
    size: long,
  });
  expect(errors).toHaveLength(20);
  expect(JSON.stringify(errors).length).toBeLessThan(5000);
  expect(check(schema, { prompt: long, size: long })).toMatchObject([
    { rule: 'maxLength', sent: `${'x'.repeat(80)}…` },
    { rule: 'enum' },
  ]);
});

test('errors of other inputs do not push out those of the inputs that are asked about', ({ expect }) => {
  const compiled = compileJudge({
    type: 'object',
    properties: { b: { items: { type: 'string' } }, frames: { type: 'integer' } },
    anyOf: [{ properties: { c: { items: { type: 'string' } }, size: { maximum: 5 } } }],
  });
  const many = Array.from({ length: 30 }, () => 1);
  const input = { b: many, frames: 'x', c: many, size: 6 };
  const asked = compiled.ok ? compiled.judge.check(input, new Set(['frames', 'size'])) : [];
  expect(asked.map(({ path }) => path)).toEqual(['frames', 'size']);
  expect(compiled.ok && compiled.judge.check(input, new Set())).toEqual([]);
});

const short = { properties: { seconds: { maximum: 5 }, size: { const: 's' } } };
const long = { properties: { seconds: { minimum: 10 }, size: { const: 'l' } } };

test.for([
  [{ anyOf: [short, long] }, { seconds: 7 }, ['seconds']],
  [{ oneOf: [short, long] }, { seconds: 7 }, ['seconds']],
  [
    { allOf: [{ oneOf: [{ anyOf: [short, long] }, { properties: { seconds: false } }] }] },
    { seconds: 7 },
    ['seconds'],
  ],
  // One of the forms takes these seconds: another input is wrong.
  [{ anyOf: [short, long] }, { seconds: 3, size: 'l' }, []],
  [{ anyOf: [short, long, {}] }, { seconds: 7 }, []],
] as const)(
  'an input that is asked about and fits none of several forms is an error: %j, %j',
  ([schema, input, paths], { expect }) => {
    const compiled = compileJudge({ type: 'object', ...schema });
    const errors = compiled.ok ? compiled.judge.check(input, new Set(['seconds'])) : [];
    expect([...new Set(errors.map(({ path }) => path))]).toEqual(paths);
  },
);

test('a form evaluates nothing of a value that it does not take', ({ expect }) => {
  const schema = {
    anyOf: [{ properties: { a: {}, b: { type: 'string' } } }, { properties: { b: {} } }],
    unevaluatedProperties: false,
  };
  expect(check(schema, { a: 1, b: 'x' })).toEqual([]);
  expect(check(schema, { a: 1, b: 1 })).toMatchObject([{ path: 'a', rule: 'unevaluatedProperties' }]);
});

test('a run stops at 20 errors', ({ expect }) => {
  const schema = { properties: { a: { items: { type: 'string' } } } };
  const million = Array.from({ length: 1_000_000 }, () => 1);
  expect(check(schema, { a: million }).map(({ rule }) => rule)).toEqual(
    Array.from({ length: 20 }, () => 'type'),
  );
});

test.for([
  [{ properties: { a: { properties: { 241: { type: 'string' } } } } }, { a: { 241: 1 } }, 'a.241'],
  [{ properties: { 'a/b': { properties: { c: { type: 'string' } } } } }, { 'a/b': { c: 1 } }, 'a/b.c'],
  [{ properties: { a: { items: { items: { type: 'string' } } } } }, { a: [['x'], ['x', 1]] }, 'a[1][1]'],
  [{ dependentRequired: { a: ['b'] } }, { a: 1 }, 'b'],
  [{ propertyNames: { maxLength: 2 } }, { abc: 1 }, 'abc'],
  [{ minProperties: 1 }, {}, ''],
] as const)('%j, %j: the path is %s', ([schema, input, path], { expect }) => {
  expect(check(schema, { ...input }).map((error) => error.path)).toEqual([path]);
});

test('the deepest comes first', ({ expect }) => {
  const schema = {
    properties: { a: { type: 'string' }, b: { items: { type: 'string' } }, c: {} },
    required: ['c'],
  };
  const errors = check(schema, { a: 1, b: [1] });
  expect(errors.map((error) => error.path)).toEqual(['b[0]', 'a', 'c']);
});

test('a sentence counts, and names lists and objects by their kind', ({ expect }) => {
  const [few] = check({ properties: { a: { minItems: 1 } } }, { a: [] });
  expect(few?.message).toBe('a must have at least 1 item; sent was a list of 0 items.');
  const [kind] = check({ properties: { a: { type: ['string', 'null'] } } }, { a: { b: 1 } });
  expect(kind?.message).toBe('a must be of type string or null; sent was an object.');
});

test.for([
  [{ prefixItems: {} }],
  [{ oneOf: [] }],
  [{ anyOf: [5] }],
  [{ patternProperties: [] }],
  [{ patternProperties: { '(': {} } }],
  [{ not: { patternProperties: { '(a+)+': {} } } }],
  [{ enum: [] }],
  [{ type: [] }],
  [{ maxLength: -1 }],
  [{ maxItems: 1.5 }],
  [{ multipleOf: 0 }],
  [{ dependentRequired: { a: 'b' } }],
  [{ unevaluatedProperties: 5 }],
] as const)('%j cannot judge', ([property], { expect }) => {
  expect(compileJudge({ type: 'object', properties: { a: property } })).toMatchObject({ ok: false });
});

test('keywords that only this library knows have no effect', ({ expect }) => {
  const property = { type: 'string', pattern: '^A$', regexFlags: 'i', errorMessages: { 'type-error': 5 } };
  expect(check({ properties: { a: property } }, { a: 'a' })).toMatchObject([{ rule: 'pattern' }]);
  expect(check({ properties: { a: property } }, { a: 5 })).toMatchObject([{ rule: 'type' }]);
});
