// The rows of browser tokens. A token is minted in one batch if its key is live and may mint one more in this minute; it
// ends with a row that the cron sweeps.

import { audited, type Change } from '../audit/store.ts';
import type { Limits } from '../ledger/limits.ts';
import type { LimitUsage } from '../ledger/limit-usage.ts';
import { SLICE_MS, SLICES, windowsAt } from '../ledger/windows.ts';
import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, oneOf, orNull } from '../../lib/guard.ts';
import type { CustomerId, KeyId } from '../../lib/ids.ts';
import { limitsOf } from '../plans/terms-store.ts';
import type { Key, KeyStatus } from './key.ts';
import { KEY_STATE, keyOf } from './store.ts';

/** Tokens a minute of a key that has no limit of its own. */
const TOKENS_PER_MINUTE = 1_000;

export type NewToken = Pick<Key, 'id' | 'hint' | 'models' | 'origins' | 'endUser' | 'see' | 'createdAtMs'> & {
  /** SHA-256 of the token's text. */
  hash: string;
  /** The secret key that mints it. */
  parentId: KeyId;
  limits: Limits;
  /** It expires no later than its key does. */
  expiresAtMs: number;
};

/** `token` is null where it was refused: its key is dead, its customer suspended, or one of `limits` is full. */
export type Minting = {
  token: Key | null;
  isKeyLive: boolean;
  isCustomerActive: boolean;
  limits: LimitUsage[];
};

// ?1 the key, ?2 now, ?3 the first slice that counts. A minute of tokens is counted like a minute of submits, under names
// of its own.
const ROOM = `WITH subject (scope, id, max) AS (
    SELECT 'gateway', 'gateway', limits ->> 'tokens_per_minute' FROM settings
    UNION ALL SELECT 'customer', c.id, (${limitsOf('c')}) ->> 'tokens_per_minute'
      FROM keys k JOIN customers c ON c.id = k.customer_id WHERE k.id = ?1
    UNION ALL SELECT 'key', family, COALESCE(limits ->> 'tokens_per_minute', ${TOKENS_PER_MINUTE}) FROM keys WHERE id = ?1
  ), room (scope, subject, max, used, oldest_ms) AS (
    SELECT s.scope, 'tokens:' || s.id, s.max, COALESCE(SUM(c.requests), 0),
      MIN(c.starts_at_ms) FILTER (WHERE c.requests > 0)
    FROM subject s LEFT JOIN counters c ON c.subject = 'tokens:' || s.id AND c.grain = 'slice' AND c.starts_at_ms >= ?3
    WHERE s.max IS NOT NULL GROUP BY s.scope, s.id, s.max
  )`;

const LIVE = `FROM keys p JOIN customers c ON c.id = p.customer_id
  WHERE p.id = ?1 AND p.kind = 'secret' AND p.revoked_at_ms IS NULL AND (p.expires_at_ms IS NULL OR p.expires_at_ms > ?2)`;

const DEFAULTS = "json_object('requests_total', s.token_requests, 'spend_total', s.token_spend_micros)";

const INSERT_TOKEN = `${ROOM}
  INSERT INTO keys (id, customer_id, kind, parent_id, family, hash, hint, name, models, limits, origins, end_user, see,
    expires_at_ms, created_at_ms)
  SELECT ?4, p.customer_id, 'browser', p.id, ?4, ?5, ?6, 'browser token', ?7,
    CASE WHEN ?8 ->> 'requests_total' IS NULL AND ?8 ->> 'spend_total' IS NULL THEN json_patch(${DEFAULTS}, ?8) ELSE ?8 END,
    ?9, ?10, ?11, MIN(?12, COALESCE(p.expires_at_ms, ?12)), ?2
  FROM settings s, (SELECT p.* ${LIVE} AND c.status = 'active') p
  WHERE NOT EXISTS (SELECT 1 FROM room WHERE used >= max) RETURNING *`;

// ?4 the token, ?5 slice.
const COUNT_TOKEN = `${ROOM}
  INSERT INTO counters (subject, grain, slot, starts_at_ms, requests, micros)
  SELECT subject, 'slice', ?5 / ${SLICE_MS} % ${SLICES}, ?5, 1, 0 FROM room
  WHERE EXISTS (SELECT 1 FROM keys WHERE id = ?4)
  ON CONFLICT DO UPDATE SET starts_at_ms = MAX(starts_at_ms, excluded.starts_at_ms),
    requests = CASE WHEN starts_at_ms >= excluded.starts_at_ms THEN requests + 1 ELSE 1 END`;

const STANDING = `SELECT EXISTS (SELECT 1 ${LIVE}) AS key_live,
  EXISTS (SELECT 1 ${LIVE} AND c.status = 'active') AS customer_active`;

/** Writes the token and counts it, or nothing at all. */
export async function insertToken(db: D1Database, token: NewToken): Promise<Minting> {
  const { minuteSinceMs, sliceMs } = windowsAt(token.createdAtMs);
  const about = [token.parentId, token.createdAtMs];
  const [inserted, , standing, limits] = await db.batch<Record<string, unknown>>([
    db
      .prepare(INSERT_TOKEN)
      .bind(
        ...about,
        minuteSinceMs,
        token.id,
        token.hash,
        token.hint,
        textOrNull(token.models),
        JSON.stringify(token.limits),
        textOrNull(token.origins),
        token.endUser,
        token.see,
        token.expiresAtMs,
      ),
    db.prepare(COUNT_TOKEN).bind(...about, minuteSinceMs, token.id, sliceMs),
    db.prepare(STANDING).bind(...about),
    db.prepare(`${ROOM} SELECT scope, max, used, oldest_ms FROM room`).bind(...about, minuteSinceMs),
  ]);
  const [row] = rowsOf(inserted);
  const stands = rowsOf(standing)[0];
  return {
    token: row === undefined ? null : keyOf(row),
    isKeyLive: column(stands, 'key_live', isNumber) === 1,
    isCustomerActive: column(stands, 'customer_active', isNumber) === 1,
    limits: rowsOf(limits).map(limitUsageOf),
  };
}

const isScope = oneOf(['gateway', 'customer', 'key']);

function limitUsageOf(row: Row): LimitUsage {
  return {
    scope: column(row, 'scope', isScope),
    name: 'tokens_per_minute',
    max: column(row, 'max', isNumber),
    used: column(row, 'used', isNumber),
    adds: 1,
    oldestMs: column(row, 'oldest_ms', orNull(isNumber)),
  };
}

/** Whose tokens: those of a key, and of the other generation of a rotated one. */
type Minter = { customerId: CustomerId; family: KeyId };

/** Null: no such filter. */
export type TokenFilter = { endUser: string | null; status: KeyStatus | null };

const OF_MINTER = `kind = 'browser' AND parent_id IN (
  SELECT id FROM keys WHERE customer_id = ?1 AND family = ?2 AND kind = 'secret')`;

/** A page of the tokens that this key has minted, newest first, from before `before`. */
export async function readTokens(
  db: D1Database,
  keyId: KeyId,
  {
    filter,
    page,
  }: { filter: TokenFilter & { nowMs: number }; page: { beforeMs: number; beforeId: string; limit: number } },
): Promise<Key[]> {
  const { results } = await db
    .prepare(
      `SELECT * FROM keys WHERE parent_id = ?1 AND (created_at_ms, id) < (?2, ?3) AND (?4 IS NULL OR end_user = ?4)
         AND (?5 IS NULL OR ?5 = CASE WHEN revoked_at_ms IS NOT NULL THEN 'revoked'
           WHEN expires_at_ms <= ?6 THEN 'expired' ELSE 'active' END)
       ORDER BY created_at_ms DESC, id DESC LIMIT ?7`,
    )
    .bind(keyId, page.beforeMs, page.beforeId, filter.endUser, filter.status, filter.nowMs, page.limit)
    .all();
  return results.map(keyOf);
}

/** Revokes a token, for good; false where the minter has none of this id. */
export async function markTokenRevoked(
  db: D1Database,
  { customerId, family }: Minter,
  { id, change }: { id: string; change: Change },
): Promise<boolean> {
  const { before, behind } = audited(db, change, KEY_STATE);
  const results = await db.batch<Record<string, unknown>>([
    ...before,
    db
      .prepare(`UPDATE keys SET revoked_at_ms = ?4 WHERE id = ?3 AND revoked_at_ms IS NULL AND ${OF_MINTER}`)
      .bind(customerId, family, id, change.atMs),
    ...behind,
    db.prepare(`SELECT id FROM keys WHERE id = ?3 AND ${OF_MINTER}`).bind(customerId, family, id),
  ]);
  return results.at(-1)?.results.length === 1;
}

/** The tokens whose expiry is older than ?1; all statements of a sweep see the same ones. */
const SWEPT = `SELECT id FROM keys WHERE kind = 'browser' AND expires_at_ms <= ?1 ORDER BY expires_at_ms, id LIMIT ?2`;

/** What an entry of the audit says of what a page did by such a token: from where it called. */
const FORGET_PAGES = `DELETE FROM audit_details WHERE audit_id IN (SELECT id FROM audit WHERE actor IN (${SWEPT}))`;

/**
 * Deletes up to `limit` tokens that expired at `beforeMs` or earlier, with their counters, and from where their pages called:
 * once the tokens are gone, nothing tells an erasure whose they were.
 */
export async function deleteTokens(
  db: D1Database,
  { beforeMs, limit }: { beforeMs: number; limit: number },
): Promise<void> {
  await db.batch([
    db.prepare(`DELETE FROM counters WHERE subject IN (${SWEPT})`).bind(beforeMs, limit),
    db.prepare(FORGET_PAGES).bind(beforeMs, limit),
    db.prepare(`DELETE FROM keys WHERE id IN (${SWEPT})`).bind(beforeMs, limit),
  ]);
}

function textOrNull(texts: string[] | null): string | null {
  return texts === null ? null : JSON.stringify(texts);
}
