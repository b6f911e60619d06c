import * as fc from 'fast-check';
import { test } from 'vitest';
import { hasLongerJsonThan } from '../../src/lib/json-length.ts';

test('no JSON that fits is called longer', ({ expect }) => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(60), (value, most) => {
      const { length } = JSON.stringify(value);
      expect(hasLongerJsonThan(value, most) && length <= most).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

test.for([
  ['a long string', { input: { image: 'x'.repeat(101) } }],
  ['many values', { list: Array.from({ length: 101 }, () => 1) }],
  ['many members', Object.fromEntries(Array.from({ length: 101 }, (_, at) => [at, null]))],
] as const)('%s is called longer', ([, value], { expect }) => {
  expect(hasLongerJsonThan(value, 100)).toBe(true);
});
