// A key mints a browser token. Its text exists in the answer to this one call; what is stored is its hash. No entry of the
// audit trail is written for it: the row itself says which key minted what, and when.

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
  /** Without a bound in count or money the defaults of the settings are added. */
  limits: Limits;
  lifetimeMs: number;
};

/** The new token and its text; 401, 403, 429 or 503 where it must not be. */
export async function mintToken(
  deps: Runtime,
  parent: Pick<Principal, 'keyId' | 'models'>,
  { lifetimeMs, ...request }: TokenRequest,
): Promise<{ token: Key; text: string }> {
  refuseWider(parent, request);
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

/** A token never may more than its key: the look-up narrows it again, should the key lose a model later. */
function refuseWider({ models: own }: Pick<Principal, 'models'>, { models }: Pick<Key, 'models'>): void {
  const wider =
    own === null ? undefined : models?.find((model) => !own.some((pattern) => covers(pattern, model)));
  if (wider !== undefined) {
    throw new Problem('model_not_allowed', `This key may not use ${wider}, so no token of it may.`);
  }
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
