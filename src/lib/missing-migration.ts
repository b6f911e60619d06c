// Detects a database that is older than the Worker, because a migration was not applied. SQLite's message decides only
// the words for the operator.

/** The remedy, for messages. */
export const MIGRATE = 'run npm run migrate';

const ABSENT = /no such (?:table|column)|has no column named/;

/** Checks for a missing table or column. */
export function isMigrationMissing({ message }: Error): boolean {
  return ABSENT.test(message);
}
