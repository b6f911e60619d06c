// The figures of some customers in this month, from the hours that the cron has summed.

import type { CustomerId } from '../../lib/ids.ts';
import type { Runtime } from '../../runtime.ts';
import { DAY_MS } from '../ledger/windows.ts';
import { monthOf } from '../usage/usage.ts';
import { totalOf, type Sums } from './overview.ts';
import { readDaysOf } from './store.ts';

/** By customer, for the UTC month. A customer without bookings has zeros. */
export async function listMonths({ db, clock }: Runtime, ids: CustomerId[]): Promise<Map<CustomerId, Sums>> {
  const nowMs = clock.now();
  const first = monthOf(nowMs).fromMs / DAY_MS;
  const days = Array.from({ length: Math.floor(nowMs / DAY_MS) - first + 1 }, (_, index) => first + index);
  const sums = await readDaysOf(db, days, ids);
  return new Map(ids.map((id) => [id, totalOf(sums.filter(({ subject }) => subject === id))]));
}
