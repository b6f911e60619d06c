// A page of a list, the same for every list of ours.

import * as z from 'zod/mini';

export function pageView<S extends z.ZodMiniType>(item: S) {
  return z.strictObject({ items: z.array(item), next_cursor: z.nullable(z.string()) });
}

export type PageView<T> = { items: T[]; next_cursor: string | null };
