// Facts about customers' files that this isolate remembers, and the probes that keys have saved up.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { ShieldRuntime } from '../shield/memory.ts';
import type { RememberedFacts } from './facts.ts';

type MediaMemory = {
  /** By URL. */
  media: WeighedCache<RememberedFacts>;
  /** By key and host: the probes that accepted submits have returned. */
  paidProbes: WeighedCache<{ left: number }>;
};

export type MediaRuntime = ShieldRuntime & { memory: MediaMemory };

const TTL_MS = 5 * 60_000;
const PAID_MS = 60_000;

export function mediaMemory(): MediaMemory {
  return {
    media: weighedCache({ maxBytes: MIB / 4, ttlMs: TTL_MS }),
    paidProbes: weighedCache({ maxBytes: MIB / 4, ttlMs: PAID_MS }),
  };
}
