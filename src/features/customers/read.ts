// Reads customers for the operator.

import type { Runtime } from '../../runtime.ts';
import type { Found, Page } from '../../storage/page.ts';
import { noSuchCustomer, type Customer } from './customer.ts';
import { readCustomers, type CustomerFilter } from './list-store.ts';
import { findCustomer } from './store.ts';

/** 404 without such a customer. */
export async function getCustomer(deps: Runtime, id: string): Promise<Customer> {
  const customer = await findCustomer(deps.db, id);
  if (customer === null) {
    throw noSuchCustomer();
  }
  return customer;
}

/** A page of the customers that match. */
export function listCustomers(deps: Runtime, filter: CustomerFilter, page: Page): Promise<Found<Customer>> {
  return readCustomers(deps.db, filter, page);
}
