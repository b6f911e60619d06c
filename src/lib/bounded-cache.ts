// Isolate memory: a map with a size and, if asked, an age. It may forget at any time, so nothing relies on it.

type Entry<V> = { value: V; expiresAtMs: number };

export type BoundedCache<V> = {
  get: (key: string, nowMs: number) => V | undefined;
  set: (key: string, value: V, nowMs: number) => void;
  delete: (key: string) => void;
  clear: () => void;
};

/** At most `size` entries, the oldest leave first; an entry is gone `ttlMs` after it was set, at the next `set` at last. */
export function boundedCache<V>(size: number, ttlMs: number): BoundedCache<V> {
  const entries = new Map<string, Entry<V>>();
  return {
    get(key, nowMs) {
      const entry = entries.get(key);
      if (entry !== undefined && entry.expiresAtMs <= nowMs) {
        entries.delete(key);
        return undefined;
      }
      return entry?.value;
    },
    set(key, value, nowMs) {
      entries.delete(key);
      entries.set(key, { value, expiresAtMs: nowMs + ttlMs });
      // In the order of their instants: whatever is over stands in front.
      for (const [oldest, { expiresAtMs }] of entries) {
        if (entries.size <= size && expiresAtMs > nowMs) {
          break;
        }
        entries.delete(oldest);
      }
    },
    delete(key) {
      entries.delete(key);
    },
    clear() {
      entries.clear();
    },
  };
}
