// A cache in isolate memory, limited by weight and by age. It can lose entries at any time, so nothing relies on it.

import { weightOf } from './weight.ts';

export const MIB = 2 ** 20;

type Entry<V> = { value: V; bytes: number; expiresAtMs: number };

export type WeighedCache<V> = {
  get: (key: string, nowMs: number) => V | undefined;
  set: (key: string, value: V, nowMs: number) => void;
  delete: (key: string) => void;
  clear: () => void;
  /** The weight of its entries, and the limit. */
  bytes: () => number;
  maxBytes: number;
};

type Bounds<V> = { maxBytes: number; ttlMs: number; weigh?: (value: V) => number };

/** The overhead of an entry: the object, its place in the map, its expiry. */
const ENTRY_BYTES = 96;

/**
 * All entries together weigh at most `maxBytes`. The least recently read leave first; an entry over the limit is not
 * kept. An entry expires after `ttlMs` and is removed when others are set. An entry from the future is over too: a clock
 * that was set back makes nothing last longer.
 */
export function weighedCache<V>({ maxBytes, ttlMs, weigh = weightOf }: Bounds<V>): WeighedCache<V> {
  const entries = weighedEntries<V>(maxBytes);
  let sweepAtMs = 0;
  return {
    get(key, nowMs) {
      const entry = entries.read(key);
      if (entry !== undefined && (entry.expiresAtMs <= nowMs || entry.expiresAtMs > nowMs + ttlMs)) {
        entries.remove(key);
        return undefined;
      }
      return entry?.value;
    },
    set(key, value, nowMs) {
      if (nowMs >= sweepAtMs) {
        sweepAtMs = nowMs + ttlMs;
        entries.sweep(nowMs);
      }
      entries.remove(key);
      const bytes = ENTRY_BYTES + weightOf(key) + weigh(value);
      if (bytes <= maxBytes) {
        entries.add(key, { value, bytes, expiresAtMs: nowMs + ttlMs });
      }
    },
    delete: entries.remove,
    clear: entries.clear,
    bytes: entries.bytes,
    maxBytes,
  };
}

/** Ordered by last read. */
function weighedEntries<V>(maxBytes: number) {
  const entries = new Map<string, Entry<V>>();
  let bytes = 0;

  function remove(key: string): void {
    bytes -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  }

  return {
    remove,
    read(key: string): Entry<V> | undefined {
      const entry = entries.get(key);
      if (entry !== undefined) {
        entries.delete(key);
        entries.set(key, entry);
      }
      return entry;
    },
    add(key: string, entry: Entry<V>): void {
      entries.set(key, entry);
      bytes += entry.bytes;
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes) {
          break;
        }
        remove(oldest);
      }
    },
    sweep(nowMs: number): void {
      for (const [key, { expiresAtMs }] of entries) {
        if (expiresAtMs <= nowMs) {
          remove(key);
        }
      }
    },
    clear: (): void => {
      entries.clear();
      bytes = 0;
    },
    bytes: () => bytes,
  };
}
