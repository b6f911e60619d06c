// How the benchmarks print numbers.

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function whole(value: number): string {
  return WHOLE.format(value);
}

/** A whole number as it is, any other with two decimals. */
export function amount(value: number): string {
  return Number.isInteger(value) ? whole(value) : value.toFixed(2);
}
