// Stores that answer at once, so that what is left is the gateway's own cost. What D1 says is not made up: the first
// answer to a statement comes from the real one and is given ever after.

import { isKind, ownerCopy } from '../made-up.ts';
import { over } from './meter.ts';

type Statement = { sql: string; values: unknown[]; real: D1PreparedStatement };

export function instantDb(db: D1Database): D1Database {
  const answers = new Map<string, Promise<D1Result[]>>();
  const statements = new WeakMap<D1PreparedStatement, Statement>();

  function answer(asked: Statement[]): Promise<D1Result[]> {
    const [first] = asked;
    const isAboutJob = first?.sql.startsWith('SELECT * FROM jobs WHERE id') === true;
    if (isAboutJob && isKind('absent', String(first?.values[0]))) {
      return Promise.resolve([NOTHING]);
    }
    const key = JSON.stringify(
      asked.map(({ sql, values }) => [sql, isAboutJob ? values : values.filter(tellsWho)]),
    );
    const known = answers.get(key) ?? db.batch(asked.map(({ real }) => real));
    answers.set(key, known);
    return known;
  }

  const prepared = (statement: Statement): D1PreparedStatement => {
    const alone = async () => (await answer([statement]))[0] ?? NOTHING;
    const outer = over(statement.real, {
      bind: (...values: unknown[]) =>
        prepared({ ...statement, values, real: statement.real.bind(...values) }),
      all: alone,
      run: alone,
    });
    statements.set(outer, statement);
    return outer;
  };
  return over(db, {
    prepare: (sql: string) => prepared({ sql, values: [], real: db.prepare(sql) }),
    batch: (asked: D1PreparedStatement[]) => answer(asked.flatMap((one) => statements.get(one) ?? [])),
  });
}

const NOTHING: D1Result = {
  success: true,
  results: [],
  meta: {
    duration: 0,
    size_after: 0,
    rows_read: 0,
    rows_written: 0,
    last_row_id: 0,
    changed_db: false,
    changes: 0,
  },
};

/** Whose the call is and which row it is about matters; instants, new job ids and ids of the upstream do not. */
function tellsWho(value: unknown): boolean {
  return typeof value === 'string' && !value.startsWith('job_') && !value.startsWith('u-');
}

/** Knows the owner of each made-up job, and keeps nothing: the isolate's memory has what is written. */
export function instantKv(kv: KVNamespace): KVNamespace {
  return over(kv, {
    get: (key: string) => Promise.resolve(ownerCopy(key.slice('job:'.length))),
    put: () => Promise.resolve(),
  });
}
