import * as fc from 'fast-check';
import { test } from 'vitest';
import {
  decimalOf,
  divide,
  isMicros,
  microsOf,
  parseSignedUsd,
  parseUsd,
  roundUsd,
  scaledDecimal,
  usd,
} from '../../src/lib/money.ts';
import { randomOf, type Random } from '../support/random.ts';

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

/** Sizes from one micro-USD to a billion dollars, each as likely as the other. */
const anAmount = (random: Random) => random.int(0, 10 ** random.int(0, 15));

test('200,000 amounts survive the way to JSON and back, and print with at most six decimals', ({
  expect,
}) => {
  const wrong: unknown[] = [];
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = randomOf(seed);
      for (let n = 0; n < 1_000; n += 1) {
        const micros = anAmount(random);
        const text = JSON.stringify(usd(micros));
        const digits = String(micros).padStart(7, '0');
        const printed = `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '');
        if (parseUsd(JSON.parse(text)) !== micros || (micros >= 1 && text !== printed)) {
          wrong.push({ seed, micros, text });
        }
        const negative = -micros;
        if (micros > 0 && parseSignedUsd(JSON.parse(JSON.stringify(usd(negative)))) !== negative) {
          wrong.push({ seed, micros: negative });
        }
      }
    }),
    { numRuns: 200, seed: 3 },
  );
  expect(wrong).toEqual([]);
});

test('the last hundred thousand amounts below the largest survive too, one by one', ({ expect }) => {
  const wrong: number[] = [];
  for (let micros = MAX - 100_000; micros <= MAX; micros += 1) {
    if (parseUsd(JSON.parse(JSON.stringify(usd(micros)))) !== micros) {
      wrong.push(micros);
    }
  }
  expect(wrong).toEqual([]);
  expect(parseUsd(JSON.parse('1000000000.000001'))).toBeNull();
});

/** Half up, by the remainder: another way than the code's. */
function halfUp(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  return 2n * (numerator - whole * denominator) >= denominator ? whole + 1n : whole;
}

test('200,000 quotients and reported costs are rounded half up, or up, exactly once', ({ expect }) => {
  const wrong: unknown[] = [];
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = randomOf(seed);
      for (let n = 0; n < 1_000; n += 1) {
        const dividend = BigInt(anAmount(random)) * BigInt(anAmount(random));
        const divisor = BigInt(random.int(1, 10 ** random.int(0, 9)));
        const up = dividend % divisor === 0n ? dividend / divisor : dividend / divisor + 1n;
        const isExact =
          divide(dividend, divisor, 'half_up') === halfUp(dividend, divisor) &&
          divide(dividend, divisor, 'up') === up;
        // A cost of up to 15 digits, which a double holds exactly, with 0 to 18 decimals.
        const [digits, places] = [random.int(0, 10 ** random.int(0, 15) - 1), random.int(0, 18)];
        const cost = halfUp(BigInt(digits) * 1_000_000n, 10n ** BigInt(places));
        const reported = roundUsd(Number(`${digits}e-${places}`));
        if (!isExact || reported !== (cost <= BigInt(MAX) ? Number(cost) : null)) {
          wrong.push({ seed, dividend, divisor, digits, places, cost, reported });
        }
      }
    }),
    { numRuns: 200, seed: 6 },
  );
  expect(wrong).toEqual([]);
});

test.for([
  ['0.1', 1n, 10n],
  ['007.50', 750n, 100n],
  [1e-7, 1n, 10_000_000n],
  [1.5e-7, 15n, 100_000_000n],
  [-2.5, -25n, 10n],
  [1e21, 10n ** 21n, 1n],
  [5e-324, 5n, 10n ** 324n],
  ['123456789.123000001', 123456789123000001n, 10n ** 9n],
] as const)('%s is %d ÷ %d', ([value, digits, divisor], { expect }) => {
  expect(decimalOf(value)).toEqual({ digits, divisor });
});

test.for([Number.NaN, Number.POSITIVE_INFINITY, '', 'auto', '0x1', '1,5', ' 1'])(
  '%j is no decimal',
  (value, { expect }) => {
    expect(decimalOf(value)).toBeNull();
  },
);

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
  // Rounded to nanodollars first, this would be 2.
  [0.0000014999999996, 1],
  [0.0000004999999999, 0],
  [5e-324, 0],
  [1e9, MAX],
  [0, 0],
] as const)('a reported cost of %d USD is kept as %d micro-USD', ([dollars, micros], { expect }) => {
  expect(roundUsd(dollars)).toBe(micros);
});

test.for([-1, 1e9 + 1, 1e300, Number.NaN, Number.POSITIVE_INFINITY, null, undefined, '1', true])(
  '%s is no reported cost',
  (value, { expect }) => {
    expect(roundUsd(value)).toBeNull();
  },
);

test.for([1.5, Number.MAX_SAFE_INTEGER, MAX + 1, Number.NaN])('%d can not be booked', (value, { expect }) => {
  expect(isMicros(value)).toBe(false);
  expect(microsOf(value)).toBeNull();
});
