// How the benchmarks print numbers.

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function whole(value: number): string {
  return WHOLE.format(value);
}

/** A count or a mean: whole where it is, else with two decimals. */
export function amount(value: number): string {
  return Number.isInteger(value) ? whole(value) : value.toFixed(2);
}
