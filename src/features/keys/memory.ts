// Keys that this isolate has looked up.

import { boundedCache, type BoundedCache } from '../../lib/bounded-cache.ts';
import type { Runtime } from '../../runtime.ts';
import type { Principal } from './principal.ts';

type KeysMemory = {
  /** By text of the key. G6 allows 10 s: a read by a revoked key stops when this forgets. */
  principals: BoundedCache<Principal>;
  /** Texts of keys that were looked up a moment ago. */
  fresh: BoundedCache<true>;
  /** Hashes that no live key has. */
  unknownKeys: BoundedCache<true>;
};

export type KeysRuntime = Runtime & { memory: KeysMemory };

export function keysMemory(): KeysMemory {
  return {
    principals: boundedCache(10_000, 10_000),
    fresh: boundedCache(10_000, 5_000),
    unknownKeys: boundedCache(10_000, 5_000),
  };
}
