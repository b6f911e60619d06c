// From the text of a key to who is calling. Garbage is told by its checksum and reaches no store; a live key is
// remembered for 10 s, which is how long reads may outlive a revocation (G6). Submits ask the gate again. Whoever calls
// after 5 s has the key looked up behind the answer, so that a page that polls never waits for D1.
// What is remembered is found by the text itself, which every request brings along anyway: a hash for each poll would
// cost more than all the rest of the look-up. The text leaves memory when keys are looked up after that.

import type { KeysRuntime } from './memory.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { Problem } from '../../lib/problem.ts';
import { STORE_LIMIT_MS, withTimeLimit } from '../../lib/time-limit.ts';
import { noteMiss, requireLookUp } from '../shield/shield.ts';
import { claimedKind, deadKey, isKeyText, type KeyKind } from './key.ts';
import { presentedKey, type Principal } from './principal.ts';
import { findPrincipal, readPrincipal } from './principal-store.ts';

/** A key that was looked up so long ago is looked up again behind the answer. */
const FRESH_MS = 5_000;

/** Finds who has the live key with this hash; null where there is none. */
export type LookUp = (hash: string, nowMs: number) => Promise<Principal | null>;

/**
 * Who calls: the key, as it was sent, and from which address. `lookUp` says how a key that is not remembered is looked
 * up, where more than the key is wanted.
 */
type Presented = { text: string | null; address: string; lookUp?: () => LookUp | null };

/**
 * The caller, or 401. Unknown, revoked and expired keys get the same words; 429 for an address that names too many of
 * them.
 */
export async function authenticate(deps: KeysRuntime, presented: Presented): Promise<Principal> {
  const { text } = presented;
  if (text === null) {
    throw new Problem('invalid_key', 'Send your API key as «Authorization: Bearer cg_…».');
  }
  const principal = recall(deps, text) ?? (isKeyText(text) ? await findNew(deps, text, presented) : null);
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
  if (remembered === undefined || (remembered.principal.expiresAtMs ?? Infinity) <= nowMs) {
    return null;
  }
  if (remembered.lookUpAtMs <= nowMs) {
    remembered.lookUpAtMs = nowMs + FRESH_MS;
    deps.after(lookUpAgain(deps, text));
  }
  return remembered.principal;
}

function plainly({ db }: KeysRuntime): LookUp {
  return (hash, nowMs) => findPrincipal(db, hash, nowMs);
}

/** Looks up a key that is not remembered; throws 429 for an address that has named too many unknown ones. */
async function findNew(deps: KeysRuntime, text: string, presented: Presented): Promise<Principal | null> {
  const { address, lookUp } = presented;
  const hash = await sha256Hex(text);
  const nowMs = deps.clock.now();
  const { unknownKeys, seenKeys } = deps.memory;
  if (unknownKeys.get(hash, nowMs) !== undefined) {
    return null;
  }
  if (seenKeys.get(hash, nowMs) === undefined) {
    await requireLookUp(deps, address);
  }
  const principal = await find(deps, { text, hash }, lookUp?.() ?? plainly(deps));
  if (principal === null) {
    noteMiss(deps, address);
  }
  return principal;
}

async function lookUpAgain(deps: KeysRuntime, text: string): Promise<void> {
  await find(deps, { text, hash: await sha256Hex(text) }, plainly(deps));
}

/** What is found is remembered, and so is that nothing is. */
async function find(
  deps: KeysRuntime,
  { text, hash }: { text: string; hash: string },
  lookUp: LookUp,
): Promise<Principal | null> {
  const nowMs = deps.clock.now();
  const { principals, unknownKeys, seenKeys } = deps.memory;
  const principal = await withTimeLimit(deps.clock, STORE_LIMIT_MS, lookUp(hash, nowMs));
  if (principal === null) {
    unknownKeys.set(hash, true, nowMs);
    principals.delete(text);
  } else {
    seenKeys.set(hash, true, nowMs);
    principals.set(text, { principal, lookUpAtMs: nowMs + FRESH_MS }, nowMs);
  }
  return principal;
}
