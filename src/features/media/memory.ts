// Facts about customers' files that this isolate has learnt.

import { boundedCache, type BoundedCache } from '../../lib/bounded-cache.ts';
import type { Runtime } from '../../runtime.ts';
import type { RememberedFacts } from './facts.ts';

/** By URL. */
type MediaMemory = { media: BoundedCache<RememberedFacts> };

export type MediaRuntime = Runtime & { memory: MediaMemory };

const TTL_MS = 5 * 60_000;

export function mediaMemory(): MediaMemory {
  return { media: boundedCache(2_000, TTL_MS) };
}
