// Rebuilds the roll-ups of usage from jobs and ledger, then checks the books.

import type { Creation } from '../audit/store.ts';
import { getCustomer } from '../customers/read.ts';
import { checkLedger } from '../ledger/check.ts';
import type { Difference } from '../ledger/recount-store.ts';
import type { Runtime } from '../../runtime.ts';
import { rebuildRollUps } from './booked-store.ts';

/** `customer` null: all. Returns the differences that are left. 404 without such a customer. */
export async function rebuildUsage(
  deps: Runtime,
  customer: string | null,
  creation: Creation,
): Promise<Difference[]> {
  if (customer !== null) {
    await getCustomer(deps, customer);
  }
  await rebuildRollUps(deps.db, customer, { ...creation, object: customer ?? 'usage' });
  return checkLedger(deps, customer);
}
