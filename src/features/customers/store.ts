// The rows of customers. Only ledger/store.ts changes their balance and holds.

import { audited, stateOf, type Audited, type Change, type Creation } from '../audit/store.ts';
import { erasureOf, isKept } from '../erasure/kept-store.ts';
import { isLimits, type LimitsPatch } from '../ledger/limits.ts';
import { column, jsonColumn, jsonColumnOrNull, rowsOf, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText, isTexts, isWhole, oneOf, orNull } from '../../lib/guard.ts';
import { isAccountId, isCustomerId, type CustomerId } from '../../lib/ids.ts';
import { isJsonObject } from '../../lib/json.ts';
import { holding, LIST_PRICE_E4 } from '../plans/plan.ts';
import { planOf } from '../plans/store.ts';
import type { Customer } from './customer.ts';

/** Reads a row with the columns of `fieldsOf`. */
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

/** SQL: the columns of a customer, with their plan and the state of their erasure. */
export const fieldsOf = (
  customer: string,
) => `*, ${erasureOf(`${customer}.id`)} AS erasure, (SELECT json_object('id', p.id, 'name', p.name,
    'limits', p.limits, 'markup_e4', p.markup_e4, 'models', p.models) FROM plans p WHERE p.id = ${customer}.plan_id) AS plan`;

const FIELDS = fieldsOf('customers');

/** The state of a customer in the audit. */
export const CUSTOMER_STATE = stateOf(
  'customers',
  `'name', name, 'external_id', external_id, 'status', status,
   'markup_e4', CASE markup_own WHEN 1 THEN markup_e4 END, 'prepaid', json(iif(prepaid, 'true', 'false')),
   'limits', json(limits), 'loras', json(loras), 'account', account_id, 'plan', plan_id`,
);

/** The changes that many customers can get at once. Absent keeps; null removes. */
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

/** The reason for writing nothing. `missing`: unknown or erased customers. `taken`: another customer has the external id. */
export type Unwritten = { why: 'missing'; ids: string[] } | { why: 'taken' | 'no account' | 'no plan' };

const ACCOUNT_EXISTS = `(:account IS NULL
    OR EXISTS (SELECT 1 FROM accounts WHERE id = :account AND status <> 'deleted'))`;

const PLAN_EXISTS = '(:plan IS NULL OR EXISTS (SELECT 1 FROM plans WHERE id = :plan))';

type NewCustomer = CustomerPatch & { id: CustomerId; name: string };

type CustomerValues = {
  name: string | null;
  status: string | null;
  setsExternalId: number;
  externalId: string | null;
  setsMarkup: number;
  markupE4: number | null;
  prepaid: number | null;
  limits: string;
  loras: string | null;
  setsAccount: number;
  account: string | null;
  setsPlan: number;
  plan: string | null;
};

function valuesOf(patch: CustomerPatch): CustomerValues {
  return {
    name: patch.name ?? null,
    status: patch.status ?? null,
    setsExternalId: isGiven(patch.externalId),
    externalId: patch.externalId ?? null,
    setsMarkup: isGiven(patch.markupE4),
    markupE4: patch.markupE4 ?? null,
    prepaid: patch.prepaid === undefined ? null : Number(patch.prepaid),
    limits: JSON.stringify(patch.limits ?? {}),
    loras: patch.loras === undefined ? null : JSON.stringify(patch.loras),
    setsAccount: isGiven(patch.account),
    account: patch.account ?? null,
    setsPlan: isGiven(patch.plan),
    plan: patch.plan ?? null,
  };
}

function isGiven(value: unknown): number {
  return Number(value !== undefined);
}

/**
 * A field that the call leaves out comes from the plan as long as the customer is on it. If the plan has none either, today's
 * default of the settings becomes the customer's own.
 */
const INSERT = statement<CustomerValues & { id: CustomerId; atMs: number }>(
  `INSERT INTO customers (id, name, external_id, status, markup_e4, markup_own, prepaid, limits, created_at_ms,
    loras, account_id, plan_id)
  SELECT :id, :name, :externalId, COALESCE(:status, 'active'), COALESCE(d.markup_e4, ${LIST_PRICE_E4}),
    d.markup_e4 IS NOT NULL, COALESCE(:prepaid, d.default_prepaid), json_patch(d.limits, :limits), :atMs,
    COALESCE(:loras, '[]'), :account, d.plan_id
  FROM (
    SELECT s.default_prepaid, s.plan_id,
      CASE WHEN :setsMarkup THEN :markupE4 WHEN p.markup_e4 IS NULL THEN s.default_markup_e4 END AS markup_e4,
      (SELECT json_group_object(l.key, l.value) FROM json_each(s.default_limits) l
        WHERE p.id IS NULL OR p.limits ->> l.key IS NULL) AS limits
    FROM (SELECT *, CASE WHEN :setsPlan THEN :plan ELSE default_plan_id END AS plan_id FROM settings) s
      LEFT JOIN plans p ON p.id = s.plan_id
    WHERE s.plan_id IS NULL OR p.id IS NOT NULL) d
  WHERE ${ACCOUNT_EXISTS} RETURNING ${FIELDS}`,
);

export async function insertCustomer(
  db: D1Database,
  customer: NewCustomer,
  change: Change,
): Promise<Customer | Unwritten> {
  const insert = INSERT(db, { ...valuesOf(customer), id: customer.id, atMs: change.atMs });
  const rows = await write(db, insert, audited(db, change, CUSTOMER_STATE));
  const [row] = rows ?? [];
  if (rows === null) {
    return { why: 'taken' };
  }
  return row === undefined ? whyUnwritten(db, [], customer) : customerOf(row);
}

const UPDATE = statement<CustomerValues & { ids: string }>(
  `UPDATE customers SET name = COALESCE(:name, name),
    status = COALESCE(:status, status),
    markup_e4 = CASE WHEN :setsMarkup THEN COALESCE(:markupE4, ${LIST_PRICE_E4}) ELSE markup_e4 END,
    markup_own = CASE WHEN :setsMarkup THEN :markupE4 IS NOT NULL ELSE markup_own END,
    prepaid = COALESCE(:prepaid, prepaid), limits = json_patch(limits, :limits),
    external_id = CASE WHEN :setsExternalId THEN :externalId ELSE external_id END, loras = COALESCE(:loras, loras),
    account_id = CASE WHEN :setsAccount THEN :account ELSE account_id END,
    plan_id = CASE WHEN :setsPlan THEN :plan ELSE plan_id END
  WHERE id IN (SELECT value FROM json_each(:ids)) AND ${ACCOUNT_EXISTS} AND ${PLAN_EXISTS}
    AND (SELECT COUNT(*) FROM customers c WHERE c.id IN (SELECT value FROM json_each(:ids)) AND ${isKept('c.id')})
      = json_array_length(:ids)
  RETURNING ${FIELDS}`,
);

/**
 * Changes all of these customers or none. One statement reads and writes the row, so two changes at the same time keep both. The
 * list has each id once.
 */
export async function patchCustomers(
  db: D1Database,
  ids: string[],
  { patch, change }: { patch: CustomerPatch; change: Creation },
): Promise<Customer[] | Unwritten> {
  const update = UPDATE(db, { ...valuesOf(patch), ids: JSON.stringify(ids) });
  const rows = await write(db, update, audited(db, { ...change, objects: ids }, CUSTOMER_STATE));
  if (rows === null) {
    return { why: 'taken' };
  }
  return rows.length === 0 ? whyUnwritten(db, ids, patch) : rows.map(customerOf);
}

const WHAT_EXISTS = statement<{ ids: string; account: string | null }>(
  `SELECT ${ACCOUNT_EXISTS} AS account_exists, (SELECT json_group_array(value)
     FROM json_each(:ids) WHERE value NOT IN (SELECT id FROM customers c WHERE ${isKept('c.id')})) AS missing`,
);

/** Reads, after a write of no row, which of its customers, account and plan does not exist. */
async function whyUnwritten(db: D1Database, ids: string[], { account }: Terms): Promise<Unwritten> {
  const row = await WHAT_EXISTS(db, { ids: JSON.stringify(ids), account: account ?? null }).first();
  const missing = jsonColumn(row, 'missing', isTexts);
  if (missing.length > 0) {
    return { why: 'missing', ids: missing };
  }
  return { why: column(row, 'account_exists', isNumber) === 1 ? 'no plan' : 'no account' };
}

const FIND = statement<{ id: string }>(`SELECT ${FIELDS} FROM customers WHERE id = :id`);

export async function findCustomer(db: D1Database, id: string): Promise<Customer | null> {
  const row = await FIND(db, { id }).first();
  return row === null ? null : customerOf(row);
}

/** The written rows; null: another customer has the external id. */
async function write(db: D1Database, change: D1PreparedStatement, audit: Audited): Promise<Row[] | null> {
  try {
    const results = await db.batch<Record<string, unknown>>([...audit.before, change, ...audit.behind]);
    return rowsOf(results[audit.before.length]);
  } catch (error) {
    if (error instanceof Error && error.message.includes('UNIQUE constraint failed: customers.external_id')) {
      return null;
    }
    throw error;
  }
}
