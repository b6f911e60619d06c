// The operator revokes a key, its successors, and every token that they minted. When this returns, the gate admits no further
// submit, because it reads the row (G6). Reads end within 10 s, when the last isolate forgets the key.

import type { Change } from '../audit/store.ts';
import { noSuchKey } from './key.ts';
import type { KeysRuntime } from './memory.ts';
import { markRevoked } from './rotation-store.ts';

/** 404 without such a key. A key that was revoked before stays as it is. */
export async function revokeKey(deps: KeysRuntime, id: string, change: Change): Promise<void> {
  const isKnown = await markRevoked(deps.db, id, change);
  deps.memory.principals.clear();
  if (!isKnown) {
    throw noSuchKey();
  }
}
