// Counts the calls that reach D1 and KV, and the rows that D1 says it has read and written. Only what the gateway uses
// of them is there.

export type Meter = { d1Queries: number; kvReads: number; kvWrites: number };
/** By D1's own count, known when its answer is. */
export type Rows = { rowsRead: number; rowsWritten: number };

const meter: Meter & Rows = { d1Queries: 0, kvReads: 0, kvWrites: 0, rowsRead: 0, rowsWritten: 0 };

/** All calls since the isolate began. A batch is one query: it is one round trip. */
export function readMeter(): Meter & Rows {
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
      // The real one tells no meta.
      first: async (column?: string) => firstOf(await one(() => statement.all()), column),
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

async function one<T extends D1Result | D1Result[]>(run: () => Promise<T>): Promise<T> {
  meter.d1Queries += 1;
  const answer = await run();
  for (const { meta } of [answer].flat()) {
    meter.rowsRead += meta.rows_read;
    meter.rowsWritten += meta.rows_written;
  }
  return answer;
}

function firstOf({ results: [row] }: D1Result<Record<string, unknown>>, column?: string): unknown {
  return (column === undefined ? row : row?.[column]) ?? null;
}

/** `methods` in the place of the object's own; whatever else is called fails. */
export function over<T extends object>(object: T, methods: Partial<Record<keyof T, unknown>>): T {
  return Object.assign(Object.create(object), methods);
}
