// Keys that this isolate has looked up.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { ShieldRuntime } from '../shield/memory.ts';
import type { Principal } from './principal.ts';

/** `lookUpAtMs`: from when on the key is looked up again behind an answer. */
type Remembered = { principal: Principal; lookUpAtMs: number };

type KeysMemory = {
  /** By text of the key. G6 allows 10 s: a read by a revoked key stops when this forgets. */
  principals: WeighedCache<Remembered>;
  /** Hashes that no live key has. */
  unknownKeys: WeighedCache<true>;
  /** Hashes that were live keys within the hour: their look-up is never held back for a neighbour of their address. */
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
