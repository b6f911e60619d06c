// Lists of keys for the operator.

import type { Runtime } from '../../runtime.ts';
import type { Found, Page } from '../../storage/page.ts';
import { noSuchCustomer } from '../customers/customer.ts';
import { keyHint, type Key } from './key.ts';
import { readAllKeys, readKeys, type KeyFilter } from './store.ts';

/** A page, oldest first; 404 without such a customer. */
export async function listKeys(deps: Runtime, customer: string, page: Page): Promise<Key[]> {
  const keys = await readKeys(deps.db, customer, page);
  if (keys === null) {
    throw noSuchCustomer();
  }
  return keys;
}

/** A page of all customers' keys that match. The hint may come without its ellipsis. */
export function listAllKeys(deps: Runtime, filter: KeyFilter, page: Page): Promise<Found<Key>> {
  const hint = filter.hint === null ? null : keyHint(filter.hint);
  return readAllKeys(deps.db, { ...filter, hint }, { ...page, nowMs: deps.clock.now() });
}
