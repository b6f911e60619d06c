// From the text of a key to who is calling. Garbage is told by its checksum and reaches no store; a live key is
// remembered for 10 s, which is how long reads may outlive a revocation (G6). Submits ask the gate again.

import type { Deps } from '../deps.ts';
import { sha256Hex } from '../lib/hash.ts';
import { Problem } from '../lib/problem.ts';
import { isKeyText } from './key.ts';
import type { Principal } from './principal.ts';
import { findPrincipal } from './store.ts';

/** The caller, or 401. Unknown, revoked and expired keys get the same words. */
export async function authenticate(deps: Deps, text: string | null): Promise<Principal> {
  if (text === null) {
    throw new Problem('invalid_key', 'Send your API key as «Authorization: Bearer cg_…».');
  }
  const principal = isKeyText(text) ? await find(deps, await sha256Hex(text)) : null;
  if (principal === null) {
    throw new Problem('invalid_key', 'The API key is unknown, revoked or expired.');
  }
  if (!principal.customerActive) {
    throw new Problem('customer_suspended', 'The account of this key is suspended. Ask the operator.');
  }
  return principal;
}

async function find(deps: Deps, hash: string): Promise<Principal | null> {
  const nowMs = deps.clock.now();
  const { principals, unknownKeys } = deps.memory;
  const remembered = principals.get(hash, nowMs);
  if (remembered !== undefined) {
    return remembered.expiresAtMs !== null && remembered.expiresAtMs <= nowMs ? null : remembered;
  }
  if (unknownKeys.get(hash, nowMs) !== undefined) {
    return null;
  }
  const principal = await findPrincipal(deps.db, hash, nowMs);
  if (principal === null) {
    unknownKeys.set(hash, true, nowMs);
  } else {
    principals.set(hash, principal, nowMs);
  }
  return principal;
}
