// What Cloudflare counts, and the arithmetic on it: use, allowances and money. Money is integers of micro-USD; the one
// rounding is in `microsFor`, half up, of the whole use of one meter.

/** In the order in which the tables show them. CPU is in milliseconds, all others are counts. */
export const METERS = [
  'requests',
  'cpuMs',
  'rowsRead',
  'rowsWritten',
  'kvReads',
  'kvWrites',
  'logEvents',
] as const;

export type Meter = (typeof METERS)[number];

/** How much of each meter something uses; means are not whole numbers. */
export type Usage = Record<Meter, number>;

export type Price = {
  usdPerMillion: number;
  includedPerMonth: number;
  /** Null: the free plan has no daily allowance for it. */
  freePerDay: number | null;
};
export type Prices = Record<Meter, Price>;

export type Part = { usage: Usage; times: number };

/** A record with what `of` says of each meter. */
export function eachMeter<T>(of: (meter: Meter) => T): Record<Meter, T> {
  return {
    requests: of('requests'),
    cpuMs: of('cpuMs'),
    rowsRead: of('rowsRead'),
    rowsWritten: of('rowsWritten'),
    kvReads: of('kvReads'),
    kvWrites: of('kvWrites'),
    logEvents: of('logEvents'),
  };
}

export function total(parts: Part[]): Usage {
  return eachMeter((meter) => parts.reduce((sum, { usage, times }) => sum + usage[meter] * times, 0));
}

/** Micro-USD for so much of a meter, where nothing of it is included. */
function microsFor(units: number, { usdPerMillion }: Price): number {
  const microsPerMillion = Math.round(usdPerMillion * 1e6);
  return Math.round((units * microsPerMillion) / 1e6);
}

/** What a million of something cost beyond what a plan includes, by meter, in micro-USD. */
export function millionMicros(usage: Usage, prices: Prices): Record<Meter, number> {
  return eachMeter((meter) => microsFor(usage[meter] * 1e6, prices[meter]));
}

export function sumMicros(micros: Record<Meter, number>): number {
  return METERS.reduce((sum, meter) => sum + micros[meter], 0);
}

/** A month's bill in micro-USD: the plan, and of each meter what goes beyond its own allowance. */
export function monthMicros(usage: Usage, prices: Prices, planUsd: number): number {
  const beyond = METERS.map((meter) =>
    microsFor(Math.max(0, usage[meter] - prices[meter].includedPerMonth), prices[meter]),
  );
  return beyond.reduce((sum, micros) => sum + micros, Math.round(planUsd * 1e6));
}

/** How many fit into an allowance of which `taken` is gone; null: however many. */
export function fitting(allowance: number | null, each: number, taken: number): number | null {
  return allowance === null || each === 0 ? null : Math.max(0, Math.floor((allowance - taken) / each));
}

export type Fit = { meter: Meter; count: number };

/** The meter whose allowance is used up first, and how many fit until then; null: none ever is. */
export function firstUsedUp(counts: Record<Meter, number | null>): Fit | null {
  const fits = METERS.flatMap((meter): Fit[] => {
    const count = counts[meter];
    return count === null ? [] : [{ meter, count }];
  });
  return fits.toSorted((a, b) => a.count - b.count)[0] ?? null;
}
