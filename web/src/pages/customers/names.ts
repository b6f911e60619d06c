// Customer names for the ids of a list: one call for each page.

import { listCustomers } from '../../api/operations.ts';
import type { ListPage } from '../../ui/list.tsx';

/** The most that the API lists in one call. */
const MAX_IDS = 200;

/** Names by id, without customers that no longer exist. */
export async function namesOf(ids: string[]): Promise<ReadonlyMap<string, string>> {
  const each = [...new Set(ids)].slice(0, MAX_IDS);
  if (each.length === 0) {
    return new Map();
  }
  const { items } = await listCustomers({ query: { id: each.join(','), limit: MAX_IDS } });
  return new Map(items.map(({ id, name }) => [id, name]));
}

/** The same page, with the name of each row's customer. */
export async function named<T extends { customer: string }>(
  page: ListPage<T>,
): Promise<ListPage<T & { customer_name?: string }>> {
  const names = await namesOf(page.items.map(({ customer }) => customer));
  return {
    ...page,
    items: page.items.map((row) => {
      const name = names.get(row.customer);
      return name === undefined ? row : { ...row, customer_name: name };
    }),
  };
}
