// From the text of a key to who is calling. Garbage is told by its checksum and reaches no store; a live key is
// remembered for 10 s, which is how long reads may outlive a revocation (G6). Submits ask the gate again.
// What is remembered is found by the text itself, which every request brings along anyway: a hash for each poll would
// cost more than all the rest of the look-up. The text leaves memory when keys are looked up after that.

import type { KeysRuntime } from './memory.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { Problem } from '../../lib/problem.ts';
import { STORE_LIMIT_MS, withTimeLimit } from '../../lib/time-limit.ts';
import { noteMiss, requireLookUp } from '../shield/shield.ts';
import { claimedKind, deadKey, isKeyText } from './key.ts';
import type { Principal } from './principal.ts';
import { findPrincipal } from './principal-store.ts';

/** Who calls: the key, as it was sent, and from which address. */
type Presented = { text: string | null; address: string };

/**
 * The caller, or 401. Unknown, revoked and expired keys get the same words; 429 for an address that names too many of
 * them.
 */
export async function authenticate(deps: KeysRuntime, { text, address }: Presented): Promise<Principal> {
  if (text === null) {
    throw new Problem('invalid_key', 'Send your API key as «Authorization: Bearer cg_…».');
  }
  const principal = recall(deps, text) ?? (isKeyText(text) ? await find(deps, text, address) : null);
  if (principal === null) {
    throw deadKey(claimedKind(text) ?? 'secret');
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

async function find(deps: KeysRuntime, text: string, address: string): Promise<Principal | null> {
  const hash = await sha256Hex(text);
  const nowMs = deps.clock.now();
  const { principals, unknownKeys, seenKeys } = deps.memory;
  if (unknownKeys.get(hash, nowMs) !== undefined) {
    return null;
  }
  if (seenKeys.get(hash, nowMs) === undefined) {
    await requireLookUp(deps, address);
  }
  const principal = await withTimeLimit(deps.clock, STORE_LIMIT_MS, findPrincipal(deps.db, hash, nowMs));
  if (principal === null) {
    unknownKeys.set(hash, true, nowMs);
    noteMiss(deps, address);
  } else {
    seenKeys.set(hash, true, nowMs);
    principals.set(text, principal, nowMs);
  }
  return principal;
}
