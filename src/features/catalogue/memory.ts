// Models that this isolate remembers, so that a submit reads no store.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { Runtime } from '../../runtime.ts';
import type { Offer } from './model.ts';

type CatalogueMemory = { models: WeighedCache<Offer> };

export type CatalogueRuntime = Runtime & { memory: CatalogueMemory };

export function catalogueMemory(): CatalogueMemory {
  return { models: weighedCache({ maxBytes: 1.5 * MIB, ttlMs: 10_000 }) };
}
