// What Python writes where JSON has no word for it is null; all else is JSON, or refused as JSON refuses it.

import { test } from 'vitest';
import { parsePythonJson } from '../../src/lib/python-json.ts';

const read: [text: string, value: unknown][] = [
  ['{"a": NaN, "b": [Infinity, -Infinity], "c": 1}', { a: null, b: [null, null], c: 1 }],
  ['NaN', null],
  ['{"a": "NaN", "b": "x\\"NaN, -Infinity"}', { a: 'NaN', b: 'x"NaN, -Infinity' }],
  ['{"a": "x\\\\", "b": NaN}', { a: 'x\\', b: null }],
  ['{"a": "\\\\\\"NaN", "b": NaN, "c": "NaN"}', { a: '\\"NaN', b: null, c: 'NaN' }],
  ['{"NaN": NaN}', { NaN: null }],
  ['{"a": "Ä 🌊 NaN", "b": -Infinity}', { a: 'Ä 🌊 NaN', b: null }],
];

test.for(read)('%s', ([text, value], { expect }) => {
  expect(parsePythonJson(text)).toEqual(value);
});

test.for([
  '',
  'nan',
  '{"a": NaN',
  '{"a": xNaN}',
  '{"a": NaN1}',
  '{"a": +Infinity}',
  '{NaN: 1}',
  '{"a": "NaN',
  '<html>NaN</html>',
])('%j is refused', (text, { expect }) => {
  expect(() => parsePythonJson(text)).toThrow(SyntaxError);
});

test('a text takes time that grows with its length', ({ expect }) => {
  const many = `[${'NaN,"\\\\\\"",'.repeat(200_000)}0]`;
  expect(parsePythonJson(many)).toHaveLength(400_001);
});
