// Parameters that all our lists share: `limit` and the opaque `cursor`.

import * as z from 'zod/mini';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { refuse } from './refuse.ts';
import { ORDERS, type Order, type Page, type Place } from '../storage/page.ts';
import { filter } from './text-schema.ts';
import type { PageView } from './page-view.ts';

export const limit = z._default(z.pipe(z.transform(Number), z.int().check(z.minimum(1), z.maximum(200))), 50);

/** Spread into the query of a list that is ordered by age. */
export const paging = {
  limit,
  cursor: z.optional(
    z.pipe(
      z.string(),
      z.transform(
        (text, context): Place =>
          decodeCursor(text) ?? refuse(context, 'is not a cursor that this API has given out'),
      ),
    ),
  ),
};

/** Spread into the query of a list that can be read from either end. */
export const ordered = { ...paging, order: filter(z.enum(ORDERS)) };

type Cursor = { limit: number; cursor?: Place | undefined };

/** The page after the cursor, or the first page. */
export function pageAfter({ limit: size, cursor }: Cursor, order: Order = 'oldest'): Page {
  const startMs = order === 'oldest' ? -1 : Number.MAX_SAFE_INTEGER;
  return { afterMs: cursor?.ms ?? startMs, afterId: cursor?.id ?? '', limit: size };
}

/** The page after the cursor of a list that starts with the newest row, or the first page. */
export function pageBefore({ limit: size, cursor }: Cursor) {
  return { beforeMs: cursor?.ms ?? Number.MAX_SAFE_INTEGER, beforeId: cursor?.id ?? '', limit: size };
}

/** The position of a row in a list ordered by age. */
export function placeOf(row: { createdAtMs: number; id: string }): Place {
  return { ms: row.createdAtMs, id: row.id };
}

type Shown<T, V> = { show: (row: T) => V; place: (row: T) => Place; stoppedAt?: Place | null };

/** The response of a page. `next_cursor` is set if the page is full or if reading stopped early. */
export function showPage<T, V>(
  rows: T[],
  size: number,
  { show, place, stoppedAt = null }: Shown<T, V>,
): PageView<V> {
  const last = rows.at(-1);
  const next = rows.length === size && last !== undefined ? place(last) : stoppedAt;
  return { items: rows.map(show), next_cursor: next === null ? null : encodeCursor(next) };
}

export function showInstant<T extends number | null>(ms: T): T extends null ? null : string;
export function showInstant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
