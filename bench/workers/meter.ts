// Counts calls to D1 and KV, and the rows that D1 reports as read and written. It has only the methods that the gateway
// uses.

/** All calls since the isolate started. A batch is one query, because it is one round trip. */
export type Meter = { d1Queries: number; kvReads: number; kvWrites: number };
/** As D1 counts them; known once it has answered. */
export type Rows = { rowsRead: number; rowsWritten: number };

export const meter: Meter & Rows = { d1Queries: 0, kvReads: 0, kvWrites: 0, rowsRead: 0, rowsWritten: 0 };

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
      // The real `first` returns no meta.
      first: async (column?: string) => firstOf(await one(() => statement.all()), column),
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

/** An object with only these methods of a type: a call to any other fails. */
export function made<T extends object>(methods: Partial<Record<keyof T, unknown>>): T {
  return Object.assign(Object.create(null), methods);
}
