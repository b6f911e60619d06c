// On which terms a customer buys a model. Remembered for seconds, like the model, so that a submit asks no store.

import type { CustomerId } from '../../lib/ids.ts';
import type { Micros } from '../../lib/money.ts';
import type { Runtime } from '../../runtime.ts';
import type { PricingRuntime } from './memory.ts';
import { findOwnPrices } from './own-price-store.ts';
import type { Terms } from './price.ts';

type Buyer = { customerId: CustomerId; markupE4: number };
/** The id that was asked for, and the id of the model behind it, which differs for an alias. */
type Asked = { id: string; upstreamId: string };

/** The customer's mark-up, or their own price: for the id that was asked for, else for the model behind it. */
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

/** `unitMicros`: null where the customer has no price of their own. `readAtMs`: when it was asked for. */
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

/** The same for many models under their own ids; read anew. */
export async function findTermsOfEach(
  deps: Runtime,
  { customerId, markupE4 }: Buyer,
  ids: string[],
): Promise<(id: string) => Terms> {
  const own = await findOwnPrices(deps.db, customerId, ids);
  return (id) => ({ markupE4, ownUnitMicros: own.get(id) ?? null });
}
