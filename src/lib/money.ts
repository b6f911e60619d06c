// Money: integers of micro-USD inside, dollars with at most six decimals in JSON. No float arithmetic: dollars are
// parsed from decimal text, products are BigInt.

declare const brand: unique symbol;

/** An integer of micro-USD, between -MAX_MICROS and MAX_MICROS. */
export type Micros = number & { readonly [brand]: 'Micros' };

/** One billion dollars: sums of nine such amounts stay exact in a double, of nine thousand in SQLite. */
export const MAX_MICROS = 1_000_000_000_000_000;

/** Checks that a value can be an amount. Only this and `microsOf` create the brand. */
export function isMicros(value: unknown): value is Micros {
  return typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) <= MAX_MICROS;
}

/** The amount, or null if out of range. */
export function microsOf(value: bigint | number): Micros | null {
  const number = Number(value);
  return isMicros(number) ? number : null;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** Exact micro-USD of dollars (a JSON number, 0 or more). Null for anything else, such as more than six decimals. */
export function parseUsd(value: unknown): Micros | null {
  return typeof value === 'number' && value >= 0 ? parseSignedUsd(value) : null;
}

/** The same for a correction, which can be negative. */
export function parseSignedUsd(value: number): Micros | null {
  const scaled = scaledDecimal(value, 6);
  return scaled === null ? null : microsOf(scaled);
}

/** Micro-USD of an amount that RunComfy reports, rounded half up. Null unless finite and 0 or more. */
export function roundUsd(value: unknown): Micros | null {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    return null;
  }
  const decimal = decimalOf(value);
  return decimal === null ? null : microsOf(divide(decimal.digits * 1_000_000n, decimal.divisor, 'half_up'));
}

/** Dollars for JSON. Exact: a double nearest to a whole number of micro-USD prints with at most six decimals. */
export function usd(micros: number): number {
  return micros / 1_000_000;
}

/** The same for a sum of any size: the shortest exact decimal, without an exponent. */
export function usdText(micros: bigint): string {
  const digits = String(micros < 0n ? -micros : micros).padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  return `${micros < 0n ? '-' : ''}${digits.slice(0, -6)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** An exact decimal: digits ÷ divisor, a power of ten. */
type Decimal = { digits: bigint; divisor: bigint };

/** Parses a decimal text, or the shortest text of a number. Null if it is neither. */
export function decimalOf(value: number | string): Decimal | null {
  const [, sign, whole, fraction = '', exponent = '0'] = DECIMAL.exec(String(value)) ?? [];
  if (whole === undefined) {
    return null;
  }
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const shift = BigInt(exponent) - BigInt(fraction.length);
  return shift < 0n ? { digits, divisor: 10n ** -shift } : { digits: digits * 10n ** shift, divisor: 1n };
}

/** `value` × 10^places, or null if that is not an integer. */
export function scaledDecimal(value: number, places: number): bigint | null {
  const decimal = decimalOf(value);
  if (decimal === null) {
    return null;
  }
  const scaled = decimal.digits * 10n ** BigInt(places);
  return scaled % decimal.divisor === 0n ? scaled / decimal.divisor : null;
}

/** `dividend` ÷ `divisor`, both 0 or more, rounded once. */
export function divide(dividend: bigint, divisor: bigint, rounding: 'half_up' | 'up'): bigint {
  return (dividend + (rounding === 'up' ? divisor - 1n : divisor / 2n)) / divisor;
}
