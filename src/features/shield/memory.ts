// Cloudflare's rate limits, and what this isolate has counted itself.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { Runtime } from '../../runtime.ts';

/** Limit and period stand in wrangler.toml. They count by location of Cloudflare, nearly, and answer yes or no. */
type RateLimits = {
  /** By key: reads that ask D1. */
  reads: RateLimit;
  /** By network: look-ups of keys, tokens and cookies that may not exist. */
  misses: RateLimit;
  /** By key and host: questions about customers' files. */
  probes: RateLimit;
};

type ShieldMemory = {
  /** By network or key: what it named in the last minute that does not exist. */
  misses: WeighedCache<{ count: number }>;
};

export type ShieldRuntime = Runtime & { rateLimits: RateLimits; memory: ShieldMemory };

const MINUTE_MS = 60_000;

export function shieldMemory(): ShieldMemory {
  return { misses: weighedCache({ maxBytes: MIB / 4, ttlMs: MINUTE_MS }) };
}
