// On which terms a customer buys a model. Remembered for seconds, like the model, so that a submit asks no store.

import type { Deps } from '../../deps.ts';
import type { Principal } from '../keys/principal.ts';
import { findOwnPrices } from '../pricing/own-price-store.ts';
import type { Offer } from '../catalogue/model.ts';
import type { Terms } from '../pricing/price.ts';

type Buyer = Pick<Principal, 'customerId' | 'markupE4'>;

/** The customer's mark-up, or their own price: for the id that was asked for, else for the model behind it. */
export async function findTerms(deps: Deps, buyer: Buyer, offer: Offer): Promise<Terms> {
  const { ownPrices } = deps.memory;
  const name = `${buyer.customerId} ${offer.id}`;
  const nowMs = deps.clock.now();
  const remembered = ownPrices.get(name, nowMs);
  if (remembered !== undefined) {
    return { markupE4: buyer.markupE4, ownUnitMicros: remembered };
  }
  const found = await findOwnPrices(deps.db, buyer.customerId, [offer.id, offer.upstreamId]);
  const ownUnitMicros = found.get(offer.id) ?? found.get(offer.upstreamId) ?? null;
  ownPrices.set(name, ownUnitMicros, nowMs);
  return { markupE4: buyer.markupE4, ownUnitMicros };
}
