// Isolate memory: a map with a size and, if asked, an age. It may forget at any time, so nothing relies on it.

type Entry<V> = { value: V; expiresAtMs: number };

export type BoundedCache<V> = {
  get: (key: string, nowMs: number) => V | undefined;
  set: (key: string, value: V, nowMs: number) => void;
  delete: (key: string) => void;
  clear: () => void;
};

/** At most `size` entries, the oldest leave first; one is not found from `ttlMs` on, and leaves as others are set. */
export function boundedCache<V>(size: number, ttlMs: number): BoundedCache<V> {
  const entries = new Map<string, Entry<V>>();
  let sweepAtMs = 0;
  /** Entries stand in the order of their instants, or nearly so: the first one that is not over ends it. */
  function sweep(nowMs: number): void {
    sweepAtMs = nowMs + ttlMs;
    for (const [key, { expiresAtMs }] of entries) {
      if (expiresAtMs > nowMs) {
        break;
      }
      entries.delete(key);
    }
  }
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
      if (nowMs >= sweepAtMs) {
        sweep(nowMs);
      }
      if (entries.size > size) {
        const oldest = entries.keys().next();
        if (!oldest.done) {
          entries.delete(oldest.value);
        }
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
