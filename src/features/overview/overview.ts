// The bookings of the last days as figures for charts: sums by day, the largest customers and models. Pure.

/** Counts, and sums in micro-USD. A job counts on the day of its settlement, an adjustment on the day of its booking. */
export type Sums = {
  jobs: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  lost: number;
  charged: number;
  adjusted: number;
  cost: number;
  loss: number;
};

export const KINDS = ['all', 'customer', 'model'] as const;
export type Kind = (typeof KINDS)[number];

/** The sums of one day and one subject; `subject` is '' for all. */
export type DaySums = Sums & { day: number; kind: Kind; subject: string };

/** The number of a day's jobs that took at least so long, but less than the next step. */
export type DayDuration = { day: number; atLeastMs: number; jobs: number };

export type Day = Sums & { day: number; p50Ms: number | null; p95Ms: number | null };

/** `subject` null: all others together. */
export type Share = Sums & { subject: string | null };

/** The number of largest subjects that are shown by name. */
const NAMED = 5;

const COUNTED = [
  'jobs',
  'succeeded',
  'failed',
  'cancelled',
  'lost',
  'charged',
  'adjusted',
  'cost',
  'loss',
] as const satisfies (keyof Sums)[];

export const NOTHING: Sums = {
  jobs: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  lost: 0,
  charged: 0,
  adjusted: 0,
  cost: 0,
  loss: 0,
};

function combine(one: Sums, other: Sums, sign: 1 | -1): Sums {
  const sums = { ...NOTHING };
  for (const name of COUNTED) {
    sums[name] = one[name] + sign * other[name];
  }
  return sums;
}

export function totalOf(rows: Sums[]): Sums {
  return rows.reduce<Sums>((sum, row) => combine(sum, row, 1), NOTHING);
}

/** One entry for each day from `first` to `last`, empty days included. */
export function daysOf(
  { sums, durations }: { sums: DaySums[]; durations: DayDuration[] },
  { first, last }: { first: number; last: number },
): Day[] {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const day = first + index;
    const took = durations.filter((one) => one.day === day);
    const ofDay = sums.filter((one) => one.day === day && one.kind === 'all');
    return { ...totalOf(ofDay), day, p50Ms: percentile(took, 0.5), p95Ms: percentile(took, 0.95) };
  });
}

/** The start of the step that holds the percentile; null: there are no jobs. */
export function percentile(took: { atLeastMs: number; jobs: number }[], share: number): number | null {
  const wanted = Math.ceil(share * took.reduce((sum, { jobs }) => sum + jobs, 0));
  let seen = 0;
  for (const { atLeastMs, jobs } of took.toSorted((one, other) => one.atLeastMs - other.atLeastMs)) {
    seen += jobs;
    if (seen >= wanted) {
      return atLeastMs;
    }
  }
  return null;
}

/** The largest subjects by charge, and the rest of `total` as one. */
export function sharesOf(sums: DaySums[], kind: Kind, total: Sums): Share[] {
  const bySubject = new Map<string, Sums>();
  for (const row of sums.filter((one) => one.kind === kind)) {
    bySubject.set(row.subject, combine(bySubject.get(row.subject) ?? NOTHING, row, 1));
  }
  const named = [...bySubject]
    .map(([subject, own]) => ({ ...own, subject }))
    .toSorted((one, other) => other.charged - one.charged || (one.subject < other.subject ? -1 : 1))
    .slice(0, NAMED);
  const rest = combine(total, totalOf(named), -1);
  const isRest = COUNTED.some((name) => rest[name] !== 0);
  return [...named, ...(isRest ? [{ ...rest, subject: null }] : [])];
}
