// The rows of keys. Only hashes of keys are stored; nothing here can tell a key's text.

import { audited, auditEntry, stateOf, type Change } from '../audit/store.ts';
import { isKept } from '../erasure/kept-store.ts';
import { isLimits, type LimitsPatch } from '../ledger/limits.ts';
import { column, jsonColumn, jsonColumnOrNull, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, isTexts, oneOf, orNull } from '../../lib/guard.ts';
import { isCustomerId, isKeyId, type KeyId } from '../../lib/ids.ts';
import { AGE_ORDER, behind, MAX_READ, type Found, type Order, type Page } from '../../storage/page.ts';
import { SIGHTS, type Key, type KeyStatus } from './key.ts';

export const isSight = oneOf(SIGHTS);

/** A key as the audit shows it. */
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

/** The key whose text has this hash, live or not. */
export async function findKeyByHash(db: D1Database, hash: string): Promise<Key | null> {
  const row = await db.prepare('SELECT * FROM keys WHERE hash = ?1').bind(hash).first();
  return row === null ? null : keyOf(row);
}

export async function findKey(db: D1Database, id: KeyId): Promise<Key | null> {
  const row = await db.prepare('SELECT * FROM keys WHERE id = ?1').bind(id).first();
  return row === null ? null : keyOf(row);
}

export type NewKey = Pick<
  Key,
  'id' | 'customerId' | 'hint' | 'name' | 'models' | 'expiresAtMs' | 'createdAtMs'
> & { hash: string; limits: LimitsPatch };

/** Stores a new secret key; `hash` is the SHA-256 of its text. Null when there is no such customer. */
export async function insertKey(db: D1Database, key: NewKey, change: Change): Promise<Key | null> {
  const [inserted] = await db.batch<Record<string, unknown>>([
    db
      .prepare(
        `INSERT INTO keys (id, customer_id, kind, family, hash, hint, name, models, limits, expires_at_ms, created_at_ms)
         SELECT ?1, c.id, 'secret', ?1, ?3, ?4, ?5, ?6, json_patch('{}', ?7), ?8, ?9 FROM customers c
         WHERE c.id = ?2 AND ${isKept('c.id')} RETURNING *`,
      )
      .bind(
        key.id,
        key.customerId,
        key.hash,
        key.hint,
        key.name,
        modelsText(key.models),
        JSON.stringify(key.limits),
        key.expiresAtMs,
        key.createdAtMs,
      ),
    ...auditEntry(db, change, KEY_STATE),
  ]);
  return one(inserted);
}

/** A page of a customer's secret keys, oldest first, from behind `after`; null when there is no such customer. */
export async function readKeys(db: D1Database, customer: string, page: Page): Promise<Key[] | null> {
  const [found, keys] = await db.batch<Record<string, unknown>>([
    db.prepare('SELECT id FROM customers WHERE id = ?1').bind(customer),
    db
      .prepare(
        `SELECT * FROM keys WHERE customer_id = ?1 AND kind = 'secret' AND (created_at_ms, id) > (?2, ?3)
         ORDER BY created_at_ms, id LIMIT ?4`,
      )
      .bind(customer, page.afterMs, page.afterId, page.limit),
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

/** `from` leads to an index; the rest filters what that finds. */
const listOf = (from: string, order: Order) => `SELECT * FROM (
    SELECT * FROM keys ${from} AND ${behind(order, '?5', '?6')} LIMIT ?7)
  WHERE (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR hint = ?2) AND (?3 IS NULL OR customer_id = ?3)
    AND (?4 IS NULL OR parent_id = ?4)
    AND (?8 IS NULL OR ?8 = CASE WHEN revoked_at_ms IS NOT NULL THEN 'revoked'
      WHEN expires_at_ms <= ?9 THEN 'expired' ELSE 'active' END)
  ORDER BY ${AGE_ORDER[order]} LIMIT ?10`;

function placeFor({ id, hint, customer, parent }: KeyFilter): string {
  if (id !== null) {
    return 'WHERE id = ?1';
  }
  if (hint !== null) {
    return 'WHERE hint = ?2';
  }
  if (parent !== null) {
    return 'WHERE parent_id = ?4';
  }
  return customer === null ? "WHERE kind = 'secret'" : "WHERE customer_id = ?3 AND kind = 'secret'";
}

/** A page of all customers' keys: of secret ones unless an id, a hint or a parent is asked for. */
export async function readAllKeys(
  db: D1Database,
  filter: KeyFilter,
  page: Page & { nowMs: number },
): Promise<Found<Key>> {
  const { id, hint, customer, parent, status, order } = filter;
  const from = placeFor(filter);
  const narrowed = [id, hint, customer, parent, status].filter((asked) => asked !== null).length;
  const isWalk = status !== null || narrowed > 1;
  const place = [id, hint, customer, parent, page.afterMs, page.afterId];
  const { results } = await db
    .prepare(listOf(from, order))
    .bind(...place, isWalk ? MAX_READ : page.limit, status, page.nowMs, page.limit)
    .all();
  const rows = results.map(keyOf);
  if (!isWalk || rows.length === page.limit) {
    return { rows, stoppedAt: null };
  }
  const stop = await db
    .prepare(
      `SELECT created_at_ms, id FROM keys ${from} AND ${behind(order, '?5', '?6')} LIMIT 1 OFFSET ${MAX_READ - 1}`,
    )
    .bind(...place)
    .first();
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

/**
 * Changes a secret key in one statement; its limits are those of its whole family. Null when there is none. A browser
 * token stays as narrow as it was minted.
 */
export async function patchKey(
  db: D1Database,
  id: string,
  { patch, change }: { patch: KeyPatch; change: Change },
): Promise<Key | null> {
  const entry = audited(db, change, KEY_STATE);
  const [, , updated] = await db.batch<Record<string, unknown>>([
    ...entry.before,
    db
      .prepare(
        `UPDATE keys SET limits = json_patch(limits, ?2)
         WHERE kind = 'secret' AND id <> ?1 AND ${isKept('keys.customer_id')} AND (customer_id, family) =
           (SELECT customer_id, family FROM keys WHERE id = ?1 AND kind = 'secret')`,
      )
      .bind(id, JSON.stringify(patch.limits ?? {})),
    db
      .prepare(
        `UPDATE keys SET name = COALESCE(?2, name), limits = json_patch(limits, ?3),
           models = CASE WHEN ?4 THEN ?5 ELSE models END,
           expires_at_ms = CASE WHEN ?6 THEN ?7 ELSE expires_at_ms END
         WHERE id = ?1 AND kind = 'secret' AND ${isKept('keys.customer_id')} RETURNING *`,
      )
      .bind(
        id,
        patch.name ?? null,
        JSON.stringify(patch.limits ?? {}),
        patch.models === undefined ? 0 : 1,
        modelsText(patch.models ?? null),
        patch.expiresAtMs === undefined ? 0 : 1,
        patch.expiresAtMs ?? null,
      ),
    ...entry.behind,
  ]);
  return one(updated);
}

function one(result: D1Result<Record<string, unknown>> | undefined): Key | null {
  const row = result?.results[0];
  return row === undefined ? null : keyOf(row);
}

function modelsText(models: string[] | null): string | null {
  return models === null ? null : JSON.stringify(models);
}
