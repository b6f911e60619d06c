// From the text of a key to who is calling. Garbage is told by its checksum and reaches no store; a live key is
// remembered for 10 s, which is how long reads may outlive a revocation (G6). Submits ask the gate again.
// What is remembered is found by the text itself, which every request brings along anyway: a hash for each poll would
// cost more than all the rest of the look-up. The text leaves memory when keys are looked up after that.

import type { KeysRuntime } from './memory.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { Problem } from '../../lib/problem.ts';
import { STORE_LIMIT_MS, withTimeLimit } from '../../lib/time-limit.ts';
import { claimedKind, deadKey, isKeyText, type KeyKind } from './key.ts';
import { presentedKey, type Principal } from './principal.ts';
import { findPrincipal, readPrincipal } from './principal-store.ts';

/** The caller, or 401. Unknown, revoked and expired keys get the same words. */
export async function authenticate(deps: KeysRuntime, text: string | null): Promise<Principal> {
  if (text === null) {
    throw new Problem('invalid_key', 'Send your API key as «Authorization: Bearer cg_…».');
  }
  const principal = recall(deps, text) ?? (isKeyText(text) ? await find(deps, text) : null);
  return requireLive(principal, claimedKind(text) ?? 'secret');
}

/** The caller anew, after the gate has found that other terms hold for them than this isolate remembers. */
export async function renewPrincipal(deps: KeysRuntime, known: Principal): Promise<Principal> {
  deps.memory.principals.clear();
  const found = await readPrincipal(deps.db, presentedKey(known), deps.clock.now());
  return requireLive(found, known.tokenId === '' ? 'secret' : 'browser');
}

function requireLive(principal: Principal | null, kind: KeyKind): Principal {
  if (principal === null) {
    throw deadKey(kind);
  }
  if (!principal.customerActive) {
    throw new Problem('customer_suspended', 'The account of this key is suspended. Ask the operator.');
  }
  return principal;
}

function recall(deps: KeysRuntime, text: string): Principal | null {
  const nowMs = deps.clock.now();
  const remembered = deps.memory.principals.get(text, nowMs);
  const isLive = remembered !== undefined && (remembered.expiresAtMs ?? Infinity) > nowMs;
  return isLive ? remembered : null;
}

async function find(deps: KeysRuntime, text: string): Promise<Principal | null> {
  const hash = await sha256Hex(text);
  const nowMs = deps.clock.now();
  const { principals, unknownKeys } = deps.memory;
  if (unknownKeys.get(hash, nowMs) !== undefined) {
    return null;
  }
  const principal = await withTimeLimit(deps.clock, STORE_LIMIT_MS, findPrincipal(deps.db, hash, nowMs));
  if (principal === null) {
    unknownKeys.set(hash, true, nowMs);
  } else {
    principals.set(text, principal, nowMs);
  }
  return principal;
}
