// Parameters that all lists of the operator share: `limit` and the opaque `cursor`.

import * as z from 'zod/mini';
import { decodeCursor, encodeCursor, type Place } from '../../http/cursor.ts';
import { refuse } from '../../http/refuse.ts';

export const paging = z.object({
  limit: z._default(z.pipe(z.transform(Number), z.int().check(z.minimum(1), z.maximum(200))), 50),
  cursor: z.optional(
    z.pipe(
      z.string(),
      z.transform(
        (text, context): Place =>
          decodeCursor(text) ?? refuse(context, 'is not a cursor that this API has given out'),
      ),
    ),
  ),
});

/** Where a row stands in a list ordered by age. */
export function placeOf(row: { createdAtMs: number; id: string }): Place {
  return { ms: row.createdAtMs, id: row.id };
}

/** The page's answer; a full page has a cursor for the next one. */
export function showPage<T>(
  rows: T[],
  limit: number,
  { show, place }: { show: (row: T) => Record<string, unknown>; place: (row: T) => Place },
): Record<string, unknown> {
  const last = rows.at(-1);
  const hasMore = rows.length === limit && last !== undefined;
  return { items: rows.map(show), next_cursor: hasMore ? encodeCursor(place(last)) : null };
}

export function showInstant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
