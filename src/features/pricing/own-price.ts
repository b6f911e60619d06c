// The operator sets, deletes and lists customers' own prices.

import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import type { Change } from '../audit/store.ts';
import { noSuchCustomer } from '../customers/customer.ts';
import type { PricingRuntime } from './memory.ts';
import { deleteOwnPrice, putOwnPrice, readOwnPrices, type OwnPrice } from './own-price-store.ts';

type Place = { customer: string; modelId: string };

/** 404 without such a customer or model. */
export async function setOwnPrice(
  deps: PricingRuntime,
  price: Place & Pick<OwnPrice, 'unitMicros'>,
  change: Change,
): Promise<OwnPrice> {
  const isSet = await putOwnPrice(deps.db, price, change);
  deps.memory.ownPrices.clear();
  if (!isSet) {
    throw new Problem('not_found', 'There is no such customer, or no such model.');
  }
  return { modelId: price.modelId, unitMicros: price.unitMicros, setAtMs: change.atMs };
}

/** The customer pays list price × mark-up again. 404 without such a price. */
export async function dropOwnPrice(deps: PricingRuntime, place: Place, change: Change): Promise<void> {
  const isDropped = await deleteOwnPrice(deps.db, place, change);
  deps.memory.ownPrices.clear();
  if (!isDropped) {
    throw new Problem('not_found', 'This customer has no price of their own for this model.');
  }
}

/** A page ordered by model id; 404 without such a customer. */
export async function listOwnPrices(
  deps: Runtime,
  customer: string,
  page: { after: string; limit: number },
): Promise<OwnPrice[]> {
  const prices = await readOwnPrices(deps.db, customer, page);
  if (prices === null) {
    throw noSuchCustomer();
  }
  return prices;
}
