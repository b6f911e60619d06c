// The check of the books, for the operator: stored figures that differ from those of the ledger.

import type { Runtime } from '../../runtime.ts';
import { recount, type Difference } from './recount-store.ts';

/** The differences of one customer, or of all where `customer` is null. Empty: everything adds up. */
export function checkLedger(deps: Runtime, customer: string | null): Promise<Difference[]> {
  return recount(deps.db, customer);
}
