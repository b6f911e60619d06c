// Lists of customers, in the order of their age or of their name.

import { erasureOf } from '../erasure/kept-store.ts';
import { column } from '../../storage/column.ts';
import { AGE_ORDER, behind, MAX_READ, type Found, type Page, type Place } from '../../storage/page.ts';
import { isNumber, isText } from '../../lib/guard.ts';
import type { Customer, CustomerOrder } from './customer.ts';
import { customerOf, fieldsOf } from './store.ts';

/** Null: no such filter. `search` looks for a part of the id, the name or the external id, in any case. */
export type CustomerFilter = {
  ids: string[] | null;
  externalId: string | null;
  search: string | null;
  status: string | null;
  plan: string | null;
  order: CustomerOrder;
};

const ORDER_BY: Record<CustomerOrder, string> = {
  ...AGE_ORDER,
  name: 'name COLLATE NOCASE, id',
  name_desc: 'name COLLATE NOCASE DESC, id DESC',
};

/**
 * SQL: the name of the customer ?2. The collation stands here, for on the other side it would keep the index from being
 * searched.
 */
const nameElse = (none: string) =>
  `COALESCE((SELECT name FROM customers WHERE id = ?2), ${none}) COLLATE NOCASE`;

/** SQL: what lies behind the customer ?2 in this order, created at ?1; their name is looked up. */
function behindPlace(order: CustomerOrder): string {
  switch (order) {
    case 'name':
      return `(name, id) > (${nameElse("''")}, ?2) ORDER BY ${ORDER_BY.name}`;
    case 'name_desc':
      return `(name, id) < (${nameElse('char(1114111)')}, ?2) ORDER BY ${ORDER_BY.name_desc}`;
    default:
      return behind(order, '?1', '?2');
  }
}

/** SQL: leads to an index. The customers of a plan have one by age alone. */
function placeFor({ ids, externalId, plan, order }: CustomerFilter): string {
  if (ids !== null) {
    return '(SELECT o.* FROM json_each(?7) i CROSS JOIN customers o WHERE o.id = i.value) WHERE 1';
  }
  if (externalId !== null) {
    return 'customers WHERE external_id = ?4';
  }
  return plan !== null && order in AGE_ORDER ? 'customers WHERE plan_id = ?9' : 'customers WHERE 1';
}

/** `from` leads to an index; the rest filters what that finds. */
const listOf = (from: string, order: CustomerOrder) => `SELECT ${fieldsOf('c')} FROM (
    SELECT * FROM ${from} AND ${behindPlace(order)} LIMIT ?3) c
  WHERE (?4 IS NULL OR external_id = ?4) AND (?9 IS NULL OR plan_id = ?9)
    AND (?5 IS NULL OR COALESCE(${erasureOf('c.id')}, status) = ?5)
    AND (?6 IS NULL OR instr(lower(id || ' ' || name || ' ' || COALESCE(external_id, '')), lower(?6)) > 0)
  ORDER BY ${ORDER_BY[order]} LIMIT ?8`;

/** A page of customers. */
export async function readCustomers(
  db: D1Database,
  filter: CustomerFilter,
  page: Page,
): Promise<Found<Customer>> {
  const { ids, externalId, search, status, plan } = filter;
  const isNarrowed = [ids, externalId, search, status, plan].some((one) => one !== null);
  const wanted = ids === null ? null : JSON.stringify(ids);
  const { results } = await db
    .prepare(listOf(placeFor(filter), filter.order))
    .bind(
      page.afterMs,
      page.afterId,
      isNarrowed ? MAX_READ : page.limit,
      externalId,
      status,
      search,
      wanted,
      page.limit,
      plan,
    )
    .all();
  const rows = results.map(customerOf);
  const isThrough = ids !== null || externalId !== null || !isNarrowed || rows.length === page.limit;
  return { rows, stoppedAt: isThrough ? null : await readStop(db, filter, page) };
}

/** The last customer that a page has read and left out; null where it has read to the end. */
async function readStop(db: D1Database, filter: CustomerFilter, page: Page): Promise<Place | null> {
  const from = placeFor(filter).replace('?9', '?3');
  const place = [page.afterMs, page.afterId];
  const row = await db
    .prepare(
      `SELECT created_at_ms, id FROM ${from} AND ${behindPlace(filter.order)} LIMIT 1 OFFSET ${MAX_READ - 1}`,
    )
    .bind(...(from.includes('?3') ? [...place, filter.plan] : place))
    .first();
  return row === null ? null : { ms: column(row, 'created_at_ms', isNumber), id: column(row, 'id', isText) };
}
