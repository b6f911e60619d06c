// A column that holds something else than its table says is never taken for what it should be.

import { expect, test } from 'vitest';
import { column, jsonColumn, jsonColumnOrNull, rowsOf } from '../../src/storage/column.ts';
import { isNumber, isText, isTexts, isWhole, oneOf, orAbsent, orNull } from '../../src/lib/guard.ts';
import { isAccountId, isCustomerId, isJobId, isKeyId, isTokenId } from '../../src/lib/ids.ts';

const isState = oneOf(['open', 'closed']);

test.for([
  [isText, ''],
  [isTexts, []],
  [isTexts, ['a', 'b']],
  [isNumber, 0.5],
  [isWhole, -3],
  [isState, 'open'],
  [orNull(isText), null],
  [orNull(isText), 'a'],
  [orAbsent(isText), undefined],
  [isCustomerId, 'cus_1'],
  [isKeyId, 'key_1'],
  [isAccountId, 'acct_1'],
  [isTokenId, ''],
  [isTokenId, 'key_1'],
  [isJobId, '0b8f3c1e-5d2a-4c7b-9e60-a1b2c3d4e5f6'],
] as const)('%o takes %j', ([is, value]) => {
  expect(column<unknown>({ it: value }, 'it', is)).toEqual(value);
});

test.for([
  [isText, 7],
  [isText, null],
  [isTexts, 'a'],
  [isTexts, ['a', 7]],
  [isNumber, '7'],
  [isNumber, Number.NaN],
  [isNumber, Number.POSITIVE_INFINITY],
  [isWhole, 0.5],
  [isWhole, 2 ** 53],
  [isState, 'opened'],
  [isState, ['open']],
  [orNull(isText), undefined],
  [orNull(isText), 7],
  [orAbsent(isText), null],
  [isCustomerId, 'key_1'],
  [isCustomerId, ['cus_1']],
  [isKeyId, ''],
  [isAccountId, 'acct'],
  [isTokenId, 'cus_1'],
  [isJobId, '0B8F3C1E-5D2A-4C7B-9E60-A1B2C3D4E5F6'],
  [isJobId, '0b8f3c1e-5d2a-1c7b-9e60-a1b2c3d4e5f6'],
  [isJobId, '0b8f3c1e-5d2a-4c7b-7e60-a1b2c3d4e5f6'],
  [isJobId, '0b8f3c1e5d2a4c7b9e60a1b2c3d4e5f6'],
  [isJobId, 'job_0123456789abcdefghijkl'],
] as const)('%o refuses %j', ([is, value]) => {
  expect(() => column<unknown>({ it: value }, 'it', is)).toThrow('the column it');
});

test('a missing column is not read as NULL', () => {
  expect(() => column(null, 'it', orNull(isText))).toThrow('the column it');
  expect(() => column(undefined, 'it', orNull(isText))).toThrow('the column it');
  expect(() => column({}, 'it', orNull(isText))).toThrow('no such column: it');
  expect(() => jsonColumnOrNull(null, 'it', isTexts)).toThrow('the column it');
  expect(() => rowsOf(undefined)).toThrow('too few');
});

test('JSON is read from its text, and only from that', () => {
  expect(jsonColumn({ it: '["a"]' }, 'it', isTexts)).toEqual(['a']);
  expect(jsonColumnOrNull({ it: null }, 'it', isTexts)).toBeNull();
  expect(() => jsonColumn({ it: '[7]' }, 'it', isTexts)).toThrow('the column it');
  expect(() => jsonColumn({ it: ['a'] }, 'it', isTexts)).toThrow('the column it');
  expect(() => jsonColumn({ it: null }, 'it', isTexts)).toThrow('the column it');
  expect(() => jsonColumnOrNull({ it: 'null' }, 'it', isTexts)).toThrow('the column it');
  expect(() => jsonColumn({ it: '[' }, 'it', isTexts)).toThrow(SyntaxError);
});
