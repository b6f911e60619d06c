// Restores the database to a bookmark or from an SQL file. Submits are off in the restored database, so that nobody spends
// before the operator has checked it.

import { Mistake, sentenceOf } from '../terminal.ts';
import type { Deployed } from './command.ts';
import type { Database } from './database.ts';
import { patiently } from './patience.ts';
import { SWITCH_OFF, SWITCH_ON } from './submits.ts';
import { importFrom } from './transfer.ts';

/** Gets the bookmark that undoes the restore before anything changes: the restore may be interrupted. */
type Note = (bookmark: string) => void;

const OFF = "UPDATE settings SET submits = 'off';";
const ALL_TABLES = `SELECT name FROM sqlite_master WHERE type = 'table'
  AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\';`;

/** Returns the bookmark that undoes the restore. */
export async function setBackToBookmark(
  { database }: Deployed,
  bookmark: string,
  note: Note,
): Promise<string> {
  // Off before the restore, so that no submit arrives during it, and again after it: in the restored state they were on.
  await database.query(OFF);
  try {
    note(await database.bookmark());
    return await database.restore(bookmark);
  } catch (error) {
    throw new Mistake(
      `${sentenceOf(error)}\nThe restore may have succeeded without an answer. npm run restore lists the bookmark of ` +
        `the state before.\nSubmits are off. After you have checked the books, switch them on:\n  ${SWITCH_ON}`,
    );
  } finally {
    // Also after an error: the restore may have succeeded.
    await keepOff(database);
  }
}

async function keepOff(database: Database): Promise<void> {
  await patiently(() => database.query(OFF)).catch((error: unknown) => {
    throw new Mistake(
      `${sentenceOf(error)}\nThe restore may have succeeded. npm run restore lists the bookmark of the state before.\n` +
        `Submits may be on. Switch them off now:\n  ${SWITCH_OFF}`,
    );
  });
}

/** Restores from a file in one import, which succeeds completely or changes nothing. */
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

/** D1 exports table by table, and a row cannot refer to a table that does not exist yet, so all tables come first. */
async function tablesFirst(sql: string): Promise<string[]> {
  const { unstable_splitSqlQuery: split } = await import('wrangler');
  const statements = split(sql).map((statement) => `${statement.replace(/;\s*$/, '')}\n;`);
  return [...statements.filter(isTable), ...statements.filter((statement) => !isTable(statement))];
}

function isTable(statement: string): boolean {
  return /^\s*CREATE TABLE\b/i.test(statement);
}
