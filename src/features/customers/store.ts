// The rows of customers. Balance and holds are moved by ledger/store.ts only.

import { audited, stateOf, type Change } from '../audit/store.ts';
import { isLimits, type LimitsPatch } from '../ledger/limits.ts';
import { column, jsonColumn, type Row } from '../../storage/column.ts';
import { isNumber, isText, isTexts, isWhole, oneOf, orNull } from '../../lib/guard.ts';
import { isAccountId, isCustomerId, type CustomerId } from '../../lib/ids.ts';
import { AGE_ORDER, behind, MAX_READ, type Found, type Page, type Place } from '../../storage/page.ts';
import type { Customer, CustomerOrder } from './customer.ts';

function customerOf(row: Row): Customer {
  return {
    id: column(row, 'id', isCustomerId),
    name: column(row, 'name', isText),
    externalId: column(row, 'external_id', orNull(isText)),
    status: column(row, 'status', oneOf(['active', 'suspended'])),
    markupE4: column(row, 'markup_e4', isNumber),
    prepaid: column(row, 'prepaid', isNumber) === 1,
    balanceMicros: column(row, 'balance_micros', isWhole),
    heldMicros: column(row, 'held_micros', isWhole),
    limits: jsonColumn(row, 'limits', isLimits),
    accountId: column(row, 'account_id', orNull(isAccountId)),
    loras: jsonColumn(row, 'loras', isTexts),
    createdAtMs: column(row, 'created_at_ms', isNumber),
  };
}

/** A customer as the audit shows it. */
const STATE = stateOf(
  'customers',
  `'name', name, 'external_id', external_id, 'status', status, 'markup_e4', markup_e4,
   'prepaid', json(iif(prepaid, 'true', 'false')), 'limits', json(limits), 'loras', json(loras), 'account', account_id`,
);

/** Absent keeps; null removes. */
export type CustomerPatch = {
  name?: string | undefined;
  externalId?: string | null | undefined;
  status?: 'active' | 'suspended' | undefined;
  markupE4?: number | undefined;
  prepaid?: boolean | undefined;
  limits?: LimitsPatch | undefined;
  loras?: string[] | undefined;
  account?: string | null | undefined;
};

/** SQL: a customer may be pinned to this account, or to none. */
const mayPin = (account: string) =>
  `(${account} IS NULL OR EXISTS (SELECT 1 FROM accounts WHERE id = ${account} AND status <> 'deleted'))`;

type NewCustomer = CustomerPatch & { id: CustomerId; name: string };

/** `taken`: another customer has this external id. `no account`: there is none of this id. */
export async function insertCustomer(
  db: D1Database,
  customer: NewCustomer,
  change: Change,
): Promise<Customer | 'taken' | 'no account'> {
  const statement = db
    .prepare(
      `INSERT INTO customers (id, name, external_id, status, markup_e4, prepaid, limits, created_at_ms, loras, account_id)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, json_patch('{}', ?7), ?8, ?9, ?10 WHERE ${mayPin('?10')} RETURNING *`,
    )
    .bind(
      customer.id,
      customer.name,
      customer.externalId ?? null,
      customer.status ?? 'active',
      customer.markupE4 ?? 10_000,
      customer.prepaid === true ? 1 : 0,
      JSON.stringify(customer.limits ?? {}),
      change.atMs,
      JSON.stringify(customer.loras ?? []),
      customer.account ?? null,
    );
  const row = await write(db, statement, change);
  return row === 'taken' ? row : row === undefined ? 'no account' : customerOf(row);
}

/** Changes a customer in one statement, so that two changes at once both hold. `taken`, `no account`: as above. */
export async function patchCustomer(
  db: D1Database,
  id: string,
  { patch, change }: { patch: CustomerPatch; change: Change },
): Promise<Customer | 'missing' | 'taken' | 'no account'> {
  const statement = db
    .prepare(
      `UPDATE customers SET name = COALESCE(?2, name), status = COALESCE(?3, status),
         markup_e4 = COALESCE(?4, markup_e4), prepaid = COALESCE(?5, prepaid), limits = json_patch(limits, ?6),
         external_id = CASE WHEN ?7 THEN ?8 ELSE external_id END, loras = COALESCE(?9, loras),
         account_id = CASE WHEN ?10 THEN ?11 ELSE account_id END
       WHERE id = ?1 AND ${mayPin('?11')} RETURNING *`,
    )
    .bind(
      id,
      patch.name ?? null,
      patch.status ?? null,
      patch.markupE4 ?? null,
      patch.prepaid === undefined ? null : Number(patch.prepaid),
      JSON.stringify(patch.limits ?? {}),
      patch.externalId === undefined ? 0 : 1,
      patch.externalId ?? null,
      patch.loras === undefined ? null : JSON.stringify(patch.loras),
      patch.account === undefined ? 0 : 1,
      patch.account ?? null,
    );
  const row = await write(db, statement, change);
  if (row !== undefined) {
    return row === 'taken' ? row : customerOf(row);
  }
  return (await findCustomer(db, id)) === null ? 'missing' : 'no account';
}

export async function findCustomer(db: D1Database, id: string): Promise<Customer | null> {
  const row = await db.prepare('SELECT * FROM customers WHERE id = ?1').bind(id).first();
  return row === null ? null : customerOf(row);
}

/** Null: no such filter. `search` looks for a part of the id, the name or the external id, in any case. */
export type CustomerFilter = {
  ids: string[] | null;
  externalId: string | null;
  search: string | null;
  status: string | null;
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

/** `from` leads to an index; the rest filters what that finds. */
const listOf = (from: string, order: CustomerOrder) => `SELECT * FROM (
    SELECT * FROM ${from} AND ${behindPlace(order)} LIMIT ?3)
  WHERE (?4 IS NULL OR external_id = ?4) AND (?5 IS NULL OR status = ?5)
    AND (?6 IS NULL OR instr(lower(id || ' ' || name || ' ' || COALESCE(external_id, '')), lower(?6)) > 0) ORDER BY ${ORDER_BY[order]} LIMIT ?8`;

function placeFor({ ids, externalId }: CustomerFilter): string {
  if (ids !== null) {
    return '(SELECT c.* FROM json_each(?7) i CROSS JOIN customers c WHERE c.id = i.value) WHERE 1';
  }
  return externalId === null ? 'customers WHERE 1' : 'customers WHERE external_id = ?4';
}

/** A page of customers. */
export async function readCustomers(
  db: D1Database,
  filter: CustomerFilter,
  page: Page,
): Promise<Found<Customer>> {
  const { ids, externalId, search, status, order } = filter;
  const isNarrowed = [ids, externalId, search, status].some((one) => one !== null);
  const place = [page.afterMs, page.afterId];
  const values = [externalId, status, search, ids === null ? null : JSON.stringify(ids), page.limit];
  const { results } = await db
    .prepare(listOf(placeFor(filter), order))
    .bind(...place, isNarrowed ? MAX_READ : page.limit, ...values)
    .all();
  const rows = results.map(customerOf);
  const isThrough = ids !== null || externalId !== null || !isNarrowed || rows.length === page.limit;
  return { rows, stoppedAt: isThrough ? null : await readStop(db, order, place) };
}

async function readStop(
  db: D1Database,
  order: CustomerOrder,
  place: (number | string)[],
): Promise<Place | null> {
  const row = await db
    .prepare(
      `SELECT created_at_ms, id FROM customers WHERE ${behindPlace(order)} LIMIT 1 OFFSET ${MAX_READ - 1}`,
    )
    .bind(...place)
    .first();
  return row === null ? null : { ms: column(row, 'created_at_ms', isNumber), id: column(row, 'id', isText) };
}

/** The row as written; undefined where none was. */
async function write(db: D1Database, statement: D1PreparedStatement, change: Change): Promise<Row | 'taken'> {
  const entry = audited(db, change, STATE);
  try {
    const [, written] = await db.batch<Row>([...entry.before, statement, ...entry.behind]);
    return written?.results[0];
  } catch (error) {
    if (error instanceof Error && error.message.includes('UNIQUE constraint failed: customers.external_id')) {
      return 'taken';
    }
    throw error;
  }
}
