// A page of a list: so many rows after a place in the order (instant, id). New rows do not shift the place.

export type Page = { afterMs: number; afterId: string; limit: number };

export type Place = { ms: number; id: string };

/** The most rows that a list with skipped rows reads for one page. */
export const MAX_READ = 5_000;

/** `stoppedAt` is the last row read, if reading stopped before the page was full; null at the end of the list. */
export type Found<T> = { rows: T[]; stoppedAt: Place | null };

export const ORDERS = ['oldest', 'newest'] as const;

/** The rows that come first. */
export type Order = (typeof ORDERS)[number];

/** SQL: the columns of each order. */
export const AGE_ORDER: Record<Order, string> = {
  oldest: 'created_at_ms, id',
  newest: 'created_at_ms DESC, id DESC',
};

/** SQL: the rows after the place in this order. An index of both columns serves it from either end. */
export function behind(order: Order, ms: string, id: string): string {
  return order === 'oldest'
    ? `(created_at_ms, id) > (${ms}, ${id}) ORDER BY ${AGE_ORDER.oldest}`
    : `(created_at_ms, id) < (${ms}, ${id}) ORDER BY ${AGE_ORDER.newest}`;
}
