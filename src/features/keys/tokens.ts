// A key lists the browser tokens that it has minted, and revokes them. The cron deletes the expired ones.

import type { Runtime } from '../../runtime.ts';
import { noSuchKey, type Key } from './key.ts';
import type { KeysRuntime } from './memory.ts';
import type { Principal } from './principal.ts';
import { deleteTokens, markTokenRevoked, readTokens, type TokenFilter } from './token-store.ts';

/** An expired token is kept for longer than its jobs take to end. */
const KEPT_MS = 7 * 86_400_000;
/** The next runs of the cron delete the rest. */
const MAX_SWEPT = 1_000;

/** A page, newest first. */
export function listTokens(
  deps: Runtime,
  principal: Principal,
  { filter, page }: { filter: TokenFilter; page: { beforeMs: number; beforeId: string; limit: number } },
): Promise<Key[]> {
  return readTokens(deps.db, principal.keyId, { filter, page, nowMs: deps.clock.now() });
}

/**
 * When this returns, the gate admits no further submit of the token, because it reads the row (G6). 404 for a token that this
 * key has not minted. A token that was revoked before stays as it is.
 */
export async function revokeToken(
  deps: KeysRuntime,
  principal: Principal,
  { id, address, traceId }: { id: string; address: string; traceId: string },
): Promise<void> {
  const atMs = deps.clock.now();
  const isKnown = await markTokenRevoked(deps.db, principal, {
    atMs,
    actor: principal.keyId,
    sessionId: null,
    address,
    action: 'token.revoke',
    object: id,
    change: {},
    traceId,
  });
  deps.memory.principals.clear();
  if (!isKnown) {
    throw noSuchKey();
  }
}

/** Deletes up to MAX_SWEPT of the tokens that expired a week ago, with their counters. */
export function sweepTokens(deps: Runtime): Promise<void> {
  return deleteTokens(deps.db, { beforeMs: deps.clock.now() - KEPT_MS, limit: MAX_SWEPT });
}
