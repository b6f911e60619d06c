// Issues a secret key. Its text exists only in the answer to this call; D1 stores its hash.

import type { Creation } from '../audit/store.ts';
import type { Runtime } from '../../runtime.ts';
import type { LimitsPatch } from '../ledger/limits.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { isCustomerId, newId, type KeyId } from '../../lib/ids.ts';
import { noSuchCustomer } from '../customers/customer.ts';
import { keyHint, newKeyText, refusePastExpiry, type Key } from './key.ts';
import { insertKey } from './store.ts';

export type KeyRequest = {
  customerId: string;
  name: string;
  models: string[] | null;
  limits: LimitsPatch;
  expiresAtMs: number | null;
};

/** The new key and its text. 404 without such a customer, 422 for an expiry that has passed. */
export async function issueKey(
  deps: Runtime,
  request: KeyRequest,
  creation: Creation,
): Promise<{ key: Key; text: string }> {
  const { customerId } = request;
  refusePastExpiry(request.expiresAtMs, creation.atMs);
  if (!isCustomerId(customerId)) {
    throw noSuchCustomer();
  }
  const text = newKeyText('secret');
  const id: KeyId = newId('key');
  const { atMs } = creation;
  const key = await insertKey(
    deps.db,
    {
      ...request,
      customerId,
      id,
      hash: await sha256Hex(text),
      hint: keyHint(text),
      createdAtMs: atMs,
    },
    { ...creation, object: id },
  );
  if (key === null) {
    throw noSuchCustomer();
  }
  return { key, text };
}
