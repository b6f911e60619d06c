// Stores that fail on demand: the real D1 and KV, each call of which passes a gate that tests hold.

/**
 * `before`: the call fails and nothing happened. `after`: it took effect and the answer was lost. `late`, for reads of
 * KV: the entry has not come to this place yet.
 */
export type Failure = 'none' | 'before' | 'after' | 'late';

/** `decide`, where it is set, is asked anew for each call. */
export type Switch = { failure: Failure; calls: number; decide?: () => Failure };

/** A call that leaves the isolate; `text` is its KV key, or the method and path of the upstream call. */
export type OutsideCall =
  | { what: 'KV get' | 'KV put' | 'KV delete' | 'upstream'; text: string }
  /** One round trip: a statement or a batch of them, all of their SQL as one text, and what the first one binds. */
  | { what: 'D1'; text: string; statements: string[]; values: unknown[] };

/** Carries a call out, or does not. What D1 gives comes as its result or, of a batch, its results. */
export type Through = <T>(call: OutsideCall, run: () => Promise<T>) => Promise<T>;

export function failingKv(kv: KVNamespace): { kv: KVNamespace; reads: Switch; writes: Switch } {
  const reads: Switch = { failure: 'none', calls: 0 };
  const writes: Switch = { failure: 'none', calls: 0 };
  const at = (call: OutsideCall) => (call.what === 'KV get' ? reads : writes);
  return { kv: guardedKv(kv, (call, run) => through(at(call), run)), reads, writes };
}

/** Every statement and batch passes the switch; `match` narrows it to SQL that holds a text. */
export function failingDb(db: D1Database): { db: D1Database; calls: Switch & { match: string } } {
  const calls: Switch & { match: string } = { failure: 'none', calls: 0, match: '' };
  const guarded = guardedDb(db, (call, run) =>
    call.text.includes(calls.match) ? through(calls, run) : run(),
  );
  return { db: guarded, calls };
}

export function guardedKv(kv: KVNamespace, pass: Through): KVNamespace {
  return new Proxy(kv, {
    get(target, name) {
      if (name === 'get') {
        return (...args: [string, 'json']) =>
          pass({ what: 'KV get', text: args[0] }, () => target.get(...args));
      }
      if (name === 'put') {
        return (...args: [string, string, KVNamespacePutOptions]) =>
          pass({ what: 'KV put', text: args[0] }, () => target.put(...args));
      }
      if (name === 'delete') {
        return (key: string) => pass({ what: 'KV delete', text: key }, () => target.delete(key));
      }
      throw new Error(`not used by the gateway: ${String(name)}`);
    },
  });
}

export function guardedDb(db: D1Database, pass: Through): D1Database {
  const known = new WeakMap<object, { sql: string; values: unknown[] }>();
  const statement = (
    inner: D1PreparedStatement,
    sql: string,
    values: unknown[] = [],
  ): D1PreparedStatement => {
    known.set(inner, { sql, values });
    const guarded = <T>(run: () => Promise<T>) =>
      pass({ what: 'D1', text: sql, statements: [sql], values }, run);
    return new Proxy(inner, {
      get(target, name) {
        switch (name) {
          case 'bind':
            return (...bound: unknown[]) => statement(target.bind(...bound), sql, bound);
          case 'first':
            return async (column?: string) => {
              const { results } = await guarded(() => target.all());
              const row = results[0] ?? null;
              return row === null || column === undefined ? row : row[column];
            };
          case 'run':
            return () => guarded(() => target.run());
          case 'all':
            return () => guarded(() => target.all());
          case INNER:
            return target;
          default:
            throw new Error(`not used by the gateway: ${String(name)}`);
        }
      },
    });
  };
  return new Proxy(db, {
    get(target, name) {
      if (name === 'prepare') {
        return (sql: string) => statement(target.prepare(sql), sql);
      }
      if (name === 'batch') {
        return (statements: Inner[]) => {
          const inner = statements.map((one) => one[INNER]);
          const sql = inner.map((one) => known.get(one)?.sql ?? '');
          const values = known.get(inner[0] ?? {})?.values ?? [];
          return pass({ what: 'D1', text: sql.join(';\n'), statements: sql, values }, () =>
            target.batch(inner),
          );
        };
      }
      throw new Error(`not used by the gateway: ${String(name)}`);
    },
  });
}

const INNER = Symbol('inner');
type Inner = D1PreparedStatement & { [INNER]: D1PreparedStatement };

function through<T>(at: Switch, run: () => Promise<T>): Promise<T> {
  at.calls += 1;
  return failing(at.decide?.() ?? at.failure, run);
}

export async function failing<T>(failure: Failure, run: () => Promise<T>): Promise<T> {
  if (failure === 'before') {
    throw new Error('D1_ERROR: Network connection lost.');
  }
  if (failure === 'late') {
    return null as T;
  }
  const result = await run();
  if (failure === 'after') {
    throw new Error('D1_ERROR: Network connection lost.');
  }
  return result;
}
