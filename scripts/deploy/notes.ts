// A file of the noted bookmarks of the database, for a restore.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { makeFolder, ROOT, type Place } from './place.ts';

const COLUMNS = /^(\S+) (\S+) (.*)$/;

export type Note = { at: string; bookmark: string; before: string };

export function notesFile({ folder }: Place): string {
  return join(folder, 'bookmarks.txt');
}

export function noteBookmark(place: Place, bookmark: string, before: string): void {
  makeFolder(place);
  appendFileSync(notesFile(place), `${new Date().toISOString()} ${bookmark} ${before}\n`);
}

/** Newest first. */
export function readNotes(place: Place): Note[] {
  const file = notesFile(place);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines
    .flatMap((line) => {
      const [, at, bookmark, before] = COLUMNS.exec(line) ?? [];
      return at === undefined || bookmark === undefined ? [] : [{ at, bookmark, before: before ?? '' }];
    })
    .toReversed();
}

/** A path relative to the clone. */
export function shown(file: string): string {
  return relative(ROOT, file);
}
