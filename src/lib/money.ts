// Money: integers of micro-USD inside, numbers of dollars with at most six decimals in JSON. No float arithmetic
// on the way: dollars are read from their decimal text, products are BigInt.

declare const brand: unique symbol;

/** An integer of micro-USD, between -MAX_MICROS and MAX_MICROS. */
export type Micros = number & { readonly [brand]: 'Micros' };

/** One billion dollars: sums of nine such amounts stay exact in a double, of nine thousand in SQLite. */
export const MAX_MICROS = 1_000_000_000_000_000;

/** Whether a value can be an amount; with `microsOf` the brand's only mint. */
export function isMicros(value: unknown): value is Micros {
  return typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) <= MAX_MICROS;
}

/** The amount, or null when it is out of range. */
export function microsOf(value: bigint | number): Micros | null {
  const number = Number(value);
  return isMicros(number) ? number : null;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** Dollars as a JSON number, 0 or more, as exact micro-USD; null for all else, more than six decimals included. */
export function parseUsd(value: unknown): Micros | null {
  return typeof value === 'number' && value >= 0 ? parseSignedUsd(value) : null;
}

/** Dollars that may be negative: a correction. */
export function parseSignedUsd(value: number): Micros | null {
  const scaled = scaledDecimal(value, 6);
  return scaled === null ? null : microsOf(scaled);
}

/** Dollars of an amount reported by others, rounded half up to whole micro-USD; null unless finite and 0 or more. */
export function roundUsd(value: unknown): Micros | null {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    return null;
  }
  const decimal = decimalOf(value);
  return decimal === null ? null : microsOf(divide(decimal.digits * 1_000_000n, decimal.divisor, 'half_up'));
}

/** Dollars for JSON. Exact: the double nearest to a whole number of micro-USD prints with at most six decimals. */
export function usd(micros: number): number {
  return micros / 1_000_000;
}

/** The same of a sum of any size: the shortest exact decimal, never with an exponent. */
export function usdText(micros: bigint): string {
  const digits = String(micros < 0n ? -micros : micros).padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  return `${micros < 0n ? '-' : ''}${digits.slice(0, -6)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** A number as its decimal text has it, exactly: digits ÷ divisor, a power of ten. */
type Decimal = { digits: bigint; divisor: bigint };

/** A decimal text, or the shortest one of a number; null for what is none. */
export function decimalOf(value: number | string): Decimal | null {
  const [, sign, whole, fraction = '', exponent = '0'] = DECIMAL.exec(String(value)) ?? [];
  if (whole === undefined) {
    return null;
  }
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const shift = BigInt(exponent) - BigInt(fraction.length);
  return shift < 0n ? { digits, divisor: 10n ** -shift } : { digits: digits * 10n ** shift, divisor: 1n };
}

/** The shortest decimal text of `value` times 10^places, or null if that is no integer. */
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
