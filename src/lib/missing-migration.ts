// A database that is older than the Worker: a migration has not been applied. Told by SQLite's words, which decide
// nothing but how the operator is told.

/** What the operator does about it. */
export const MIGRATE = 'run npm run migrate';

const ABSENT = /no such (?:table|column)|has no column named/;

/** Whether the error says that a table or a column is not there. */
export function isMigrationMissing({ message }: Error): boolean {
  return ABSENT.test(message);
}
