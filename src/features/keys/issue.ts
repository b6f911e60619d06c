// Issue a key. Its text exists in the answer to this one call; what is stored is its hash.

import type { Change } from '../audit/store.ts';
import type { Runtime } from '../../runtime.ts';
import type { LimitsPatch } from '../ledger/limits.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { newId, type CustomerId, type KeyId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { keyHint, newKeyText, type Key } from './key.ts';
import { insertKey } from './store.ts';

export type KeyRequest = {
  customerId: CustomerId;
  /** Set for a browser token: the secret key that mints it. */
  parentId: KeyId | null;
  name: string;
  models: string[] | null;
  limits: LimitsPatch;
  expiresAtMs: number | null;
};

/** The new key and its text. 404 when there is no such customer. */
export async function issueKey(
  deps: Runtime,
  request: KeyRequest,
  by: Pick<Change, 'actor' | 'traceId' | 'change'>,
): Promise<{ key: Key; text: string }> {
  const kind = request.parentId === null ? 'secret' : 'browser';
  const text = newKeyText(kind);
  const id: KeyId = newId('key');
  const atMs = deps.clock.now();
  const key = await insertKey(
    deps.db,
    { ...request, id, kind, family: id, hash: await sha256Hex(text), hint: keyHint(text), createdAtMs: atMs },
    { ...by, atMs, action: 'key.issue', object: id },
  );
  if (key === null) {
    throw new Problem('not_found', `There is no customer ${request.customerId}.`);
  }
  return { key, text };
}
