// The rows of keys. They hold hashes of the keys' texts; a text cannot be read from them.

import { audited, auditEntry, stateOf, type Change } from '../audit/store.ts';
import { isKept } from '../erasure/kept-store.ts';
import { isLimits, type LimitsPatch } from '../ledger/limits.ts';
import { column, jsonColumn, jsonColumnOrNull, rowsOf, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText, isTexts, oneOf, orNull } from '../../lib/guard.ts';
import { isCustomerId, isKeyId, type KeyId } from '../../lib/ids.ts';
import { AGE_ORDER, behind, MAX_READ, type Found, type Order, type Page } from '../../storage/page.ts';
import { SIGHTS, type Key, type KeyStatus } from './key.ts';

export const isSight = oneOf(SIGHTS);

/** The state of a key in the audit. */
export const KEY_STATE = stateOf(
  'keys',
  "'name', name, 'models', json(models), 'limits', json(limits), 'expires_at_ms', expires_at_ms, 'revoked_at_ms', revoked_at_ms",
);

export function keyOf(row: Row): Key {
  return {
    id: column(row, 'id', isKeyId),
    customerId: column(row, 'customer_id', isCustomerId),
    kind: column(row, 'kind', oneOf(['secret', 'browser'])),
    parentId: column(row, 'parent_id', orNull(isKeyId)),
    successorOf: column(row, 'successor_of', orNull(isKeyId)),
    family: column(row, 'family', isKeyId),
    hint: column(row, 'hint', isText),
    name: column(row, 'name', isText),
    models: jsonColumnOrNull(row, 'models', isTexts),
    limits: jsonColumn(row, 'limits', isLimits),
    origins: jsonColumnOrNull(row, 'origins', isTexts),
    endUser: column(row, 'end_user', isText),
    see: column(row, 'see', isSight),
    expiresAtMs: column(row, 'expires_at_ms', orNull(isNumber)),
    revokedAtMs: column(row, 'revoked_at_ms', orNull(isNumber)),
    lastUsedAtMs: column(row, 'last_used_at_ms', orNull(isNumber)),
    createdAtMs: column(row, 'created_at_ms', isNumber),
  };
}

const BY_HASH = statement<{ hash: string }>('SELECT * FROM keys WHERE hash = :hash');
const BY_ID = statement<{ id: KeyId }>('SELECT * FROM keys WHERE id = :id');

/** The key whose text has this hash, live or not. */
export async function findKeyByHash(db: D1Database, hash: string): Promise<Key | null> {
  const row = await BY_HASH(db, { hash }).first();
  return row === null ? null : keyOf(row);
}

export async function findKey(db: D1Database, id: KeyId): Promise<Key | null> {
  const row = await BY_ID(db, { id }).first();
  return row === null ? null : keyOf(row);
}

export type NewKey = Pick<
  Key,
  'id' | 'customerId' | 'hint' | 'name' | 'models' | 'expiresAtMs' | 'createdAtMs'
> & { hash: string; limits: LimitsPatch };

const INSERT = statement<Omit<NewKey, 'models' | 'limits'> & { models: string | null; limits: string }>(
  `INSERT INTO keys (id, customer_id, kind, family, hash, hint, name, models, limits, expires_at_ms, created_at_ms)
   SELECT :id, c.id, 'secret', :id, :hash, :hint, :name, :models, json_patch('{}', :limits), :expiresAtMs, :createdAtMs
   FROM customers c WHERE c.id = :customerId AND ${isKept('c.id')} RETURNING *`,
);

/** Stores a new secret key; `hash` is the SHA-256 of its text. Null without such a customer. */
export async function insertKey(db: D1Database, key: NewKey, change: Change): Promise<Key | null> {
  const [inserted] = await db.batch<Record<string, unknown>>([
    INSERT(db, { ...key, models: modelsText(key.models), limits: JSON.stringify(key.limits) }),
    ...auditEntry(db, change, KEY_STATE),
  ]);
  return one(inserted);
}

const FIND_CUSTOMER = statement<{ customer: string }>('SELECT id FROM customers WHERE id = :customer');
const KEYS_OF_CUSTOMER = statement<Page & { customer: string }>(
  `SELECT * FROM keys WHERE customer_id = :customer AND kind = 'secret' AND (created_at_ms, id) > (:afterMs, :afterId)
   ORDER BY created_at_ms, id LIMIT :limit`,
);

/** A page of a customer's secret keys, oldest first; null without such a customer. */
export async function readKeys(db: D1Database, customer: string, page: Page): Promise<Key[] | null> {
  const [found, keys] = await db.batch<Record<string, unknown>>([
    FIND_CUSTOMER(db, { customer }),
    KEYS_OF_CUSTOMER(db, { ...page, customer }),
  ]);
  return rowsOf(found).length === 0 ? null : rowsOf(keys).map(keyOf);
}

/** Null: no such filter. */
export type KeyFilter = {
  id: string | null;
  hint: string | null;
  customer: string | null;
  /** The browser tokens of this key. */
  parent: string | null;
  status: KeyStatus | null;
  order: Order;
};

type ListValues = Omit<KeyFilter, 'order'> & Page & { nowMs: number; maxRead: number };

const behindPage = (order: Order) => behind(order, ':afterMs', ':afterId');

/** `source` names what an index is searched for; the other conditions filter those rows. */
const listOf = (source: string, order: Order) => `SELECT * FROM (
    SELECT * FROM keys ${source} AND ${behindPage(order)} LIMIT :maxRead)
  WHERE (:id IS NULL OR id = :id) AND (:hint IS NULL OR hint = :hint)
    AND (:customer IS NULL OR customer_id = :customer) AND (:parent IS NULL OR parent_id = :parent)
    AND (:status IS NULL OR :status = CASE WHEN revoked_at_ms IS NOT NULL THEN 'revoked'
      WHEN expires_at_ms <= :nowMs THEN 'expired' ELSE 'active' END)
  ORDER BY ${AGE_ORDER[order]} LIMIT :limit`;

function sourceFor({ id, hint, customer, parent }: KeyFilter): string {
  if (id !== null) {
    return 'WHERE id = :id';
  }
  if (hint !== null) {
    return 'WHERE hint = :hint';
  }
  if (parent !== null) {
    return 'WHERE parent_id = :parent';
  }
  return customer === null ? "WHERE kind = 'secret'" : "WHERE customer_id = :customer AND kind = 'secret'";
}

/** A page of all customers' keys: of secret keys, unless the filter has an id, a hint or a parent. */
export async function readAllKeys(
  db: D1Database,
  filter: KeyFilter,
  page: Page & { nowMs: number },
): Promise<Found<Key>> {
  const { id, hint, customer, parent, status, order } = filter;
  const source = sourceFor(filter);
  const filters = [id, hint, customer, parent, status].filter((value) => value !== null).length;
  // The index answers one filter, but no status; whatever else is asked for skips rows.
  const isSkipping = status !== null || filters > 1;
  const values = { ...filter, ...page, maxRead: isSkipping ? MAX_READ : page.limit };
  const { results } = await statement<ListValues>(listOf(source, order))(db, values).all();
  const rows = results.map(keyOf);
  if (!isSkipping || rows.length === page.limit) {
    return { rows, stoppedAt: null };
  }
  const findStop = statement<ListValues>(
    `SELECT created_at_ms, id FROM keys ${source} AND ${behindPage(order)} LIMIT 1 OFFSET ${MAX_READ - 1}`,
  );
  const stop = await findStop(db, values).first();
  const stoppedAt =
    stop === null ? null : { ms: column(stop, 'created_at_ms', isNumber), id: column(stop, 'id', isText) };
  return { rows, stoppedAt };
}

/** Absent keeps; null removes. */
export type KeyPatch = {
  name?: string | undefined;
  models?: string[] | null | undefined;
  limits?: LimitsPatch | undefined;
  expiresAtMs?: number | null | undefined;
};

const PATCH_FAMILY = statement<{ id: string; limits: string }>(
  `UPDATE keys SET limits = json_patch(limits, :limits)
   WHERE kind = 'secret' AND id <> :id AND (customer_id, family) =
     (SELECT customer_id, family FROM keys WHERE id = :id AND kind = 'secret')
     AND ${isKept('keys.customer_id')}`,
);

type PatchValues = {
  id: string;
  name: string | null;
  limits: string;
  setsModels: number;
  models: string | null;
  setsExpiry: number;
  expiresAtMs: number | null;
};

const PATCH = statement<PatchValues>(
  `UPDATE keys SET name = COALESCE(:name, name), limits = json_patch(limits, :limits),
     models = CASE WHEN :setsModels THEN :models ELSE models END,
     expires_at_ms = CASE WHEN :setsExpiry THEN :expiresAtMs ELSE expires_at_ms END
   WHERE id = :id AND kind = 'secret' AND ${isKept('keys.customer_id')} RETURNING *`,
);

/**
 * Changes a secret key; its limits are those of its whole family. Null without such a key. A browser token cannot be changed: it
 * stays as narrow as it was minted.
 */
export async function patchKey(
  db: D1Database,
  id: string,
  { patch, change }: { patch: KeyPatch; change: Change },
): Promise<Key | null> {
  const { before, behind: entries } = audited(db, change, KEY_STATE);
  const limits = JSON.stringify(patch.limits ?? {});
  const results = await db.batch<Record<string, unknown>>([
    ...before,
    PATCH_FAMILY(db, { id, limits }),
    PATCH(db, {
      id,
      name: patch.name ?? null,
      limits,
      setsModels: Number(patch.models !== undefined),
      models: modelsText(patch.models ?? null),
      setsExpiry: Number(patch.expiresAtMs !== undefined),
      expiresAtMs: patch.expiresAtMs ?? null,
    }),
    ...entries,
  ]);
  return one(results[before.length + 1]);
}

function one(result: D1Result<Record<string, unknown>> | undefined): Key | null {
  const row = result?.results[0];
  return row === undefined ? null : keyOf(row);
}

function modelsText(models: string[] | null): string | null {
  return models === null ? null : JSON.stringify(models);
}
