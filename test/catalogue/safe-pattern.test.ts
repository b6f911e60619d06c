import { test } from 'vitest';
import { isSafePattern } from '../../src/catalogue/safe-pattern.ts';

test.for([
  ['^[a-z0-9_-]+$', true],
  ['^https?://', true],
  ['(ab)+(cd)+', true],
  ['^(a|b)$', true],
  ['(a+)?', true],
  ['(\\d+)x', true],
  ['[(a+)+]', true],
  ['\\(a+\\)+', true],
  ['\\p{L}+', true],
  ['(a+)+', false],
  ['((a+))+', false],
  ['(a|ab)*', false],
  ['(?:\\w+\\s?)*', false],
  ['(?<x>a*)*', false],
  ['(a+){2,}', false],
  ['([^)]+)+', false],
  ['(', false],
  [5, false],
] as const)('%s may run on a text of the customer: %s', ([pattern, expected], { expect }) => {
  expect(isSafePattern(pattern)).toBe(expected);
});
