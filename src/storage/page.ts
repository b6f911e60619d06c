// A page of a list: so many rows from behind a place in the order (instant, id), which stays true while rows are added.

export type Page = { afterMs: number; afterId: string; limit: number };

export const ORDERS = ['oldest', 'newest'] as const;

/** What a list begins with. */
export type Order = (typeof ORDERS)[number];

/** SQL: what lies behind the place in this order, which an index of both columns answers from either end. */
export function behind(order: Order, ms: string, id: string): string {
  return order === 'oldest'
    ? `(created_at_ms, id) > (${ms}, ${id}) ORDER BY created_at_ms, id`
    : `(created_at_ms, id) < (${ms}, ${id}) ORDER BY created_at_ms DESC, id DESC`;
}
