// Medians and their intervals, percentiles, random order.

/** The value that this share (0 to 1) of the values does not exceed; NaN if there are none. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function median(values: number[]): number {
  return quantile(values, 0.5);
}

export type Interval = { low: number; high: number };

/**
 * A 95 % interval of the median by ranks: from the k-th smallest to the k-th largest value, with the largest k that the
 * binomial distribution allows. It assumes independent values, of any distribution. Fewer than six values have none: NaN.
 */
export function medianInterval(values: number[]): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  let rank = 0;
  let share = 0.5 ** values.length;
  for (let below = share; below <= 0.025; below += share) {
    share *= (values.length - rank) / (rank + 1);
    rank += 1;
  }
  return { low: sorted[rank - 1] ?? Number.NaN, high: sorted[values.length - rank] ?? Number.NaN };
}

/** The same in random order. */
export function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => [Math.random(), item] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item);
}

export function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
