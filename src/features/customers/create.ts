// The operator creates a customer. Absent fields come from the plan, else from the defaults of the settings.

import { newId, type CustomerId } from '../../lib/ids.ts';
import type { Runtime } from '../../runtime.ts';
import type { Creation } from '../audit/store.ts';
import { problemOf } from './change.ts';
import type { Customer } from './customer.ts';
import { insertCustomer, type CustomerPatch } from './store.ts';

export type CustomerRequest = CustomerPatch & { name: string };

/** 409 if another customer has the external id, 422 without such an account or plan. */
export async function createCustomer(
  deps: Runtime,
  request: CustomerRequest,
  creation: Creation,
): Promise<Customer> {
  const id: CustomerId = newId('cus');
  const customer = await insertCustomer(deps.db, { ...request, id }, { ...creation, object: id });
  if ('why' in customer) {
    throw problemOf(customer);
  }
  return customer;
}
