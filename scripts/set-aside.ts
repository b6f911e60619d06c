// Sets the state of an incompatible earlier version aside: its rows would look damaged and stop the cron.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Increase this when earlier rows or KV entries become unreadable. Migrations handle all other changes. */
const FORMAT = '2';

/** Returns the new place of state in an earlier format; null if there is none. */
export function setAsideOldState(state: string): string | null {
  const note = join(state, 'format');
  const data = join(state, 'data');
  if (existsSync(data) && formatIn(note) === FORMAT) {
    return null;
  }
  const aside = existsSync(data) ? `${data}-until-${new Date().toISOString().replaceAll(':', '-')}` : null;
  if (aside !== null) {
    renameSync(data, aside);
  }
  writeFileSync(note, FORMAT);
  return aside;
}

/** The first format had no file. */
function formatIn(note: string): string {
  return existsSync(note) ? readFileSync(note, 'utf8') : '1';
}
