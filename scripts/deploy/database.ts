// Runs SQL on the gateway's database from outside of the Worker, and restores it to a point in time.

import * as z from 'zod/mini';
import { within, type Cloud } from './cloud.ts';

type Row = Record<string, unknown>;

const RESTORE_MS = 300_000;

export type Database = {
  /** Returns the rows of each statement. Several statements in one text are one transaction. */
  query: (sql: string) => Promise<Row[][]>;
  /** A bookmark of the present point in time. */
  bookmark: () => Promise<string>;
  /** Restores the database; returns the bookmark that undoes this. */
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

/** A text as an SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
