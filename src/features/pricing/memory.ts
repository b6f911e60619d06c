// Customers' own prices that this isolate remembers, so that a submit reads no store.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { Micros } from '../../lib/money.ts';
import type { Runtime } from '../../runtime.ts';

/** By customer and model; null: the customer has no own price. */
type PricingMemory = { ownPrices: WeighedCache<Micros | null> };

export type PricingRuntime = Runtime & { memory: PricingMemory };

export function pricingMemory(): PricingMemory {
  return { ownPrices: weighedCache({ maxBytes: MIB / 4, ttlMs: 10_000 }) };
}
