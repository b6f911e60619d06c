// The rows of browser tokens. One batch mints a token if its key is live and may mint one more in this minute. The cron deletes
// expired rows.

import { audited, type Change } from '../audit/store.ts';
import type { Limits } from '../ledger/limits.ts';
import type { LimitUsage } from '../ledger/limit-usage.ts';
import { SLICE_MS, SLICES, windowsAt } from '../ledger/windows.ts';
import { column, rowsOf, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, oneOf, orNull } from '../../lib/guard.ts';
import type { CustomerId, KeyId } from '../../lib/ids.ts';
import { limitsOf } from '../plans/terms-store.ts';
import type { Key, KeyStatus } from './key.ts';
import { KEY_STATE, keyOf } from './store.ts';

/** The limit of a key without one of its own. */
const TOKENS_PER_MINUTE = 1_000;

export type NewToken = Pick<Key, 'id' | 'hint' | 'models' | 'origins' | 'endUser' | 'see' | 'createdAtMs'> & {
  /** SHA-256 of the token's text. */
  hash: string;
  /** The secret key that mints it. */
  parentId: KeyId;
  limits: Limits;
  /** The token expires with its key if that is earlier. */
  expiresAtMs: number;
};

/** `token` is null if it was refused: the key is dead, the customer is suspended, or one of `limits` is full. */
export type Minting = {
  token: Key | null;
  isKeyLive: boolean;
  isCustomerActive: boolean;
  limits: LimitUsage[];
};

type UsageValues = { parentId: KeyId; minuteSinceMs: number };

// A minute of tokens is counted in slices like a minute of submits, under subjects of its own.
const TOKENS_USAGE = `WITH subject (scope, id, max) AS (
    SELECT 'gateway', 'gateway', limits ->> 'tokens_per_minute' FROM settings
    UNION ALL SELECT 'customer', c.id, (${limitsOf('c')}) ->> 'tokens_per_minute'
      FROM keys k JOIN customers c ON c.id = k.customer_id WHERE k.id = :parentId
    UNION ALL SELECT 'key', family, COALESCE(limits ->> 'tokens_per_minute', ${TOKENS_PER_MINUTE})
      FROM keys WHERE id = :parentId
  ), tokens_usage (scope, subject, max, used, oldest_ms) AS (
    SELECT s.scope, 'tokens:' || s.id, s.max, COALESCE(SUM(c.requests), 0),
      MIN(c.starts_at_ms) FILTER (WHERE c.requests > 0)
    FROM subject s LEFT JOIN counters c ON c.subject = 'tokens:' || s.id AND c.grain = 'slice'
      AND c.starts_at_ms >= :minuteSinceMs
    WHERE s.max IS NOT NULL GROUP BY s.scope, s.id, s.max
  )`;

const LIVE_KEY = `FROM keys p JOIN customers c ON c.id = p.customer_id
  WHERE p.id = :parentId AND p.kind = 'secret' AND p.revoked_at_ms IS NULL
    AND (p.expires_at_ms IS NULL OR p.expires_at_ms > :createdAtMs)`;

const DEFAULTS = "json_object('requests_total', s.token_requests, 'spend_total', s.token_spend_micros)";

type TokenValues = Omit<NewToken, 'models' | 'limits' | 'origins'> &
  UsageValues & { models: string | null; limits: string; origins: string | null };

const INSERT_TOKEN = statement<TokenValues>(
  `${TOKENS_USAGE}
  INSERT INTO keys (id, customer_id, kind, parent_id, family, hash, hint, name, models, limits, origins, end_user, see,
    expires_at_ms, created_at_ms)
  SELECT :id, p.customer_id, 'browser', p.id, :id, :hash, :hint, 'browser token', :models,
    CASE WHEN :limits ->> 'requests_total' IS NULL AND :limits ->> 'spend_total' IS NULL
      THEN json_patch(${DEFAULTS}, :limits) ELSE :limits END,
    :origins, :endUser, :see, MIN(:expiresAtMs, COALESCE(p.expires_at_ms, :expiresAtMs)), :createdAtMs
  FROM settings s, (SELECT p.* ${LIVE_KEY} AND c.status = 'active') p
  WHERE NOT EXISTS (SELECT 1 FROM tokens_usage WHERE used >= max) RETURNING *`,
);

const COUNT_TOKEN = statement<UsageValues & { id: KeyId; sliceMs: number }>(
  `${TOKENS_USAGE}
  INSERT INTO counters (subject, grain, slot, starts_at_ms, requests, micros)
  SELECT subject, 'slice', :sliceMs / ${SLICE_MS} % ${SLICES}, :sliceMs, 1, 0 FROM tokens_usage
  WHERE EXISTS (SELECT 1 FROM keys WHERE id = :id)
  ON CONFLICT DO UPDATE SET starts_at_ms = MAX(starts_at_ms, excluded.starts_at_ms),
    requests = CASE WHEN starts_at_ms >= excluded.starts_at_ms THEN requests + 1 ELSE 1 END`,
);

const STANDING = statement<{ parentId: KeyId; createdAtMs: number }>(
  `SELECT EXISTS (SELECT 1 ${LIVE_KEY}) AS key_live,
  EXISTS (SELECT 1 ${LIVE_KEY} AND c.status = 'active') AS customer_active`,
);

const LIST_USAGE = statement<UsageValues>(
  `${TOKENS_USAGE} SELECT scope, max, used, oldest_ms FROM tokens_usage`,
);

/** Inserts the token and counts it, or does neither. */
export async function insertToken(db: D1Database, token: NewToken): Promise<Minting> {
  const { minuteSinceMs, sliceMs } = windowsAt(token.createdAtMs);
  const values = {
    ...token,
    models: textOrNull(token.models),
    limits: JSON.stringify(token.limits),
    origins: textOrNull(token.origins),
    minuteSinceMs,
    sliceMs,
  };
  const [inserted, , standing, limits] = await db.batch<Record<string, unknown>>([
    INSERT_TOKEN(db, values),
    COUNT_TOKEN(db, values),
    STANDING(db, values),
    LIST_USAGE(db, values),
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

/** The key that revokes a token, with its predecessors and successors: any of them may have minted the token. */
type Minter = { customerId: CustomerId; family: KeyId };

/** Null: no such filter. */
export type TokenFilter = { endUser: string | null; status: KeyStatus | null };

type TokenPage = { beforeMs: number; beforeId: string; limit: number };

const TOKENS = statement<{ keyId: KeyId; nowMs: number } & TokenFilter & TokenPage>(
  `SELECT * FROM keys WHERE parent_id = :keyId AND (created_at_ms, id) < (:beforeMs, :beforeId)
     AND (:endUser IS NULL OR end_user = :endUser)
     AND (:status IS NULL OR :status = CASE WHEN revoked_at_ms IS NOT NULL THEN 'revoked'
       WHEN expires_at_ms <= :nowMs THEN 'expired' ELSE 'active' END)
   ORDER BY created_at_ms DESC, id DESC LIMIT :limit`,
);

/** A page of the tokens that this key has minted, newest first. */
export async function readTokens(
  db: D1Database,
  keyId: KeyId,
  { filter, page, nowMs }: { filter: TokenFilter; page: TokenPage; nowMs: number },
): Promise<Key[]> {
  const { results } = await TOKENS(db, { ...filter, ...page, keyId, nowMs }).all();
  return results.map(keyOf);
}

const OF_MINTER = `kind = 'browser' AND parent_id IN (
  SELECT id FROM keys WHERE customer_id = :customerId AND family = :family AND kind = 'secret')`;

const REVOKE = statement<Minter & { id: string; atMs: number }>(
  `UPDATE keys SET revoked_at_ms = :atMs WHERE id = :id AND revoked_at_ms IS NULL AND ${OF_MINTER}`,
);
const FIND_ID = statement<Minter & { id: string }>(`SELECT id FROM keys WHERE id = :id AND ${OF_MINTER}`);

/** Revokes a token for good. False: the minter has no such token. */
export async function markTokenRevoked(
  db: D1Database,
  { customerId, family }: Minter,
  change: Change,
): Promise<boolean> {
  const minted = { customerId, family, id: change.object };
  const { before, behind } = audited(db, change, KEY_STATE);
  const results = await db.batch<Record<string, unknown>>([
    ...before,
    REVOKE(db, { ...minted, atMs: change.atMs }),
    ...behind,
    FIND_ID(db, minted),
  ]);
  return results.at(-1)?.results.length === 1;
}

type Sweep = { beforeMs: number; limit: number };

/** SQL: the tokens of a sweep, the same ones in each of its statements. */
const SWEPT = `SELECT id FROM keys WHERE kind = 'browser' AND expires_at_ms <= :beforeMs
  ORDER BY expires_at_ms, id LIMIT :limit`;

const DELETE_COUNTERS = statement<Sweep>(`DELETE FROM counters WHERE subject IN (${SWEPT})`);
const DELETE_DETAILS = statement<Sweep>(
  `DELETE FROM audit_details WHERE audit_id IN (SELECT id FROM audit WHERE actor IN (${SWEPT}))`,
);
const DELETE_TOKENS = statement<Sweep>(`DELETE FROM keys WHERE id IN (${SWEPT})`);

/**
 * Deletes up to `limit` tokens that expired at `beforeMs` or earlier, with their counters and the audited addresses of their
 * pages: without its token, an erasure could not tell whose address it is.
 */
export async function deleteTokens(db: D1Database, sweep: Sweep): Promise<void> {
  await db.batch([DELETE_COUNTERS(db, sweep), DELETE_DETAILS(db, sweep), DELETE_TOKENS(db, sweep)]);
}

function textOrNull(texts: string[] | null): string | null {
  return texts === null ? null : JSON.stringify(texts);
}
