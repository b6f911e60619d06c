// A page of a list: so many rows from behind a place in the order (instant, id), which stays true while rows are added.

export type Page = { afterMs: number; afterId: string; limit: number };
