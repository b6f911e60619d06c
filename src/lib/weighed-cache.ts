// Isolate memory: a map that weighs at most so many bytes, and whose entries have an age. It may forget at any time, so
// nothing relies on it.

import { weightOf } from './weight.ts';

export const MIB = 2 ** 20;

type Entry<V> = { value: V; bytes: number; expiresAtMs: number };

export type WeighedCache<V> = {
  get: (key: string, nowMs: number) => V | undefined;
  set: (key: string, value: V, nowMs: number) => void;
  delete: (key: string) => void;
  clear: () => void;
  /** What its entries weigh, and what they may. */
  bytes: () => number;
  maxBytes: number;
};

type Bounds<V> = { maxBytes: number; ttlMs: number; weigh?: (value: V) => number };

/** The entry itself, its place in the map, its instant. */
const ENTRY_BYTES = 96;

/**
 * Entries weigh at most `maxBytes` together; those that nobody has read for longest leave first, and one that is heavier
 * than all of it is not kept. An entry is not found from `ttlMs` on, and leaves as others are set.
 */
export function weighedCache<V>({ maxBytes, ttlMs, weigh = weightOf }: Bounds<V>): WeighedCache<V> {
  /** In the order in which they were last read. */
  const entries = new Map<string, Entry<V>>();
  let bytes = 0;
  let sweepAtMs = 0;

  function remove(key: string, entry: Entry<V>): void {
    entries.delete(key);
    bytes -= entry.bytes;
  }

  function sweep(nowMs: number): void {
    sweepAtMs = nowMs + ttlMs;
    for (const [key, entry] of entries) {
      if (entry.expiresAtMs <= nowMs) {
        remove(key, entry);
      }
    }
  }

  function makeRoom(): void {
    for (const [key, entry] of entries) {
      if (bytes <= maxBytes) {
        return;
      }
      remove(key, entry);
    }
  }

  return {
    get(key, nowMs) {
      const entry = entries.get(key);
      if (entry === undefined) {
        return undefined;
      }
      if (entry.expiresAtMs <= nowMs) {
        remove(key, entry);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, nowMs) {
      const before = entries.get(key);
      if (before !== undefined) {
        remove(key, before);
      }
      if (nowMs >= sweepAtMs) {
        sweep(nowMs);
      }
      const weight = ENTRY_BYTES + weightOf(key) + weigh(value);
      if (weight > maxBytes) {
        return;
      }
      entries.set(key, { value, bytes: weight, expiresAtMs: nowMs + ttlMs });
      bytes += weight;
      makeRoom();
    },
    delete(key) {
      const entry = entries.get(key);
      if (entry !== undefined) {
        remove(key, entry);
      }
    },
    clear() {
      entries.clear();
      bytes = 0;
    },
    bytes: () => bytes,
    maxBytes,
  };
}
