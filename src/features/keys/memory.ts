// The keys that this isolate has looked up.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { ShieldRuntime } from '../shield/memory.ts';
import type { Principal } from './principal.ts';

/** `lookUpAtMs`: a call after this instant renews the entry behind its answer. */
type Remembered = { principal: Principal; lookUpAtMs: number };

type KeysMemory = {
  /** By the key's text. A revoked key can read until its entry expires; G6 allows 10 s. */
  principals: WeighedCache<Remembered>;
  /** Hashes without a live key. */
  unknownKeys: WeighedCache<true>;
  /** Hashes of live keys of the last hour. The rate limit of their address, which others may share, does not apply to them. */
  seenKeys: WeighedCache<true>;
};

export type KeysRuntime = ShieldRuntime & { memory: KeysMemory };

export function keysMemory(): KeysMemory {
  return {
    principals: weighedCache({ maxBytes: 0.75 * MIB, ttlMs: 10_000 }),
    unknownKeys: weighedCache({ maxBytes: MIB / 4, ttlMs: 5_000 }),
    seenKeys: weighedCache({ maxBytes: MIB / 4, ttlMs: 3_600_000 }),
  };
}
