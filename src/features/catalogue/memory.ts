// Models that this isolate has read, so that a submit asks no store.

import { boundedCache, type BoundedCache } from '../../lib/bounded-cache.ts';
import type { Runtime } from '../../runtime.ts';
import type { Offer } from './model.ts';

type CatalogueMemory = { models: BoundedCache<Offer> };

export type CatalogueRuntime = Runtime & { memory: CatalogueMemory };

export function catalogueMemory(): CatalogueMemory {
  return { models: boundedCache(1_000, 10_000) };
}
