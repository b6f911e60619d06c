// The SQL that replaces a key by its successor, and that revokes a key with all its successors.

import { auditedDrafts, auditEntry, audited, draftOf, type Change } from '../audit/store.ts';
import { rowsOf } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import type { KeyId } from '../../lib/ids.ts';
import { KEY_STATE, keyOf } from './store.ts';
import type { Key } from './key.ts';

/** `hash` is the SHA-256 of the new key's text. The old key expires at `diesAtMs`, unless it expires earlier. */
export type Rotation = { id: string; successorId: KeyId; hash: string; hint: string; diesAtMs: number };

/** `successor` is null if the old key is dead or rotated; `old` is null without such a secret key. */
export type Rotated = { successor: Key | null; old: Key | null; isRotated: boolean };

// Of two rotations at once, the second finds the successor of the first.
const INSERT_SUCCESSOR = statement<Omit<Rotation, 'diesAtMs'> & { nowMs: number }>(
  `INSERT INTO keys (id, customer_id, kind, family, hash, hint, name, models, limits, expires_at_ms,
    created_at_ms, successor_of)
  SELECT :successorId, customer_id, 'secret', family, :hash, :hint, name, models, limits, expires_at_ms, :nowMs, id FROM keys
  WHERE id = :id AND kind = 'secret' AND revoked_at_ms IS NULL AND (expires_at_ms IS NULL OR expires_at_ms > :nowMs)
    AND NOT EXISTS (SELECT 1 FROM keys WHERE successor_of = :id)
  RETURNING *`,
);

const EXPIRE = statement<{ id: string; successorId: KeyId; diesAtMs: number }>(
  `UPDATE keys SET expires_at_ms = MIN(COALESCE(expires_at_ms, :diesAtMs), :diesAtMs)
   WHERE id = :id AND EXISTS (SELECT 1 FROM keys WHERE id = :successorId)`,
);
const SECRET_KEY = statement<{ id: string }>("SELECT * FROM keys WHERE id = :id AND kind = 'secret'");
const SUCCESSOR = statement<{ id: string }>('SELECT id FROM keys WHERE successor_of = :id');

/** Inserts the successor and sets the expiry of the old key, or does neither. */
export async function insertSuccessor(db: D1Database, rotation: Rotation, change: Change): Promise<Rotated> {
  const { before, behind } = audited(db, change, KEY_STATE);
  const results = await db.batch<Record<string, unknown>>([
    ...before,
    INSERT_SUCCESSOR(db, { ...rotation, nowMs: change.atMs }),
    ...auditEntry(db, { ...change, object: rotation.successorId }, KEY_STATE),
    EXPIRE(db, rotation),
    ...behind,
    SECRET_KEY(db, rotation),
    SUCCESSOR(db, rotation),
  ]);
  const [made] = rowsOf(results[before.length]);
  const [old] = rowsOf(results.at(-2));
  return {
    successor: made === undefined ? null : keyOf(made),
    old: old === undefined ? null : keyOf(old),
    isRotated: rowsOf(results.at(-1)).length > 0,
  };
}

/** SQL: the key and all its successors, however often it was rotated. */
const LINE = `WITH RECURSIVE line (id) AS (
    SELECT :id UNION SELECT k.id FROM line l JOIN keys k ON k.successor_of = l.id) SELECT id FROM line`;

const DRAFT_LIVE = statement<{ id: string }>(`${draftOf(KEY_STATE(LINE))} AND revoked_at_ms IS NULL`);
const REVOKE_DRAFTED = statement<{ nowMs: number }>(
  'UPDATE keys SET revoked_at_ms = :nowMs WHERE id IN (SELECT object FROM audit_drafts)',
);
const FIND_ID = statement<{ id: string }>('SELECT id FROM keys WHERE id = :id');

/**
 * Revokes a key and its successors in one statement, so that a thief gains nothing by rotating a leaked key: a rotation at the
 * same time comes first, and its successor is revoked too, or comes second and finds a dead key. The tokens of these keys die
 * with them, because every look-up and the gate read the parent too. False: there is no such key.
 */
export async function markRevoked(db: D1Database, id: string, change: Change): Promise<boolean> {
  const { before, behind } = auditedDrafts(db, change, {
    drafts: DRAFT_LIVE(db, { id }),
    state: KEY_STATE,
  });
  const results = await db.batch<Record<string, unknown>>([
    ...before,
    REVOKE_DRAFTED(db, { nowMs: change.atMs }),
    ...behind,
    FIND_ID(db, { id }),
  ]);
  return results.at(-1)?.results.length === 1;
}
