// The rows of keys. Only hashes of keys are stored; nothing here can tell a key's text.

import * as z from 'zod/mini';
import { auditEntry, type Change } from '../audit/store.ts';
import { limitsColumn, storedPatch, type LimitsPatch } from '../ledger/limits.ts';
import { hasPrefix, type CustomerId, type KeyId } from '../lib/ids.ts';
import { lazy } from '../lib/lazy.ts';
import type { Page } from '../lib/page.ts';
import { textsColumn } from '../lib/text-schema.ts';
import type { Key } from './key.ts';
import type { Principal } from './principal.ts';

const keyId = lazy(() => z.custom<KeyId>((text) => typeof text === 'string' && hasPrefix('key', text)));
const customerId = lazy(() =>
  z.custom<CustomerId>((text) => typeof text === 'string' && hasPrefix('cus', text)),
);
const modelsColumn = lazy(() =>
  z.pipe(
    z.nullable(z.string()),
    z.transform((text) => (text === null ? null : z.array(z.string()).parse(JSON.parse(text)))),
  ),
);

const keyRow = lazy(() =>
  z.pipe(
    z.object({
      id: keyId(),
      customer_id: customerId(),
      kind: z.enum(['secret', 'browser']),
      parent_id: z.nullable(keyId()),
      family: keyId(),
      hint: z.string(),
      name: z.string(),
      models: modelsColumn(),
      limits: limitsColumn(),
      expires_at_ms: z.nullable(z.number()),
      revoked_at_ms: z.nullable(z.number()),
      created_at_ms: z.number(),
    }),
    z.transform((row): Key => ({
      id: row.id,
      customerId: row.customer_id,
      kind: row.kind,
      parentId: row.parent_id,
      family: row.family,
      hint: row.hint,
      name: row.name,
      models: row.models,
      limits: row.limits,
      expiresAtMs: row.expires_at_ms,
      revokedAtMs: row.revoked_at_ms,
      createdAtMs: row.created_at_ms,
    })),
  ),
);

const principalRow = lazy(() =>
  z.pipe(
    z.object({
      customer_id: customerId(),
      key_id: keyId(),
      family: keyId(),
      token_id: z.union([z.literal(''), keyId()]),
      models: modelsColumn(),
      parent_models: modelsColumn(),
      markup_e4: z.number(),
      loras: textsColumn(),
      status: z.enum(['active', 'suspended']),
      expires_at_ms: z.nullable(z.number()),
    }),
    z.transform((row): Principal => ({
      customerId: row.customer_id,
      keyId: row.key_id,
      family: row.family,
      tokenId: row.token_id,
      models: narrower(row.models, row.parent_models),
      markupE4: row.markup_e4,
      loras: row.loras,
      customerActive: row.status === 'active',
      expiresAtMs: row.expires_at_ms,
    })),
  ),
);

/** A token never may more than its key. */
function narrower(own: string[] | null, parents: string[] | null): string[] | null {
  if (own === null || parents === null) {
    return own ?? parents;
  }
  return own.filter((model) => parents.includes(model));
}

/** The principal behind a live key, or null: unknown, revoked and expired are one answer. */
export async function findPrincipal(db: D1Database, hash: string, nowMs: number): Promise<Principal | null> {
  const row = await db
    .prepare(
      `SELECT k.customer_id, p.id AS key_id, p.family, CASE k.kind WHEN 'browser' THEN k.id ELSE '' END AS token_id,
         k.models, p.models AS parent_models, c.markup_e4, c.loras, c.status,
         CASE WHEN k.expires_at_ms IS NULL OR p.expires_at_ms IS NULL THEN COALESCE(k.expires_at_ms, p.expires_at_ms)
              ELSE MIN(k.expires_at_ms, p.expires_at_ms) END AS expires_at_ms
       FROM keys k JOIN keys p ON p.id = COALESCE(k.parent_id, k.id) JOIN customers c ON c.id = k.customer_id
       WHERE k.hash = ?1 AND k.revoked_at_ms IS NULL AND p.revoked_at_ms IS NULL
         AND (k.expires_at_ms IS NULL OR k.expires_at_ms > ?2)
         AND (p.expires_at_ms IS NULL OR p.expires_at_ms > ?2)`,
    )
    .bind(hash, nowMs)
    .first();
  return row === null ? null : principalRow().parse(row);
}

export type NewKey = Omit<Key, 'limits' | 'revokedAtMs'> & { hash: string; limits: LimitsPatch };

/** Stores a new key; `hash` is the SHA-256 of its text. Null when there is no such customer. */
export async function insertKey(db: D1Database, key: NewKey, change: Change): Promise<Key | null> {
  const [inserted] = await db.batch([
    db
      .prepare(
        `INSERT INTO keys (id, customer_id, kind, parent_id, family, hash, hint, name, models, limits,
           expires_at_ms, created_at_ms)
         SELECT ?1, c.id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, json_patch('{}', ?10), ?11, ?12 FROM customers c
         WHERE c.id = ?2 RETURNING *`,
      )
      .bind(
        key.id,
        key.customerId,
        key.kind,
        key.parentId,
        key.family,
        key.hash,
        key.hint,
        key.name,
        modelsText(key.models),
        storedPatch(key.limits),
        key.expiresAtMs,
        key.createdAtMs,
      ),
    auditEntry(db, change),
  ]);
  return one(inserted);
}

/** A page of a customer's keys, oldest first, from behind `after`. */
export async function listKeys(db: D1Database, customer: string, page: Page): Promise<Key[]> {
  const { results } = await db
    .prepare(
      `SELECT * FROM keys WHERE customer_id = ?1 AND (created_at_ms, id) > (?2, ?3)
       ORDER BY created_at_ms, id LIMIT ?4`,
    )
    .bind(customer, page.afterMs, page.afterId, page.limit)
    .all();
  return results.map((row) => keyRow().parse(row));
}

/** Absent keeps; null removes. */
export type KeyPatch = {
  name?: string | undefined;
  models?: string[] | null | undefined;
  limits?: LimitsPatch | undefined;
  expiresAtMs?: number | null | undefined;
};

/** Changes a key in one statement; its limits are those of its whole family. Null when there is none. */
export async function patchKey(
  db: D1Database,
  id: string,
  { patch, change }: { patch: KeyPatch; change: Change },
): Promise<Key | null> {
  const [, updated] = await db.batch([
    db
      .prepare(
        `UPDATE keys SET limits = json_patch(limits, ?2)
         WHERE kind = 'secret' AND id <> ?1 AND (customer_id, family) =
           (SELECT customer_id, family FROM keys WHERE id = ?1 AND kind = 'secret')`,
      )
      .bind(id, storedPatch(patch.limits ?? {})),
    db
      .prepare(
        `UPDATE keys SET name = COALESCE(?2, name), limits = json_patch(limits, ?3),
           models = CASE WHEN ?4 THEN ?5 ELSE models END,
           expires_at_ms = CASE WHEN ?6 THEN ?7 ELSE expires_at_ms END
         WHERE id = ?1 RETURNING *`,
      )
      .bind(
        id,
        patch.name ?? null,
        storedPatch(patch.limits ?? {}),
        patch.models === undefined ? 0 : 1,
        modelsText(patch.models ?? null),
        patch.expiresAtMs === undefined ? 0 : 1,
        patch.expiresAtMs ?? null,
      ),
    auditEntry(db, change),
  ]);
  return one(updated);
}

/**
 * Revokes a key, for good; false when there is none to revoke. The tokens it minted die with it, because every
 * look-up and the gate ask for the parent too.
 */
export async function revokeKey(db: D1Database, id: string, change: Change): Promise<boolean> {
  const results = await db.batch([
    db
      .prepare('UPDATE keys SET revoked_at_ms = ?2 WHERE id = ?1 AND revoked_at_ms IS NULL')
      .bind(id, change.atMs),
    auditEntry(db, change),
    db.prepare('SELECT id FROM keys WHERE id = ?1').bind(id),
  ]);
  return results[2]?.results.length === 1;
}

function one(result: D1Result | undefined): Key | null {
  const row = result?.results[0];
  return row === undefined ? null : keyRow().parse(row);
}

function modelsText(models: string[] | null): string | null {
  return models === null ? null : JSON.stringify(models);
}
