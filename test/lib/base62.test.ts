import { test } from 'vitest';
import { base62, randomText } from '../../src/lib/base62.ts';

test.for([
  [0, 6, '000000'],
  [61, 6, '00000z'],
  [62, 6, '000010'],
  [0xffffffff, 6, '4gfFC3'],
] as const)('%d in %d characters is %s', ([value, length, text], { expect }) => {
  expect(base62(value, length)).toBe(text);
});

test('random text has its length, and no character is likelier than another', ({ expect }) => {
  const seen = new Map<string, number>();
  const texts = Array.from({ length: 5000 }, () => randomText(22));
  for (const letter of texts.join('')) {
    seen.set(letter, (seen.get(letter) ?? 0) + 1);
  }
  expect(texts.every((text) => /^[0-9A-Za-z]{22}$/.test(text))).toBe(true);
  expect(seen.size).toBe(62);
  // 110,000 letters are 1,774 of each, with a standard deviation of 42: eight of them is never reached by chance.
  const counts = [...seen.values()];
  expect(Math.max(...counts)).toBeLessThan(1774 + 8 * 42);
  expect(Math.min(...counts)).toBeGreaterThan(1774 - 8 * 42);
});

test('random text of any length is whole', ({ expect }) => {
  const lengths = [0, 1, 43, 500];
  expect(lengths.map((length) => randomText(length).length)).toEqual(lengths);
});
