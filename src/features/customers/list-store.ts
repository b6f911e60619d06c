// Lists of customers, by age or by name.

import { erasureOf } from '../erasure/kept-store.ts';
import { column } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { AGE_ORDER, behind, MAX_READ, type Found, type Page } from '../../storage/page.ts';
import { isNumber, isText } from '../../lib/guard.ts';
import type { Customer, CustomerOrder } from './customer.ts';
import { customerOf, fieldsOf } from './store.ts';

/** Null: no such filter. `search` finds a part of the id, the name or the external id, and ignores case. */
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

/** SQL: the name of the last customer of the page before. The collation stands on this side so that the index stays usable. */
const nameElse = (none: string) =>
  `COALESCE((SELECT name FROM customers WHERE id = :afterId), ${none}) COLLATE NOCASE`;

/** SQL: the customers after the last one of the page before, which a cursor names by its age and id. */
function behindPage(order: CustomerOrder): string {
  switch (order) {
    case 'name':
      return `(name, id) > (${nameElse("''")}, :afterId) ORDER BY ${ORDER_BY.name}`;
    case 'name_desc':
      return `(name, id) < (${nameElse('char(1114111)')}, :afterId) ORDER BY ${ORDER_BY.name_desc}`;
    default:
      return behind(order, ':afterMs', ':afterId');
  }
}

/** SQL: the rows to read, found by an index. The index of a plan has only the order of age. */
function sourceFor({ ids, externalId, plan, order }: CustomerFilter): string {
  if (ids !== null) {
    return '(SELECT o.* FROM json_each(:ids) i CROSS JOIN customers o WHERE o.id = i.value) WHERE 1';
  }
  if (externalId !== null) {
    return 'customers WHERE external_id = :externalId';
  }
  return plan !== null && order in AGE_ORDER ? 'customers WHERE plan_id = :plan' : 'customers WHERE 1';
}

type ListValues = Omit<CustomerFilter, 'ids' | 'order'> & Page & { ids: string | null; maxRead: number };

const listOf = (source: string, order: CustomerOrder) => `SELECT ${fieldsOf('c')} FROM (
    SELECT * FROM ${source} AND ${behindPage(order)} LIMIT :maxRead) c
  WHERE (:externalId IS NULL OR external_id = :externalId) AND (:plan IS NULL OR plan_id = :plan)
    AND (:status IS NULL OR COALESCE(${erasureOf('c.id')}, status) = :status)
    AND (:search IS NULL OR instr(lower(id || ' ' || name || ' ' || COALESCE(external_id, '')), lower(:search)) > 0)
  ORDER BY ${ORDER_BY[order]} LIMIT :limit`;

/** A page of the customers that match. */
export async function readCustomers(
  db: D1Database,
  filter: CustomerFilter,
  page: Page,
): Promise<Found<Customer>> {
  const { ids, externalId, search, status, plan, order } = filter;
  const isSkipping = [ids, externalId, search, status, plan].some((value) => value !== null);
  const source = sourceFor(filter);
  const values = {
    ...filter,
    ...page,
    ids: ids === null ? null : JSON.stringify(ids),
    maxRead: isSkipping ? MAX_READ : page.limit,
  };
  const { results } = await statement<ListValues>(listOf(source, order))(db, values).all();
  const rows = results.map(customerOf);
  if (ids !== null || externalId !== null || !isSkipping || rows.length === page.limit) {
    return { rows, stoppedAt: null };
  }
  const findStop = statement<ListValues>(
    `SELECT created_at_ms, id FROM ${source} AND ${behindPage(order)} LIMIT 1 OFFSET ${MAX_READ - 1}`,
  );
  const stop = await findStop(db, values).first();
  const stoppedAt =
    stop === null ? null : { ms: column(stop, 'created_at_ms', isNumber), id: column(stop, 'id', isText) };
  return { rows, stoppedAt };
}
