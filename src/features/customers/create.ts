// The operator makes a customer.

import { newId, type CustomerId } from '../../lib/ids.ts';
import type { Runtime } from '../../runtime.ts';
import type { Creation } from '../audit/store.ts';
import { externalIdTaken, type Customer } from './customer.ts';
import { insertCustomer, type CustomerPatch } from './store.ts';

export type CustomerRequest = CustomerPatch & { name: string };

/** 409 when another customer has the external id. */
export async function createCustomer(
  deps: Runtime,
  request: CustomerRequest,
  creation: Creation,
): Promise<Customer> {
  const id: CustomerId = newId('cus');
  const customer = await insertCustomer(deps.db, { ...request, id }, { ...creation, object: id });
  if (customer === 'taken') {
    throw externalIdTaken();
  }
  return customer;
}
