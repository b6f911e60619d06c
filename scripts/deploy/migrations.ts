// Applies migrations to the database at Cloudflare. Each migration is one transaction that first inserts its unique name: if
// two runs apply it, the second one is rolled back as a whole.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Mistake } from '../terminal.ts';
import { quoted, type Database } from './database.ts';
import { ROOT, type Place } from './place.ts';

const FOLDER = join(ROOT, 'migrations');
/** The table that wrangler creates, so that `wrangler d1 migrations` reads the same names. */
const TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL);`;
/** Tables that exist before the first migration. */
const NOT_OURS = ['d1_migrations', 'deploy_lease'];

export function listMigrations(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .toSorted();
}

/** The names of the applied migrations. */
export async function readApplied(database: Database): Promise<string[]> {
  const tables = await readTables(database);
  if (!tables.includes('d1_migrations')) {
    return [];
  }
  const [rows = []] = await database.query('SELECT name FROM d1_migrations ORDER BY id;');
  return rows.map(({ name }) => String(name));
}

/** Throws if the database belongs to something else. */
export async function refuseForeign(place: Place, database: Database): Promise<void> {
  const tables = (await readTables(database)).filter((table) => !NOT_OURS.includes(table));
  if (tables.length > 0 && !(await readApplied(database)).includes('0001_core.sql')) {
    throw new Mistake(
      `The database ${place.database.name} of this account contains other tables (${tables.slice(0, 3).join(', ')}). Nothing was ` +
        'changed.\nChoose another name: npm run deploy -- --name my-gateway',
    );
  }
}

async function readTables(database: Database): Promise<string[]> {
  const [rows = []] = await database.query(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\';`,
  );
  return rows.map(({ name }) => String(name));
}

/** Applies missing migrations in order; returns their number. */
export async function applyMigrations(database: Database): Promise<number> {
  await database.query(TABLE);
  const applied = await readApplied(database);
  const missing = listMigrations().filter((name) => !applied.includes(name));
  for (const name of missing) {
    await applyMigration(database, name);
  }
  return missing.length;
}

async function applyMigration(database: Database, name: string): Promise<void> {
  const sql = readFileSync(join(FOLDER, name), 'utf8');
  try {
    await database.query(`INSERT INTO d1_migrations (name) VALUES (${quoted(name)});\n${sql}`);
  } catch (error) {
    // The answer may have been lost after the commit, or another deployment may have been faster.
    if (!(await readApplied(database)).includes(name)) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Mistake(`The migration ${name} failed and was rolled back. ${reason}`);
    }
  }
}
