// The rows of customers. Balance and holds are moved by ledger/store.ts only.

import { audited, stateOf, type Audited, type Change, type Creation } from '../audit/store.ts';
import { erasureOf, isKept } from '../erasure/kept-store.ts';
import { isLimits, type LimitsPatch } from '../ledger/limits.ts';
import { column, jsonColumn, jsonColumnOrNull, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, isTexts, isWhole, oneOf, orNull } from '../../lib/guard.ts';
import { isAccountId, isCustomerId, type CustomerId } from '../../lib/ids.ts';
import { isJsonObject } from '../../lib/json.ts';
import { holding, LIST_PRICE_E4 } from '../plans/plan.ts';
import { planOf } from '../plans/store.ts';
import type { Customer } from './customer.ts';

/** A customer in a row of `fieldsOf`. */
export function customerOf(row: Row): Customer {
  const markupE4 = column(row, 'markup_e4', isNumber);
  const own = {
    markupE4: column(row, 'markup_own', isNumber) === 1 ? markupE4 : null,
    limits: jsonColumn(row, 'limits', isLimits),
  };
  const plan = jsonColumnOrNull(row, 'plan', isJsonObject);
  const planned = plan === null ? null : planOf(plan);
  return {
    id: column(row, 'id', isCustomerId),
    name: column(row, 'name', isText),
    externalId: column(row, 'external_id', orNull(isText)),
    status:
      column(row, 'erasure', orNull(oneOf(['erasing', 'erased']))) ??
      column(row, 'status', oneOf(['active', 'suspended'])),
    plan: planned,
    own,
    ...holding(own, planned),
    prepaid: column(row, 'prepaid', isNumber) === 1,
    balanceMicros: column(row, 'balance_micros', isWhole),
    heldMicros: column(row, 'held_micros', isWhole),
    accountId: column(row, 'account_id', orNull(isAccountId)),
    loras: jsonColumn(row, 'loras', isTexts),
    createdAtMs: column(row, 'created_at_ms', isNumber),
  };
}

/** SQL: the row of a customer with that of their plan, and how far their erasure is. */
export const fieldsOf = (
  customer: string,
) => `*, ${erasureOf(`${customer}.id`)} AS erasure, (SELECT json_object('id', p.id, 'name', p.name,
    'limits', p.limits, 'markup_e4', p.markup_e4, 'models', p.models) FROM plans p WHERE p.id = ${customer}.plan_id) AS plan`;

const FIELDS = fieldsOf('customers');

/** A customer as the audit shows it. */
export const CUSTOMER_STATE = stateOf(
  'customers',
  `'name', name, 'external_id', external_id, 'status', status,
   'markup_e4', CASE markup_own WHEN 1 THEN markup_e4 END, 'prepaid', json(iif(prepaid, 'true', 'false')),
   'limits', json(limits), 'loras', json(loras), 'account', account_id, 'plan', plan_id`,
);

/** What a change for many may say. Absent keeps; null removes. */
export type Terms = {
  status?: 'active' | 'suspended' | undefined;
  markupE4?: number | null | undefined;
  prepaid?: boolean | undefined;
  limits?: LimitsPatch | undefined;
  loras?: string[] | undefined;
  account?: string | null | undefined;
  plan?: string | null | undefined;
};

export type CustomerPatch = Terms & { name?: string | undefined; externalId?: string | null | undefined };

/** Why nothing was written. `missing`: there are no such customers, or they are erased. `taken`: another one has this external id. */
export type Unwritten = { why: 'missing'; ids: string[] } | { why: 'taken' | 'no account' | 'no plan' };

/** SQL: a customer may be pinned to this account, or to none. */
const mayPin = (account: string) =>
  `(${account} IS NULL OR EXISTS (SELECT 1 FROM accounts WHERE id = ${account} AND status <> 'deleted'))`;

/** SQL: a customer may be on this plan, or on none. */
const mayJoin = (plan: string) => `(${plan} IS NULL OR EXISTS (SELECT 1 FROM plans WHERE id = ${plan}))`;

type NewCustomer = CustomerPatch & { id: CustomerId; name: string };

/**
 * What the call does not say, the plan says while the customer is on it; what neither says comes from the defaults of this
 * instant, and is the customer's own from then on.
 */
const INSERT = `INSERT INTO customers (id, name, external_id, status, markup_e4, markup_own, prepaid, limits, created_at_ms,
    loras, account_id, plan_id)
  SELECT ?1, ?2, ?3, ?4, COALESCE(d.markup_e4, ${LIST_PRICE_E4}), d.markup_e4 IS NOT NULL,
    COALESCE(?5, d.default_prepaid), json_patch(d.limits, ?6), ?7, ?8, ?9, d.plan_id
  FROM (
    SELECT s.default_prepaid, s.plan_id,
      CASE WHEN ?12 THEN ?13 WHEN p.markup_e4 IS NULL THEN s.default_markup_e4 END AS markup_e4,
      (SELECT json_group_object(l.key, l.value) FROM json_each(s.default_limits) l
        WHERE p.id IS NULL OR p.limits ->> l.key IS NULL) AS limits
    FROM (SELECT *, CASE WHEN ?10 THEN ?11 ELSE default_plan_id END AS plan_id FROM settings) s
      LEFT JOIN plans p ON p.id = s.plan_id
    WHERE s.plan_id IS NULL OR p.id IS NOT NULL) d
  WHERE ${mayPin('?9')} RETURNING ${FIELDS}`;

export async function insertCustomer(
  db: D1Database,
  customer: NewCustomer,
  change: Change,
): Promise<Customer | Unwritten> {
  const statement = db
    .prepare(INSERT)
    .bind(
      customer.id,
      customer.name,
      customer.externalId ?? null,
      customer.status ?? 'active',
      numberOrNull(customer.prepaid),
      JSON.stringify(customer.limits ?? {}),
      change.atMs,
      JSON.stringify(customer.loras ?? []),
      customer.account ?? null,
      isSaid(customer.plan),
      customer.plan ?? null,
      isSaid(customer.markupE4),
      customer.markupE4 ?? null,
    );
  const rows = await write(db, statement, audited(db, change, CUSTOMER_STATE));
  const [row] = rows ?? [];
  if (rows === null) {
    return { why: 'taken' };
  }
  return row === undefined ? whyUnwritten(db, [], customer) : customerOf(row);
}

const UPDATE = `UPDATE customers SET name = COALESCE(?2, name), status = COALESCE(?3, status),
    markup_e4 = CASE WHEN ?4 THEN COALESCE(?5, ${LIST_PRICE_E4}) ELSE markup_e4 END,
    markup_own = CASE WHEN ?4 THEN ?5 IS NOT NULL ELSE markup_own END,
    prepaid = COALESCE(?6, prepaid), limits = json_patch(limits, ?7),
    external_id = CASE WHEN ?8 THEN ?9 ELSE external_id END, loras = COALESCE(?10, loras),
    account_id = CASE WHEN ?11 THEN ?12 ELSE account_id END, plan_id = CASE WHEN ?13 THEN ?14 ELSE plan_id END
  WHERE id IN (SELECT value FROM json_each(?1)) AND ${mayPin('?12')} AND ${mayJoin('?14')}
    AND (SELECT COUNT(*) FROM customers c WHERE c.id IN (SELECT value FROM json_each(?1)) AND ${isKept('c.id')}) = json_array_length(?1)
  RETURNING ${FIELDS}`;

/**
 * Changes these customers in one statement, so that two changes at once both hold: all of them or none. Each id stands in
 * the list once.
 */
export async function patchCustomers(
  db: D1Database,
  ids: string[],
  { patch, change }: { patch: CustomerPatch; change: Creation },
): Promise<Customer[] | Unwritten> {
  const statement = db
    .prepare(UPDATE)
    .bind(
      JSON.stringify(ids),
      patch.name ?? null,
      patch.status ?? null,
      isSaid(patch.markupE4),
      patch.markupE4 ?? null,
      numberOrNull(patch.prepaid),
      JSON.stringify(patch.limits ?? {}),
      isSaid(patch.externalId),
      patch.externalId ?? null,
      patch.loras === undefined ? null : JSON.stringify(patch.loras),
      isSaid(patch.account),
      patch.account ?? null,
      isSaid(patch.plan),
      patch.plan ?? null,
    );
  const rows = await write(db, statement, audited(db, { ...change, objects: ids }, CUSTOMER_STATE));
  if (rows === null) {
    return { why: 'taken' };
  }
  return rows.length === 0 ? whyUnwritten(db, ids, patch) : rows.map(customerOf);
}

/** What stood in the way of a write, as it stands now. */
async function whyUnwritten(db: D1Database, ids: string[], { account, plan }: Terms): Promise<Unwritten> {
  const row = await db
    .prepare(
      `SELECT ${mayPin('?2')} AS may_pin, ${mayJoin('?3')} AS may_join, (SELECT json_group_array(value)
         FROM json_each(?1) WHERE value NOT IN (SELECT id FROM customers c WHERE ${isKept('c.id')})) AS missing`,
    )
    .bind(JSON.stringify(ids), account ?? null, plan ?? null)
    .first();
  const missing = jsonColumn(row, 'missing', isTexts);
  if (missing.length > 0) {
    return { why: 'missing', ids: missing };
  }
  return { why: column(row, 'may_pin', isNumber) === 1 ? 'no plan' : 'no account' };
}

function isSaid(value: unknown): 0 | 1 {
  return value === undefined ? 0 : 1;
}

function numberOrNull(value: boolean | undefined): number | null {
  return value === undefined ? null : Number(value);
}

export async function findCustomer(db: D1Database, id: string): Promise<Customer | null> {
  const row = await db.prepare(`SELECT ${FIELDS} FROM customers WHERE id = ?1`).bind(id).first();
  return row === null ? null : customerOf(row);
}

/** The rows as written; null: another customer has the external id. */
async function write(db: D1Database, statement: D1PreparedStatement, audit: Audited): Promise<Row[] | null> {
  try {
    const results = await db.batch<Record<string, unknown>>([...audit.before, statement, ...audit.behind]);
    return rowsOf(results[audit.before.length]);
  } catch (error) {
    if (error instanceof Error && error.message.includes('UNIQUE constraint failed: customers.external_id')) {
      return null;
    }
    throw error;
  }
}
