// Facts about customers' files that this isolate has learnt, and how often it may ask for more.

import { boundedCache, type BoundedCache } from '../../lib/bounded-cache.ts';
import type { ShieldRuntime } from '../shield/memory.ts';
import type { RememberedFacts } from './facts.ts';

type MediaMemory = {
  /** By URL. */
  media: BoundedCache<RememberedFacts>;
  /** By key and host: questions that accepted submits have given back. */
  paidProbes: BoundedCache<{ left: number }>;
};

export type MediaRuntime = ShieldRuntime & { memory: MediaMemory };

const TTL_MS = 5 * 60_000;
const PAID_MS = 60_000;

export function mediaMemory(): MediaMemory {
  return { media: boundedCache(2_000, TTL_MS), paidProbes: boundedCache(10_000, PAID_MS) };
}
