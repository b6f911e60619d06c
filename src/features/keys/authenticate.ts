// Finds the caller of a key. The checksum refuses garbage before any store is read. The isolate remembers a live key for 10 s,
// which is how long reads may outlive a revocation (G6); the gate reads the key again for each submit. A call after 5 s renews
// the entry behind its answer, so that a page that polls never waits for D1.
// Memory is keyed by the text itself: a hash for each poll would cost more than the rest of the look-up. Expired entries leave
// memory with the next look-up of a key.

import type { KeysRuntime } from './memory.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { Problem } from '../../lib/problem.ts';
import { STORE_LIMIT_MS, withTimeLimit } from '../../lib/time-limit.ts';
import { noteMiss, requireLookUp } from '../shield/shield.ts';
import { claimedKind, deadKey, isKeyText, type KeyKind } from './key.ts';
import { presentedKey, type Principal } from './principal.ts';
import { findPrincipal, readPrincipal } from './principal-store.ts';

/** An older entry is renewed behind the answer. */
const FRESH_MS = 5_000;

/** Finds the owner of the live key with this hash; null: there is none. */
export type LookUp = (hash: string, nowMs: number) => Promise<Principal | null>;

/** The key as it was sent, and the caller's address. `lookUp` replaces the look-up in D1 by one that fetches more than the key. */
type Presented = { text: string | null; address: string; lookUp?: () => LookUp | null };

/** 401 with the same words for an unknown, a revoked and an expired key; 429 for an address that sends too many of them. */
export async function authenticate(deps: KeysRuntime, presented: Presented): Promise<Principal> {
  const { text } = presented;
  if (text === null) {
    throw new Problem('invalid_key', 'Send your API key in a header: "Authorization: Bearer cg_…".');
  }
  const principal = recall(deps, text) ?? (isKeyText(text) ? await lookUpNew(deps, text, presented) : null);
  return requireLive(principal, claimedKind(text) ?? 'secret');
}

/** Reads the caller again, after the gate has found that this isolate remembers outdated terms. */
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
    deps.after(renew(deps, text));
  }
  return remembered.principal;
}

async function renew(deps: KeysRuntime, text: string): Promise<void> {
  await find(deps, { text, hash: await sha256Hex(text) }, lookUpInD1(deps));
}

function lookUpInD1({ db }: KeysRuntime): LookUp {
  return (hash, nowMs) => findPrincipal(db, hash, nowMs);
}

/** Looks up a key that is not remembered; 429 for an address that has sent too many unknown keys. */
async function lookUpNew(deps: KeysRuntime, text: string, presented: Presented): Promise<Principal | null> {
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
  const principal = await find(deps, { text, hash }, lookUp?.() ?? lookUpInD1(deps));
  if (principal === null) {
    noteMiss(deps, address);
  }
  return principal;
}

/** Remembers the key, or that there is none. */
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
