// Usage: the sums of what was booked in a period. An amount counts at the instant of its booking, so a past period never
// changes: a later correction counts in a later period. Pure.

import { DAY_MS } from '../ledger/windows.ts';

export const GROUPS = ['customer', 'key', 'model', 'day', 'end_user'] as const;
export type Group = (typeof GROUPS)[number];

/** The groups that the roll-up of end users has. */
export const GROUPS_OF_END_USERS: readonly Group[] = ['customer', 'day', 'end_user'];

/** From `fromMs` (inclusive) to `toMs` (exclusive): whole UTC days. */
export type Period = { fromMs: number; toMs: number };

/** Days of one report. */
export const MAX_DAYS = 366;

/** Rows of one report. */
export const MAX_ROWS = 10_000;

/** Sums of micro-USD as BigInt: they may exceed what a number holds exactly. */
export type Usage = {
  /** Settled jobs. A refused job costs nothing and is not counted. */
  jobs: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  lost: number;
  charged: bigint;
  /** Adjustments in the customer's favour; negative: against them. */
  adjusted: bigint;
  cost: bigint;
  /** The part of the cost that no customer is charged. */
  loss: bigint;
};

/** Null: not grouped by this. `day` counts days since 1970 UTC. */
export type UsageRow = Usage & {
  customer: string | null;
  key: string | null;
  model: string | null;
  day: number | null;
  end_user: string | null;
};

/** Holds of the jobs that are open now, whatever the period. */
export type OpenHolds = { jobs: number; held: bigint };

export type UsageReport = { rows: UsageRow[]; open: OpenHolds };

/** The UTC calendar month of an instant. */
export function monthOf(ms: number): Period {
  const date = new Date(ms);
  const month = (offset: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset, 1);
  return { fromMs: month(0), toMs: month(1) };
}

/** The UTC day of an instant. */
export function dayOf(ms: number): Period {
  const fromMs = ms - (ms % DAY_MS);
  return { fromMs, toMs: fromMs + DAY_MS };
}

/** In days since 1970 UTC. */
export function daysOf({ fromMs, toMs }: Period): number[] {
  return Array.from({ length: (toMs - fromMs) / DAY_MS }, (_, index) => fromMs / DAY_MS + index);
}

export function totalOf(rows: Usage[]): Usage {
  const total: Usage = {
    jobs: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    lost: 0,
    charged: 0n,
    adjusted: 0n,
    cost: 0n,
    loss: 0n,
  };
  for (const row of rows) {
    total.jobs += row.jobs;
    total.succeeded += row.succeeded;
    total.failed += row.failed;
    total.cancelled += row.cancelled;
    total.lost += row.lost;
    total.charged += row.charged;
    total.adjusted += row.adjusted;
    total.cost += row.cost;
    total.loss += row.loss;
  }
  return total;
}

export function marginOf({ charged, adjusted, cost }: Usage): bigint {
  return charged - adjusted - cost;
}

/** The UTC day as YYYY-MM-DD. */
export function showDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
