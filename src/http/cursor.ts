// Opaque cursors of lists: a position in the order (instant, id), which stays valid while rows are added.

import type { Place } from '../storage/page.ts';

export function encodeCursor(place: Place): string {
  return btoa(`${place.ms}:${place.id}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The position that a cursor encodes, or null if the cursor is not ours. */
export function decodeCursor(cursor: string): Place | null {
  try {
    const [, ms, id] =
      /^(\d{1,15}):([\w-]{1,64})$/.exec(atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))) ?? [];
    return ms === undefined || id === undefined ? null : { ms: Number(ms), id };
  } catch {
    return null;
  }
}
