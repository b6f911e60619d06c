// Cloudflare's rate limits, and the misses that this isolate has counted.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { Runtime } from '../../runtime.ts';

/** wrangler.toml sets limit and period. Counts are approximate and per location of Cloudflare; the answer is yes or no. */
type RateLimits = {
  /** By key: reads that reach D1. */
  reads: RateLimit;
  /** By network: look-ups of keys, tokens and cookies. */
  misses: RateLimit;
  /** By key and host: requests for customers' files. */
  probes: RateLimit;
};

type ShieldMemory = {
  /** By network or key: its misses in the last minute, which named a key, token, cookie or job that does not exist. */
  misses: WeighedCache<{ count: number }>;
};

export type ShieldRuntime = Runtime & { rateLimits: RateLimits; memory: ShieldMemory };

const MINUTE_MS = 60_000;

export function shieldMemory(): ShieldMemory {
  return { misses: weighedCache({ maxBytes: MIB / 4, ttlMs: MINUTE_MS }) };
}
