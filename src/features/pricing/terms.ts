// The terms on which a customer buys a model. They are remembered for seconds, like the model, so that a submit reads no
// store.

import type { CustomerId } from '../../lib/ids.ts';
import type { Micros } from '../../lib/money.ts';
import type { Runtime } from '../../runtime.ts';
import type { PricingRuntime } from './memory.ts';
import { findOwnPrices } from './own-price-store.ts';
import type { Terms } from './price.ts';

type Buyer = { customerId: CustomerId; markupE4: number };
/** The id in the call, and the id of its model, which differs for an alias. */
type Asked = { id: string; upstreamId: string };

/** The customer's mark-up and own price. An own price of the id in the call has precedence over one of its model. */
export async function findTerms(deps: PricingRuntime, buyer: Buyer, offer: Asked): Promise<Terms> {
  const { ownPrices } = deps.memory;
  const name = nameOf(buyer, offer.id);
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

/** `unitMicros` null: the customer has no own price. `readAtMs`: when the read was started. */
export function rememberOwnPrice(
  deps: PricingRuntime,
  { buyer, modelId, unitMicros }: { buyer: Buyer; modelId: string; unitMicros: Micros | null },
  readAtMs: number,
): void {
  deps.memory.ownPrices.set(nameOf(buyer, modelId), unitMicros, readAtMs);
}

function nameOf({ customerId }: Buyer, modelId: string): string {
  return `${customerId} ${modelId}`;
}

/** The terms of many models, read from D1. */
export async function findTermsOfEach(
  deps: Runtime,
  { customerId, markupE4 }: Buyer,
  ids: string[],
): Promise<(id: string) => Terms> {
  const own = await findOwnPrices(deps.db, customerId, ids);
  return (id) => ({ markupE4, ownUnitMicros: own.get(id) ?? null });
}
