// The operator makes a customer.

import { newId, type CustomerId } from '../../lib/ids.ts';
import type { Runtime } from '../../runtime.ts';
import type { Creation } from '../audit/store.ts';
import { externalIdTaken, noAccountToPin, type Customer } from './customer.ts';
import { insertCustomer, type CustomerPatch } from './store.ts';

export type CustomerRequest = CustomerPatch & { name: string };

/** 409 when another customer has the external id, 422 where there is no such account to pin to. */
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
  if (customer === 'no account') {
    throw noAccountToPin();
  }
  return customer;
}
