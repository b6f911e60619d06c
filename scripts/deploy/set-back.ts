// How the database is set back: to a bookmark, or to what a file of SQL says. Submits are off in what comes of it, so that
// nobody spends before the operator has looked.

import { Mistake, sentenceOf } from '../terminal.ts';
import type { Deployed } from './command.ts';
import type { Database } from './database.ts';
import { patiently } from './patience.ts';
import { SWITCH_OFF, SWITCH_ON } from './submits.ts';
import { importFrom } from './transfer.ts';

/** Told the point in time to go back to, before anything is changed: what comes after may be cut. */
type Note = (bookmark: string) => void;

const OFF = "UPDATE settings SET submits = 'off';";
const ALL_TABLES = `SELECT name FROM sqlite_master WHERE type = 'table'
  AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\';`;

/** Returns the bookmark of what was before. */
export async function setBackToBookmark(
  { database }: Deployed,
  bookmark: string,
  note: Note,
): Promise<string> {
  // Before: no submit comes in while the past is fetched. After: in that past they were on.
  await database.query(OFF);
  try {
    note(await database.bookmark());
    return await database.restore(bookmark);
  } catch (error) {
    throw new Mistake(
      `${sentenceOf(error)}\nIf only the answer was lost, the books are those of the bookmark now: npm run restore lists what was ` +
        `before.\nSubmits are off. When you have looked, switch them on:\n  ${SWITCH_ON}`,
    );
  } finally {
    // Also where the answer was lost: it may have happened.
    await keepOff(database);
  }
}

async function keepOff(database: Database): Promise<void> {
  await patiently(() => database.query(OFF)).catch((error: unknown) => {
    throw new Mistake(
      `${sentenceOf(error)}\nThe books may be those of the bookmark by now: npm run restore lists what was before.\n` +
        `Submits may be on. Switch them off now:\n  ${SWITCH_OFF}`,
    );
  });
}

/** The same by a file, as one import: it succeeds whole, or the database stays as it was. */
export async function setBackToFile(deployed: Deployed, sql: string, note: Note): Promise<string> {
  const { cloud, database, databaseId } = deployed;
  const previous = await database.bookmark();
  note(previous);
  const [tables = []] = await database.query(ALL_TABLES);
  const drops = tables.map(({ name }) => `DROP TABLE IF EXISTS "${String(name)}";`);
  const order = ['PRAGMA defer_foreign_keys=TRUE;', ...drops, ...(await tablesFirst(sql)), OFF];
  await importFrom(cloud, databaseId, order.join('\n'));
  return previous;
}

/** D1 exports table by table; a row whose foreign key leads to a table that is not there yet cannot be written. */
async function tablesFirst(sql: string): Promise<string[]> {
  const { unstable_splitSqlQuery: split } = await import('wrangler');
  const statements = split(sql).map((statement) => `${statement.replace(/;\s*$/, '')}\n;`);
  return [...statements.filter(isTable), ...statements.filter((statement) => !isTable(statement))];
}

function isTable(statement: string): boolean {
  return /^\s*CREATE TABLE\b/i.test(statement);
}
