// A key mints a browser token. The token's text exists only in the answer to this call; D1 stores its hash. Minting writes no
// entry of the audit: the token's row records which key minted it, and when.

import type { Runtime } from '../../runtime.ts';
import type { Limits } from '../ledger/limits.ts';
import { isFull } from '../ledger/limit-usage.ts';
import { fullProblem } from '../ledger/refusal.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { newId, type KeyId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { deadKey, keyHint, newKeyText, type Key } from './key.ts';
import { covers, type Principal } from './principal.ts';
import { insertToken, type Minting } from './token-store.ts';

export type TokenRequest = Pick<Key, 'models' | 'origins' | 'endUser' | 'see'> & {
  /** The defaults of the settings apply to limits that bound neither jobs nor money. */
  limits: Limits;
  lifetimeMs: number;
};

/** The new token and its text. 401, 403, 429 or 503 if the key may not mint it. */
export async function mintToken(
  deps: Runtime,
  parent: Pick<Principal, 'keyId' | 'models'>,
  { lifetimeMs, ...request }: TokenRequest,
): Promise<{ token: Key; text: string }> {
  const { models: allowed } = parent;
  const wider =
    allowed && request.models?.find((model) => !allowed.some((pattern) => covers(pattern, model)));
  if (typeof wider === 'string') {
    // The look-up narrows the token again if the key loses a model later.
    throw new Problem('model_not_allowed', `This key may not use ${wider}, so its tokens may not either.`);
  }
  const text = newKeyText('browser');
  const id: KeyId = newId('key');
  const createdAtMs = deps.clock.now();
  const minting = await insertToken(deps.db, {
    ...request,
    id,
    parentId: parent.keyId,
    hash: await sha256Hex(text),
    hint: keyHint(text),
    createdAtMs,
    expiresAtMs: createdAtMs + lifetimeMs,
  });
  if (minting.token === null) {
    throw refusalOf(minting, createdAtMs);
  }
  return { token: minting.token, text };
}

function refusalOf({ isKeyLive, isCustomerActive, limits }: Minting, nowMs: number): Problem {
  if (!isKeyLive) {
    return deadKey('secret');
  }
  if (!isCustomerActive) {
    return new Problem('customer_suspended', 'The account of this key is suspended. Ask the operator.');
  }
  const full = limits.find(isFull);
  return full === undefined
    ? new Problem('storage_unavailable', 'The limits changed while they were read. Try again.', {
        retryAfterSeconds: 1,
      })
    : fullProblem(full, nowMs);
}
