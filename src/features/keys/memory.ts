// Keys that this isolate has looked up.

import { boundedCache, type BoundedCache } from '../../lib/bounded-cache.ts';
import type { ShieldRuntime } from '../shield/memory.ts';
import type { Principal } from './principal.ts';

type KeysMemory = {
  /** By text of the key. G6 allows 10 s: a read by a revoked key stops when this forgets. */
  principals: BoundedCache<Principal>;
  /** Hashes that no live key has. */
  unknownKeys: BoundedCache<true>;
  /** Hashes that were live keys within the hour: their look-up is never held back for a neighbour of their address. */
  seenKeys: BoundedCache<true>;
};

export type KeysRuntime = ShieldRuntime & { memory: KeysMemory };

export function keysMemory(): KeysMemory {
  return {
    principals: boundedCache(10_000, 10_000),
    unknownKeys: boundedCache(10_000, 5_000),
    seenKeys: boundedCache(10_000, 3_600_000),
  };
}
