// Whose key a text is: somebody found it where it should not be. The text goes into its hash and nowhere else.

import { sha256Hex } from '../../lib/hash.ts';
import type { Runtime } from '../../runtime.ts';
import { isKeyText, noSuchKey, type Key } from './key.ts';
import { findKeyByHash } from './store.ts';

/** The key or browser token, revoked and expired ones too; 404 for a text that is none of ours. */
export async function findKeyOwner({ db }: Runtime, text: string): Promise<Key> {
  const key = isKeyText(text) ? await findKeyByHash(db, await sha256Hex(text)) : null;
  if (key === null) {
    throw noSuchKey();
  }
  return key;
}
