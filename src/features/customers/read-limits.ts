// The use of a customer's limits, for the operator.

import type { ProblemLimit } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import { readLimitUse } from '../ledger/limit-use.ts';
import { getCustomer } from './read.ts';

/** 404 without such a customer. */
export async function getCustomerLimits(deps: Runtime, id: string): Promise<ProblemLimit[]> {
  const customer = await getCustomer(deps, id);
  return readLimitUse(deps, { scope: 'customer', customerId: customer.id });
}
