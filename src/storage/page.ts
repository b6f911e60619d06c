// A page of a list: so many rows from behind a place in the order (instant, id), which stays true while rows are added.

export type Page = { afterMs: number; afterId: string; limit: number };

export type Place = { ms: number; id: string };

/** A list that skips rows reads no more than these for a page. */
export const MAX_READ = 5_000;

/** `stoppedAt`: the last row that was read, where reading stopped before the page was full; null: at the end. */
export type Found<T> = { rows: T[]; stoppedAt: Place | null };

export const ORDERS = ['oldest', 'newest'] as const;

/** What a list begins with. */
export type Order = (typeof ORDERS)[number];

/** SQL: by which columns each order goes. */
export const AGE_ORDER: Record<Order, string> = {
  oldest: 'created_at_ms, id',
  newest: 'created_at_ms DESC, id DESC',
};

/** SQL: what lies behind the place in this order, which an index of both columns answers from either end. */
export function behind(order: Order, ms: string, id: string): string {
  return order === 'oldest'
    ? `(created_at_ms, id) > (${ms}, ${id}) ORDER BY ${AGE_ORDER.oldest}`
    : `(created_at_ms, id) < (${ms}, ${id}) ORDER BY ${AGE_ORDER.newest}`;
}
