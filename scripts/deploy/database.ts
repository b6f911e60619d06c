// SQL on the gateway's database, from outside of the Worker, and its points in time.

import * as z from 'zod/mini';
import { within, type Cloud } from './cloud.ts';

type Row = Record<string, unknown>;

const RESTORE_MS = 300_000;

export type Database = {
  /** Several statements in one text are one transaction. The rows of each. */
  query: (sql: string) => Promise<Row[][]>;
  /** The present point in time, to which the database can be set back. */
  bookmark: () => Promise<string>;
  /** Sets it back; returns the bookmark that undoes that. */
  restore: (bookmark: string) => Promise<string>;
};

const results = z.array(z.looseObject({ results: z.array(z.record(z.string(), z.unknown())) }));

export function databaseOf(cloud: Cloud, id: string): Database {
  const path = within(cloud, `/d1/database/${id}`);
  return {
    async query(sql) {
      const all = await cloud.api.call(results, `${path}/query`, { method: 'POST', body: { sql } });
      return all.map((one) => one.results);
    },
    async bookmark() {
      const schema = z.looseObject({ bookmark: z.string() });
      return (await cloud.api.call(schema, `${path}/time_travel/bookmark`)).bookmark;
    },
    async restore(bookmark) {
      const schema = z.looseObject({ previous_bookmark: z.string() });
      const init = { method: 'POST', query: { bookmark }, timeoutMs: RESTORE_MS } as const;
      return (await cloud.api.call(schema, `${path}/time_travel/restore`, init)).previous_bookmark;
    },
  };
}

/** Text as a literal of SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
