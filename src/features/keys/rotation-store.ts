// A key that takes over from another one, and the end of a key with all that came from it.

import { auditedDrafts, auditEntry, audited, draftOf, type Change } from '../audit/store.ts';
import { rowsOf } from '../../storage/column.ts';
import type { KeyId } from '../../lib/ids.ts';
import { KEY_STATE, keyOf } from './store.ts';
import type { Key } from './key.ts';

/** `hash` is the SHA-256 of the new key's text. `diesAtMs`: when the old key dies, if it does not expire before. */
export type Rotation = { id: string; successorId: KeyId; hash: string; hint: string; diesAtMs: number };

/** `successor` is null where nothing was changed; `old` is null without such a secret key. */
export type Rotated = { successor: Key | null; old: Key | null; isRotated: boolean };

// ?1 the successor, ?2 the old key, ?3 now. Of two at once the second finds the successor of the first.
const INSERT_SUCCESSOR = `INSERT INTO keys (id, customer_id, kind, family, hash, hint, name, models, limits, expires_at_ms,
    created_at_ms, successor_of)
  SELECT ?1, customer_id, 'secret', family, ?4, ?5, name, models, limits, expires_at_ms, ?3, id FROM keys
  WHERE id = ?2 AND kind = 'secret' AND revoked_at_ms IS NULL AND (expires_at_ms IS NULL OR expires_at_ms > ?3)
    AND NOT EXISTS (SELECT 1 FROM keys WHERE successor_of = ?2)
  RETURNING *`;

/** Makes the successor and sets the end of the old key, or does neither. */
export async function insertSuccessor(
  db: D1Database,
  { id, successorId, hash, hint, diesAtMs }: Rotation,
  change: Change,
): Promise<Rotated> {
  const { before, behind } = audited(db, change, KEY_STATE);
  const results = await db.batch<Record<string, unknown>>([
    ...before,
    db.prepare(INSERT_SUCCESSOR).bind(successorId, id, change.atMs, hash, hint),
    ...auditEntry(db, { ...change, object: successorId }, KEY_STATE),
    db
      .prepare(
        `UPDATE keys SET expires_at_ms = MIN(COALESCE(expires_at_ms, ?3), ?3)
         WHERE id = ?1 AND EXISTS (SELECT 1 FROM keys WHERE id = ?2)`,
      )
      .bind(id, successorId, diesAtMs),
    ...behind,
    db.prepare("SELECT * FROM keys WHERE id = ?1 AND kind = 'secret'").bind(id),
    db.prepare('SELECT id FROM keys WHERE successor_of = ?1').bind(id),
  ]);
  const [made] = rowsOf(results[before.length]);
  const [old] = rowsOf(results.at(-2));
  return {
    successor: made === undefined ? null : keyOf(made),
    old: old === undefined ? null : keyOf(old),
    isRotated: rowsOf(results.at(-1)).length > 0,
  };
}

// The key ?1 and all that came from it by rotation, however often.
const LINE = `WITH RECURSIVE line (id) AS (
    SELECT ?1 UNION SELECT k.id FROM line l JOIN keys k ON k.successor_of = l.id) SELECT id FROM line`;

/**
 * Revokes a key and its successors, for good, in one statement: whoever rotated a leaked key has gained nothing, and a
 * rotation at the same time comes before it and is revoked too, or behind it and finds a dead key. False when there is no
 * such key. The tokens that they minted die with them, because every look-up and the gate ask for the parent too.
 */
export async function markRevoked(db: D1Database, id: string, change: Change): Promise<boolean> {
  const { before, behind } = auditedDrafts(db, change, {
    drafts: db.prepare(`${draftOf(KEY_STATE(LINE))} AND revoked_at_ms IS NULL`).bind(id),
    state: KEY_STATE,
  });
  const results = await db.batch<Record<string, unknown>>([
    ...before,
    db
      .prepare('UPDATE keys SET revoked_at_ms = ?1 WHERE id IN (SELECT object FROM audit_drafts)')
      .bind(change.atMs),
    ...behind,
    db.prepare('SELECT id FROM keys WHERE id = ?1').bind(id),
  ]);
  return results.at(-1)?.results.length === 1;
}
