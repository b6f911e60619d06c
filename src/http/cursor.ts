// The opaque cursors of lists: a place in the order (instant, id), which stays true while rows are added.

import type { Place } from '../storage/page.ts';

export function encodeCursor(place: Place): string {
  return btoa(`${place.ms}:${place.id}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The place behind a cursor, or null if it is not one of ours. */
export function decodeCursor(cursor: string): Place | null {
  try {
    const [, ms, id] =
      /^(\d{1,15}):([\w-]{1,64})$/.exec(atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))) ?? [];
    return ms === undefined || id === undefined ? null : { ms: Number(ms), id };
  } catch {
    return null;
  }
}
