// From the text of a key to who is calling. Garbage is told by its checksum and reaches no store; a live key is
// remembered for 10 s, which is how long reads may outlive a revocation (G6). Submits ask the gate again. Whoever calls
// after 5 s has the key looked up behind the answer, so that a page that polls never waits for D1.
// What is remembered is found by the text itself, which every request brings along anyway: a hash for each poll would
// cost more than all the rest of the look-up. The text leaves memory when keys are looked up after that.

import type { KeysRuntime } from './memory.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { Problem } from '../../lib/problem.ts';
import { STORE_LIMIT_MS, withTimeLimit } from '../../lib/time-limit.ts';
import { claimedKind, deadKey, isKeyText } from './key.ts';
import type { Principal } from './principal.ts';
import { findPrincipal } from './principal-store.ts';

/** A key that was looked up so long ago is looked up again behind the answer. */
const FRESH_MS = 5_000;

/** Finds who has the live key with this hash; null where there is none. */
export type LookUp = (hash: string, nowMs: number) => Promise<Principal | null>;

/**
 * The caller, or 401. Unknown, revoked and expired keys get the same words. `lookUp` says how a key that is not
 * remembered is looked up, where more than the key is wanted.
 */
export async function authenticate(
  deps: KeysRuntime,
  text: string | null,
  lookUp: () => LookUp | null = () => null,
): Promise<Principal> {
  if (text === null) {
    throw new Problem('invalid_key', 'Send your API key as «Authorization: Bearer cg_…».');
  }
  const principal =
    recall(deps, text) ?? (isKeyText(text) ? await find(deps, text, lookUp() ?? plainly(deps)) : null);
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
  if (remembered === undefined || (remembered.principal.expiresAtMs ?? Infinity) <= nowMs) {
    return null;
  }
  if (remembered.lookUpAtMs <= nowMs) {
    remembered.lookUpAtMs = nowMs + FRESH_MS;
    deps.after(find(deps, text, plainly(deps)));
  }
  return remembered.principal;
}

function plainly({ db }: KeysRuntime): LookUp {
  return (hash, nowMs) => findPrincipal(db, hash, nowMs);
}

async function find(deps: KeysRuntime, text: string, lookUp: LookUp): Promise<Principal | null> {
  const hash = await sha256Hex(text);
  const nowMs = deps.clock.now();
  const { principals, unknownKeys } = deps.memory;
  if (unknownKeys.get(hash, nowMs) !== undefined) {
    return null;
  }
  const principal = await withTimeLimit(deps.clock, STORE_LIMIT_MS, lookUp(hash, nowMs));
  if (principal === null) {
    unknownKeys.set(hash, true, nowMs);
    principals.delete(text);
  } else {
    principals.set(text, { principal, lookUpAtMs: nowMs + FRESH_MS }, nowMs);
  }
  return principal;
}
