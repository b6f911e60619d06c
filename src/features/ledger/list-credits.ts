// The credits and adjustments of one customer, for the operator.

import type { Runtime } from '../../runtime.ts';
import { noSuchCustomer } from '../customers/customer.ts';
import { findCustomer } from '../customers/store.ts';
import { listOperations } from './credit-store.ts';
import type { Booked } from './credit.ts';

/** A page, newest first; 404 without such a customer. */
export async function listCredits(
  deps: Runtime,
  customerId: string,
  page: { beforeMs: number; beforeId: string; limit: number },
): Promise<Booked[]> {
  const [customer, credits] = await Promise.all([
    findCustomer(deps.db, customerId),
    listOperations(deps.db, customerId, page),
  ]);
  if (customer === null) {
    throw noSuchCustomer();
  }
  return credits;
}
