// How the database is set back: to a bookmark, or to what a file of SQL says. Submits are off in what comes of it, so that
// nobody spends before the operator has looked.

import type { Deployed } from './command.ts';
import { importFrom } from './transfer.ts';

const OFF = "UPDATE settings SET submits = 'off';";
const ALL_TABLES = `SELECT name FROM sqlite_master WHERE type = 'table'
  AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\';`;

/** Returns the bookmark of what was before. */
export async function setBackToBookmark({ database }: Deployed, bookmark: string): Promise<string> {
  // Before: no submit comes in while the past is fetched. After: in that past they were on.
  await database.query(OFF);
  try {
    return await database.restore(bookmark);
  } finally {
    // Also where the answer was lost: it may have happened.
    await database.query(OFF);
  }
}

/** The same by a file, as one import: it succeeds whole, or the database stays as it was. */
export async function setBackToFile(deployed: Deployed, sql: string): Promise<string> {
  const { cloud, database, databaseId } = deployed;
  const previous = await database.bookmark();
  const [tables = []] = await database.query(ALL_TABLES);
  const drops = tables.map(({ name }) => `DROP TABLE IF EXISTS "${String(name)}";`);
  await importFrom(cloud, databaseId, ['PRAGMA defer_foreign_keys=TRUE;', ...drops, sql, OFF].join('\n'));
  return previous;
}
