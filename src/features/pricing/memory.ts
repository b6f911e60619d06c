// Prices of customers' own that this isolate has read, so that a submit asks no store.

import { boundedCache, type BoundedCache } from '../../lib/bounded-cache.ts';
import type { Micros } from '../../lib/money.ts';
import type { Runtime } from '../../runtime.ts';

/** By customer and model; null: the customer has no price of their own. */
type PricingMemory = { ownPrices: BoundedCache<Micros | null> };

export type PricingRuntime = Runtime & { memory: PricingMemory };

export function pricingMemory(): PricingMemory {
  return { ownPrices: boundedCache(10_000, 10_000) };
}
