// Stores that fail on demand: the real D1 and KV behind a switch that tests turn.

export type Failure = 'none' | 'before' | 'after';

/** `before`: the call fails and nothing happened. `after`: it took effect and the answer was lost. */
/** `decide`, where it is set, is asked anew for each call. */
export type Switch = { failure: Failure; calls: number; decide?: () => Failure };

export function failingKv(kv: KVNamespace): { kv: KVNamespace; reads: Switch; writes: Switch } {
  const reads: Switch = { failure: 'none', calls: 0 };
  const writes: Switch = { failure: 'none', calls: 0 };
  const wrapped = new Proxy(kv, {
    get(target, name) {
      if (name === 'get') {
        return (...args: [string, 'json']) => through(reads, () => target.get(...args));
      }
      if (name === 'put') {
        return (...args: [string, string, KVNamespacePutOptions]) =>
          through(writes, () => target.put(...args));
      }
      throw new Error(`not used by the gateway: ${String(name)}`);
    },
  });
  return { kv: wrapped, reads, writes };
}

/** Every statement and batch passes the switch; `match` narrows it to SQL that holds a text. */
export function failingDb(db: D1Database): { db: D1Database; calls: Switch & { match: string } } {
  const calls: Switch & { match: string } = { failure: 'none', calls: 0, match: '' };
  const guarded = <T>(sql: string[], run: () => Promise<T>): Promise<T> =>
    sql.some((text) => text.includes(calls.match)) ? through(calls, run) : run();
  const texts = new WeakMap<object, string>();
  const statement = (inner: D1PreparedStatement, sql: string): D1PreparedStatement => {
    texts.set(inner, sql);
    return new Proxy(inner, {
      get(target, name) {
        if (name === 'bind') {
          return (...values: unknown[]) => statement(target.bind(...values), sql);
        }
        switch (name) {
          case 'first':
            return () => guarded([sql], () => target.first());
          case 'run':
            return () => guarded([sql], () => target.run());
          case 'all':
            return () => guarded([sql], () => target.all());
          case INNER:
            return target;
          default:
            throw new Error(`not used by the gateway: ${String(name)}`);
        }
      },
    });
  };
  const wrapped = new Proxy(db, {
    get(target, name) {
      if (name === 'prepare') {
        return (sql: string) => statement(target.prepare(sql), sql);
      }
      if (name === 'batch') {
        return (statements: Inner[]) => {
          const inner = statements.map((one) => one[INNER]);
          return guarded(
            inner.map((one) => texts.get(one) ?? ''),
            () => target.batch(inner),
          );
        };
      }
      throw new Error(`not used by the gateway: ${String(name)}`);
    },
  });
  return { db: wrapped, calls };
}

const INNER = Symbol('inner');
type Inner = D1PreparedStatement & { [INNER]: D1PreparedStatement };

async function through<T>(at: Switch, run: () => Promise<T>): Promise<T> {
  at.calls += 1;
  const failure = at.decide?.() ?? at.failure;
  if (failure === 'before') {
    throw new Error('D1_ERROR: Network connection lost.');
  }
  const result = await run();
  if (failure === 'after') {
    throw new Error('D1_ERROR: Network connection lost.');
  }
  return result;
}
