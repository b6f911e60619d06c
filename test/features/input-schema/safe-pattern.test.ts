import { test } from 'vitest';
import { createEffort } from '../../../src/features/input-schema/effort.ts';
import { compilePattern, isSafePattern } from '../../../src/features/input-schema/safe-pattern.ts';

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
  ['', true],
  ['^(\\d{1,3}\\.){3}\\d{1,3}$', true],
  ['^\\d{1,3}(,\\d{3})*$', true],
  ['^data:image/(png|jpe?g|webp);base64,[A-Za-z0-9+/]+={0,2}$', true],
  ['^[\\w.+-]+@[\\w-]+\\.[\\w.-]+$', true],
  ['^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$', true],
  ['^.{1,800}$', true],
  ['^.*.*=$', true],
  // One repetition in another, or a choice in a repetition.
  ['(a+)+', false],
  ['((a+))+', false],
  ['(a|ab)*', false],
  ['(?:\\w+\\s?)*', false],
  ['(?<x>a*)*', false],
  ['(a+){2,}', false],
  ['([^)]+)+', false],
  ['(a|a){100}', false],
  ['(?=(a+)+b)', false],
  // Too many in a row.
  ['^.*.*.*=.*$', false],
  ['\\d+\\d+\\d+x', false],
  ['^a{0,100}a{0,100}a{0,100}a{0,100}x', false],
  ['^(a+){4}x', false],
  ['^a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a{25}$', false],
  ['^(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)\\d+x', false],
  ['^(.*)\\1\\1\\1$', false],
  ['(', false],
  ['(?P<name>a)', false],
  ['((a{1000}){1000}){1000}', false],
  [5, false],
] as const)('%s may run on a text of the customer: %s', ([pattern, expected], { expect }) => {
  expect(isSafePattern(pattern)).toBe(expected);
});

function matchesAlone(pattern: string, text: string): boolean | undefined {
  const effort = createEffort();
  return effort.bounded(() => compilePattern(pattern).matches(text, effort));
}

/** Each passes these texts because they are too long for it, though it does not match them. */
test.for([
  ['^.*.*=$', 'x'.repeat(16 * 1024 * 1024)],
  ['^\\d+\\d+\\d+x$', '1'.repeat(16 * 1024 * 1024)],
  ['[a-z]+\\d', 'x'.repeat(16 * 1024 * 1024)],
  ['(ab)+(cd)+', 'ab'.repeat(8 * 1024 * 1024)],
  ['(?:(?:a{16}){16}){16}b', 'a'.repeat(200_000)],
  ['^(?:a{16}){16}b|^(?:[ab]{16}){16}c|x', 'a'.repeat(100_000)],
  [`[ab]${'a'.repeat(5_000)}`, 'a'.repeat(20_000)],
] as const)('%s does not run on a text that it would be busy with', ([pattern, text], { expect }) => {
  expect(matchesAlone(pattern, text)).toBe(true);
  expect(matchesAlone(pattern, text.slice(0, 100))).toBe(false);
});

test('a linear pattern runs on a text of any length', ({ expect }) => {
  const long = 'x'.repeat(16 * 1024 * 1024);
  expect(matchesAlone('^x+$', long)).toBe(true);
  expect(matchesAlone('^y', long)).toBe(false);
});

test('many texts share what one may take', ({ expect }) => {
  const effort = createEffort();
  const pattern = compilePattern('^.*.*=$');
  const verdicts = effort.bounded(() =>
    Array.from({ length: 10 }, () => pattern.matches('x'.repeat(2000), effort)),
  );
  expect(verdicts).toEqual([false, false, false, false, true, true, true, true, true, true]);
});

test('one validator’s work takes nothing from another’s', ({ expect }) => {
  const [busy, other] = [createEffort(), createEffort()];
  const verdict = busy.bounded(() => {
    busy.spend(450_000);
    return other.bounded(() => {
      other.spend(450_000);
      busy.spend(50_000);
      return 'both fit';
    });
  });
  expect(verdict).toBe('both fit');
  expect(busy.bounded(() => busy.spend(500_001))).toBeUndefined();
});
