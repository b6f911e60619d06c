// The operator revokes a key, and with it its successors and every token that they minted. Once this has returned, the gate takes no further
// submit (G6): it looks at the row. Reads stop when the last isolate that remembers the key forgets it, after 10 s.

import type { Change } from '../audit/store.ts';
import { noSuchKey } from './key.ts';
import type { KeysRuntime } from './memory.ts';
import { markRevoked } from './rotation-store.ts';

/** 404 without such a key; one that was revoked before stays as it is. */
export async function revokeKey(deps: KeysRuntime, id: string, change: Change): Promise<void> {
  const isKnown = await markRevoked(deps.db, id, change);
  deps.memory.principals.clear();
  if (!isKnown) {
    throw noSuchKey();
  }
}
