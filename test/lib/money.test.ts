import * as fc from 'fast-check';
import { test } from 'vitest';
import { divide, isMicros, microsOf, parseUsd, roundUsd, scaledDecimal, usd } from '../../src/lib/money.ts';

const MAX = 1_000_000_000_000_000;

test.for([
  [0, 0],
  [1, 1_000_000],
  [0.1, 100_000],
  [0.000001, 1],
  [1e-6, 1],
  [1.005, 1_005_000],
  [19.99, 19_990_000],
  [999_999_999.999999, 999_999_999_999_999],
  [1e9, MAX],
] as const)('%d USD are %d micro-USD', ([dollars, micros], { expect }) => {
  expect(parseUsd(dollars)).toBe(micros);
});

test.for([
  0.0000001,
  1.0000001,
  -1,
  -0.000001,
  1e9 + 0.000001,
  1e10,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '1',
  null,
  true,
])('%s is no amount', (value, { expect }) => {
  expect(parseUsd(value)).toBeNull();
});

test('every amount survives the way to JSON and back', ({ expect }) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX }), (micros) => {
      expect(parseUsd(JSON.parse(JSON.stringify(usd(micros))))).toBe(micros);
    }),
    { numRuns: 20_000, seed: 3 },
  );
});

test('scaledDecimal is exact or null', ({ expect }) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 6 }), (digits, places) => {
      const value = Number(`${digits}e-${places}`);
      expect(scaledDecimal(value, places)).toBe(BigInt(digits));
      expect(scaledDecimal(-value, places)).toBe(-BigInt(digits));
    }),
    { numRuns: 5_000, seed: 4 },
  );
  expect(scaledDecimal(0.25, 1)).toBeNull();
  expect(scaledDecimal(1e21, 2)).toBe(10n ** 23n);
});

test.for([
  [5n, 2n, 'half_up', 3n],
  [5n, 2n, 'up', 3n],
  [7n, 3n, 'half_up', 2n],
  [7n, 3n, 'up', 3n],
  [6n, 3n, 'up', 2n],
  [0n, 3n, 'up', 0n],
] as const)('%d ÷ %d rounded %s is %d', ([dividend, divisor, rounding, quotient], { expect }) => {
  expect(divide(dividend, divisor, rounding)).toBe(quotient);
});

test.for([
  [0.25, 250_000],
  [0.0000014, 1],
  [0.0000015, 2],
  [0, 0],
] as const)('a reported cost of %d USD is kept as %d micro-USD', ([dollars, micros], { expect }) => {
  expect(roundUsd(dollars)).toBe(micros);
});

test.for([-1, Number.NaN, Number.POSITIVE_INFINITY, null, undefined, '1', true])(
  '%s is no reported cost',
  (value, { expect }) => {
    expect(roundUsd(value)).toBeNull();
  },
);

test.for([1.5, Number.MAX_SAFE_INTEGER, MAX + 1, Number.NaN])('%d can not be booked', (value, { expect }) => {
  expect(isMicros(value)).toBe(false);
  expect(microsOf(value)).toBeNull();
});
