// A database as SQL text, in the form of D1's own exports.

import type { Sql } from './runtime.ts';

const OWN_TABLES = "name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'";

type Made = { name: string; type: string; sql: string };

/** The rows of one statement. */
async function rowsIn(run: Sql, sql: string): Promise<any[]> {
  const [rows] = await run([{ sql }]);
  return rows?.results ?? [];
}

function madeIn(run: Sql): Promise<Made[]> {
  return rowsIn(
    run,
    `SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL AND ${OWN_TABLES} ORDER BY rowid`,
  );
}

/** Tables with their rows, then indexes and triggers; foreign keys are checked at the end. */
export async function dumpOf(run: Sql): Promise<string> {
  const made = await madeIn(run);
  const tables = made.filter(({ type }) => type === 'table');
  const rows = await Promise.all(tables.map(({ name }) => rowsOf(run, name)));
  const others = made.filter(({ type }) => type !== 'table').map(({ sql }) => `${sql};`);
  return [
    'PRAGMA defer_foreign_keys=TRUE;',
    ...tables.map(({ sql }, index) => [`${sql};`, ...rows[index]!].join('\n')),
    ...others,
  ].join('\n');
}

async function rowsOf(run: Sql, table: string): Promise<string[]> {
  const columns = await rowsIn(run, `PRAGMA table_info("${table}")`);
  const values = columns.map(({ name }) => `quote("${name}")`).join(` || ',' || `);
  const names = columns.map(({ name }) => `"${name}"`).join(',');
  const lines = await rowsIn(
    run,
    `SELECT 'INSERT INTO "${table}" (${names}) VALUES(' || ${values} || ');' AS line FROM "${table}"`,
  );
  return lines.map(({ line }) => line);
}

/** Leaves no table. */
export async function wipe(run: Sql): Promise<void> {
  const tables = (await madeIn(run)).filter(({ type }) => type === 'table');
  await run([
    { sql: 'PRAGMA defer_foreign_keys = on' },
    ...tables.map(({ name }) => ({ sql: `DROP TABLE "${name}"` })),
  ]);
}
