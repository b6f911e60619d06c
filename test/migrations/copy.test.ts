// The database that most test files start with is a copy of a migrated one.

import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, test } from 'vitest';
import { insertsOf, migrate, partsOf, runMigrations } from '../support/migrate.ts';

beforeEach(() => reset());

async function contentsOf(db: D1Database) {
  const parts = await partsOf(db);
  const tables = parts.filter(({ type }) => type === 'table').map(({ name }) => name);
  const rows = await Promise.all(tables.map(async (table) => [table, await insertsOf(db, table)] as const));
  return { parts, rows: Object.fromEntries(rows) };
}

test('the copy has the tables, indexes and rows that the migrations make', async ({ expect }) => {
  await runMigrations(env.OLD_DB);
  // The file's own database was the migrated one or a copy already.
  await migrate(env.DB);
  const wanted = await contentsOf(env.OLD_DB);
  expect(wanted.parts.length).toBeGreaterThan(50);
  expect(wanted.rows['models']).toHaveLength(2);
  expect(await contentsOf(env.DB)).toEqual(wanted);
});
