// The check of the books, for the operator: what is stored and is not what the ledger says.

import type { Runtime } from '../../runtime.ts';
import { recount, type Difference } from './recount-store.ts';

/** Of one customer, or of all where `customer` is null. Empty: everything adds up. */
export function checkLedger(deps: Runtime, customer: string | null): Promise<Difference[]> {
  return recount(deps.db, customer);
}
