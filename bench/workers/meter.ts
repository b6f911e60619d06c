// Counts the calls that reach D1 and KV. Only what the gateway uses of them is there.

export type Meter = { d1Queries: number; kvReads: number; kvWrites: number };

const meter: Meter = { d1Queries: 0, kvReads: 0, kvWrites: 0 };

/** All calls since the isolate began. A batch is one query: it is one round trip. */
export function readMeter(): Meter {
  return meter;
}

export function meteredKv(kv: KVNamespace): KVNamespace {
  return over(kv, {
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
    const outer = over(statement, {
      bind: (...values: unknown[]) => counted(statement.bind(...values)),
      first: () => one(() => statement.first()),
      all: () => one(() => statement.all()),
      run: () => one(() => statement.run()),
    });
    inner.set(outer, statement);
    return outer;
  };
  return over(db, {
    prepare: (sql: string) => counted(db.prepare(sql)),
    batch: (statements: D1PreparedStatement[]) =>
      one(() => db.batch(statements.map((statement) => inner.get(statement) ?? statement))),
  });
}

function one<T>(run: () => Promise<T>): Promise<T> {
  meter.d1Queries += 1;
  return run();
}

/** `methods` in the place of the object's own; whatever else is called fails. */
export function over<T extends object>(object: T, methods: Partial<Record<keyof T, unknown>>): T {
  return Object.assign(Object.create(object), methods);
}
