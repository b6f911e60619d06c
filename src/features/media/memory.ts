// Facts about customers' files that this isolate has learnt.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { Runtime } from '../../runtime.ts';
import type { RememberedFacts } from './facts.ts';

/** By URL. */
type MediaMemory = { media: WeighedCache<RememberedFacts> };

export type MediaRuntime = Runtime & { memory: MediaMemory };

const TTL_MS = 5 * 60_000;

export function mediaMemory(): MediaMemory {
  return { media: weighedCache({ maxBytes: MIB / 4, ttlMs: TTL_MS }) };
}
