// State of an earlier comfygate is not read by this one: rows that it cannot tell apart from damage would stop the cron.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Goes up when rows or KV entries of before can no longer be read; migrations take care of all else. */
const FORMAT = '2';

/** Where the state of an earlier format lies from now on; null: there was none. */
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

/** The first format had no note. */
function formatIn(note: string): string {
  return existsSync(note) ? readFileSync(note, 'utf8') : '1';
}
