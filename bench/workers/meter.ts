// Counts the calls that reach D1 and KV. Only what the gateway uses of them is there.

/** All calls since the isolate began. A batch is one query: it is one round trip. */
export type Meter = { d1Queries: number; kvReads: number; kvWrites: number };

export const meter: Meter = { d1Queries: 0, kvReads: 0, kvWrites: 0 };

export function meteredKv(kv: KVNamespace): KVNamespace {
  return made<KVNamespace>({
    get(key: string, type: 'json') {
      meter.kvReads += 1;
      return kv.get(key, type);
    },
    put(key: string, value: string, options: KVNamespacePutOptions) {
      meter.kvWrites += 1;
      return kv.put(key, value, options);
    },
  });
}

export function meteredDb(db: D1Database): D1Database {
  const inner = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const counted = (statement: D1PreparedStatement): D1PreparedStatement => {
    const outer = made<D1PreparedStatement>({
      bind: (...values: unknown[]) => counted(statement.bind(...values)),
      first: () => one(() => statement.first()),
      all: () => one(() => statement.all()),
      run: () => one(() => statement.run()),
    });
    inner.set(outer, statement);
    return outer;
  };
  return made<D1Database>({
    prepare: (sql: string) => counted(db.prepare(sql)),
    batch: (statements: D1PreparedStatement[]) =>
      one(() => db.batch(statements.map((statement) => inner.get(statement) ?? statement))),
  });
}

function one<T>(run: () => Promise<T>): Promise<T> {
  meter.d1Queries += 1;
  return run();
}

/** An object with these methods of a kind and no others: whatever else is called fails. */
export function made<T extends object>(methods: Partial<Record<keyof T, unknown>>): T {
  return Object.assign(Object.create(null), methods);
}
