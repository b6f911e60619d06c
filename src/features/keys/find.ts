// Whose key a text is: somebody found it where it should not be. The text goes into its hash and nowhere else.

import { sha256Hex } from '../../lib/hash.ts';
import type { Runtime } from '../../runtime.ts';
import { isKeyText, noSuchKey, type Key } from './key.ts';
import { findKeyByHash } from './store.ts';
import { readRecentUse, type RecentUse } from './use-store.ts';

const DAY_MS = 86_400_000;

/** The key or browser token, revoked and expired ones too, and what it used in the last 24 hours; 404 for a text that is none of ours. */
export async function findKeyOwner(
  { db, clock }: Runtime,
  text: string,
): Promise<{ key: Key; use: RecentUse }> {
  const key = isKeyText(text) ? await findKeyByHash(db, await sha256Hex(text)) : null;
  if (key === null) {
    throw noSuchKey();
  }
  return { key, use: await readRecentUse(db, key, clock.now() - DAY_MS) };
}
