// Prices of customers' own that this isolate has read, so that a submit asks no store.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { Micros } from '../../lib/money.ts';
import type { Runtime } from '../../runtime.ts';

/** By customer and model; null: the customer has no price of their own. */
type PricingMemory = { ownPrices: WeighedCache<Micros | null> };

export type PricingRuntime = Runtime & { memory: PricingMemory };

export function pricingMemory(): PricingMemory {
  return { ownPrices: weighedCache({ maxBytes: MIB / 4, ttlMs: 10_000 }) };
}
