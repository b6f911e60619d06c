// A key looks at the browser tokens that it has minted, and revokes them.

import type { Runtime } from '../../runtime.ts';
import { noSuchKey, type Key } from './key.ts';
import type { KeysRuntime } from './memory.ts';
import type { Principal } from './principal.ts';
import { deleteTokens, markTokenRevoked, readTokens, type TokenFilter } from './token-store.ts';

/** What is left of a token is kept for so long after its expiry: longer than its jobs take to end. */
const KEPT_MS = 7 * 86_400_000;
/** More than a thousand in one minute are swept in the next ones. */
const MOST_SWEPT = 1_000;

/** A page, newest first, from before `before`. */
export function listTokens(
  deps: Runtime,
  principal: Principal,
  { filter, page }: { filter: TokenFilter; page: { beforeMs: number; beforeId: string; limit: number } },
): Promise<Key[]> {
  return readTokens(deps.db, principal.keyId, { filter: { ...filter, nowMs: deps.clock.now() }, page });
}

/**
 * Once this has returned, the gate takes no further submit of the token (G6): it looks at the row. 404 for whatever this
 * key has not minted; a token that was revoked before stays as it is.
 */
export async function revokeToken(
  deps: KeysRuntime,
  principal: Principal,
  { id, address, traceId }: { id: string; address: string | null; traceId: string },
): Promise<void> {
  const atMs = deps.clock.now();
  const who = { actor: principal.keyId, sessionId: null, address };
  const entry = { ...who, atMs, action: 'token.revoke', object: id, change: {}, traceId };
  const isKnown = await markTokenRevoked(deps.db, principal, { id, change: entry });
  deps.memory.principals.clear();
  if (!isKnown) {
    throw noSuchKey();
  }
}

/** Deletes the tokens that expired a week ago, with their counters; some in each run of the cron. */
export function sweepTokens(deps: Runtime): Promise<void> {
  return deleteTokens(deps.db, { beforeMs: deps.clock.now() - KEPT_MS, limit: MOST_SWEPT });
}
