// The SQL that finds the caller in one query: the key, the key that minted it, and their customer.

import { column, jsonColumn, jsonColumnOrNull, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText, isTexts, oneOf, orNull } from '../../lib/guard.ts';
import { isCustomerId, isKeyId, isTokenId, type KeyId } from '../../lib/ids.ts';
import { markupOf, modelsOf, termsOf } from '../plans/terms-store.ts';
import { covers, type Principal } from './principal.ts';
import { isSight } from './store.ts';

/** The principal in a row of `principalQuery`. */
export function principalOf(row: Row): Principal {
  return {
    customerId: column(row, 'customer_id', isCustomerId),
    keyId: column(row, 'key_id', isKeyId),
    family: column(row, 'family', isKeyId),
    tokenId: column(row, 'token_id', isTokenId),
    endUser: column(row, 'end_user', isText),
    see: column(row, 'see', isSight),
    origins: jsonColumnOrNull(row, 'origins', isTexts),
    models: ['models', 'parent_models', 'plan_models']
      .map((name) => jsonColumnOrNull(row, name, isTexts))
      .reduce(narrower),
    markupE4: column(row, 'markup_e4', isNumber),
    terms: column(row, 'terms', isText),
    loras: jsonColumn(row, 'loras', isTexts),
    customerActive: column(row, 'status', oneOf(['active', 'suspended'])) === 'active',
    lastUsedAtMs: column(row, 'last_used_at_ms', orNull(isNumber)),
    expiresAtMs: column(row, 'expires_at_ms', orNull(isNumber)),
  };
}

/** A token has no more models than its key, a key no more than the plan of its customer. */
function narrower(own: string[] | null, parents: string[] | null): string[] | null {
  if (own === null || parents === null) {
    return own ?? parents;
  }
  return [...new Set([...within(own, parents), ...within(parents, own)])];
}

/** The models, or patterns of models, that one of `patterns` covers. */
function within(models: string[], patterns: string[]): string[] {
  return models.filter((model) => patterns.some((pattern) => covers(pattern, model)));
}

const principalWhere = (
  condition: string,
) => `SELECT k.customer_id, p.id AS key_id, p.family, CASE k.kind WHEN 'browser' THEN k.id ELSE '' END AS token_id,
         k.end_user, k.see, k.origins, k.models, p.models AS parent_models, ${modelsOf('c')} AS plan_models,
         ${markupOf('c')} AS markup_e4, ${termsOf('c')} AS terms, c.loras, c.status, k.last_used_at_ms,
         CASE WHEN k.expires_at_ms IS NULL OR p.expires_at_ms IS NULL THEN COALESCE(k.expires_at_ms, p.expires_at_ms)
              ELSE MIN(k.expires_at_ms, p.expires_at_ms) END AS expires_at_ms
       FROM keys k JOIN keys p ON p.id = COALESCE(k.parent_id, k.id) JOIN customers c ON c.id = k.customer_id
       WHERE ${condition} AND k.revoked_at_ms IS NULL AND p.revoked_at_ms IS NULL
         AND (k.expires_at_ms IS NULL OR k.expires_at_ms > :nowMs)
         AND (p.expires_at_ms IS NULL OR p.expires_at_ms > :nowMs)`;

const BY_HASH = statement<{ hash: string; nowMs: number }>(principalWhere('k.hash = :hash'));
const BY_ID = statement<{ id: KeyId; nowMs: number }>(principalWhere('k.id = :id'));

/** Returns one row, or none without a live key of this hash. */
export function principalQuery(db: D1Database, hash: string, nowMs: number): D1PreparedStatement {
  return BY_HASH(db, { hash, nowMs });
}

/** The owner of the live key with this hash; null for an unknown, a revoked and an expired key alike. */
export async function findPrincipal(db: D1Database, hash: string, nowMs: number): Promise<Principal | null> {
  const row = await principalQuery(db, hash, nowMs).first();
  return row === null ? null : principalOf(row);
}

/** The same by the id of the key that was sent. */
export async function readPrincipal(db: D1Database, id: KeyId, nowMs: number): Promise<Principal | null> {
  const row = await BY_ID(db, { id, nowMs }).first();
  return row === null ? null : principalOf(row);
}
