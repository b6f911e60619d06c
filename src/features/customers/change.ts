// The operator changes customers: their name, terms, limits, plan and status.

import type { Change, Creation } from '../audit/store.ts';
import type { KeysRuntime } from '../keys/memory.ts';
import { noPlanToJoin } from '../plans/plan.ts';
import type { Problem } from '../../lib/problem.ts';
import {
  externalIdTaken,
  noAccountToPin,
  noSuchCustomer,
  noSuchCustomers,
  type Customer,
} from './customer.ts';
import { patchCustomers, type CustomerPatch, type Terms, type Unwritten } from './store.ts';

/** 404 without such a customer, 409 if another customer has the external id, 422 without such an account or plan. */
export async function changeCustomer(
  deps: KeysRuntime,
  id: string,
  { patch, change: { object: _object, ...change } }: { patch: CustomerPatch; change: Change },
): Promise<Customer> {
  const { customers, refused } = await write(deps, [id], { patch, change });
  const [customer] = customers;
  if (refused?.why === 'missing' || customer === undefined) {
    throw refused === null || refused.why === 'missing' ? noSuchCustomer() : problemOf(refused);
  }
  return customer;
}

/** Changes all of these customers or none, with an audit entry for each. Refuses as above. */
export async function changeCustomers(
  deps: KeysRuntime,
  ids: string[],
  { patch, change }: { patch: Terms; change: Creation },
): Promise<Customer[]> {
  const { customers, refused } = await write(deps, ids, { patch, change });
  if (refused !== null) {
    throw problemOf(refused);
  }
  return customers;
}

async function write(
  deps: KeysRuntime,
  ids: string[],
  more: { patch: CustomerPatch; change: Creation },
): Promise<{ customers: Customer[]; refused: Unwritten | null }> {
  const written = await patchCustomers(deps.db, ids, more);
  // A remembered key carries its customer's status, mark-up, models and LoRA names.
  deps.memory.principals.clear();
  return 'why' in written ? { customers: [], refused: written } : { customers: written, refused: null };
}

export function problemOf(refused: Unwritten): Problem {
  switch (refused.why) {
    case 'missing':
      return noSuchCustomers(refused.ids);
    case 'taken':
      return externalIdTaken();
    case 'no account':
      return noAccountToPin();
    case 'no plan':
      return noPlanToJoin();
  }
}
