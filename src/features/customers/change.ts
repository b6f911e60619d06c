// The operator changes a customer: name, terms, limits, or whether the customer is served at all.

import type { Change } from '../audit/store.ts';
import type { KeysRuntime } from '../keys/memory.ts';
import { externalIdTaken, noAccountToPin, noSuchCustomer, type Customer } from './customer.ts';
import { patchCustomer, type CustomerPatch } from './store.ts';

/** 404, 409 when another customer has the external id, or 422 where there is no such account to pin to. */
export async function changeCustomer(
  deps: KeysRuntime,
  id: string,
  { patch, change }: { patch: CustomerPatch; change: Change },
): Promise<Customer> {
  const customer = await patchCustomer(deps.db, id, { patch, change });
  // Status, mark-up and LoRA names are remembered with each of the customer's keys.
  deps.memory.principals.clear();
  if (customer === 'missing') {
    throw noSuchCustomer();
  }
  if (customer === 'taken') {
    throw externalIdTaken();
  }
  if (customer === 'no account') {
    throw noAccountToPin();
  }
  return customer;
}
