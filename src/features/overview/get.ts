// The figures of the last days for the operator: the sums that the cron has made, and the bookings since.

import type { Runtime } from '../../runtime.ts';
import { DAY_MS } from '../ledger/windows.ts';
import { daysOf, sharesOf, totalOf, type Day, type Share, type Sums } from './overview.ts';
import { readDays, readNames, readSummedTo, readTail } from './store.ts';

export type Overview = {
  days: Day[];
  total: Sums;
  customers: Share[];
  models: Share[];
  /** Names of the customers, by id. */
  names: Map<string, string>;
  /** The figures include everything that was settled before. */
  untilMs: number;
};

/** The last `days` days in UTC, today as the last of them. */
export async function getOverview({ db, clock }: Runtime, days: number): Promise<Overview> {
  const nowMs = clock.now();
  const last = Math.floor(nowMs / DAY_MS);
  const first = last - days + 1;
  const summedToMs = await readSummedTo(db);
  const fromMs = Math.max(summedToMs, first * DAY_MS);
  const list = Array.from({ length: days }, (_, index) => first + index);
  const [summed, tail] = await Promise.all([readDays(db, list), readTail(db, { fromMs, toMs: nowMs + 1 })]);
  const found = {
    sums: [...summed.sums, ...(tail?.sums ?? [])],
    durations: [...summed.durations, ...(tail?.durations ?? [])],
  };
  const byDay = daysOf(found, { first, last });
  const total = totalOf(byDay);
  const customers = sharesOf(found.sums, 'customer', total);
  return {
    days: byDay,
    total,
    customers,
    models: sharesOf(found.sums, 'model', total),
    names: await readNames(
      db,
      customers.flatMap(({ subject }) => subject ?? []),
    ),
    untilMs: tail === null ? summedToMs : nowMs,
  };
}
