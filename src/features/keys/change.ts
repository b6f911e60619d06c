// The operator changes a key: its name, models, expiry, or the limits of its whole family.

import type { Change } from '../audit/store.ts';
import { noSuchKey, refusePastExpiry, type Key } from './key.ts';
import type { KeysRuntime } from './memory.ts';
import { patchKey, type KeyPatch } from './store.ts';

/** 404 without such a key, 422 for an expiry that has passed. */
export async function changeKey(
  deps: KeysRuntime,
  id: string,
  { patch, change }: { patch: KeyPatch; change: Change },
): Promise<Key> {
  refusePastExpiry(patch.expiresAtMs, change.atMs);
  const key = await patchKey(deps.db, id, { patch, change });
  deps.memory.principals.clear();
  if (key === null) {
    throw noSuchKey();
  }
  return key;
}
