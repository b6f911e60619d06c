// Numbers that no double holds, and what is no JSON although Python writes it.

import { test } from 'vitest';
import { asDouble, parseExactJson, withoutNaN } from '../../src/lib/exact-json.ts';

test.for([
  '1234567890123456789',
  '-9007199254740993',
  '123456789012345678901234567890',
  '0.1000000000000000055511151231257827',
  '1234567890.123456789',
  '1e400',
  '1.5E-9',
  '-1E+5',
  '1e-400',
])('%s keeps its digits wherever it stands', (number, { expect }) => {
  for (const text of [
    `{"a":${number}}`,
    `{"a":[${number},1]}`,
    `{"a":{"b":[[1,${number}]]},"c":"x"}`,
    `[null,${number}]`,
  ]) {
    expect(JSON.stringify(parseExactJson(text))).toBe(text);
  }
  expect(JSON.stringify(parseExactJson(`{ "a" :\t${number} }`))).toBe(`{"a":${number}}`);
});

test.for(['0', '-1', '42', '0.25', '9007199254740991', '0.30000000000000004', '1234567890123456', '1e+21'])(
  '%s, which a double holds, is a number',
  (number, { expect }) => {
    expect(parseExactJson(`{"a":${number}}`)).toEqual({ a: Number(number) });
  },
);

test('a string that looks like a long number does not change', ({ expect }) => {
  const value = { url: 'https://x.test/a:12345678901234567890,1e5', list: ['at 1e5', '1234567890123456789'] };
  expect(parseExactJson(JSON.stringify(value))).toEqual(value);
});

test('a number of digits counts as the double nearest to it', ({ expect }) => {
  expect(asDouble(JSON.rawJSON('12345678901234567890'))).toBe(12345678901234567000);
  expect(asDouble('1')).toBe('1');
  expect(asDouble(null)).toBeNull();
});

test.for([
  ['{"a":NaN}', { a: null }],
  ['{"a": -Infinity, "b":[Infinity,NaN,1]}', { a: null, b: [null, null, 1] }],
  ['{"NaN":NaN,"a":"NaN, Infinity"}', { NaN: null, a: 'NaN, Infinity' }],
  [String.raw`{"a":"\" NaN \\","b":NaN}`, { a: '" NaN \\', b: null }],
  [String.raw`{"a":"\\\\\"NaN","b":"x"}`, { a: String.raw`\\"NaN`, b: 'x' }],
] as const)('%s is read with null in the place of what is no number', ([text, value], { expect }) => {
  expect(JSON.parse(withoutNaN(text))).toEqual(value);
});

test.for(['"', '\\"', '\\\\"', 'NaN', '"NaN', ' 1', ',1.', ':-', '[9e', ' 123456789012345'])(
  'millions of %s are walked, not crawled',
  (unit, { expect }) => {
    const text = unit.repeat(4_000_000);
    expect(withoutNaN(text).length).toBeGreaterThan(0);
    expect(() => parseExactJson(`{"a":${text}`)).toThrow(SyntaxError);
  },
);
