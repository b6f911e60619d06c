// Makes the roll-ups of usage anew from jobs and ledger, for the operator, and checks the books after that.

import type { Creation } from '../audit/store.ts';
import { getCustomer } from '../customers/read.ts';
import { checkLedger } from '../ledger/check.ts';
import type { Difference } from '../ledger/recount-store.ts';
import type { Runtime } from '../../runtime.ts';
import { rebuildRollUps } from './booked-store.ts';

/** Of one customer, or of all where `customer` is null; returns what does not add up even so. 404 for no customer. */
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
