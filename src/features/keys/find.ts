// Finds the owner of a key that has leaked. The key's text is hashed, and stored or logged nowhere.

import { sha256Hex } from '../../lib/hash.ts';
import type { Runtime } from '../../runtime.ts';
import { isKeyText, noSuchKey, type Key } from './key.ts';
import { findKeyByHash } from './store.ts';
import { readRecentUse, type RecentUse } from './use-store.ts';

const DAY_MS = 86_400_000;

/** The key or browser token, live or not, and its use in the last 24 hours. 404 for any other text. */
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
