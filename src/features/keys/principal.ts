// The caller as the data plane knows it. An isolate remembers it for seconds.

import type { CustomerId, KeyId } from '../../lib/ids.ts';
import type { Sight } from './key.ts';

export type Principal = {
  customerId: CustomerId;
  /** The secret key that was sent, or the one that minted the browser token that was sent. */
  keyId: KeyId;
  family: KeyId;
  /** The browser token that was sent, else ''. */
  tokenId: KeyId | '';
  /** The customer's end user that the browser token stands for; '': none. */
  endUser: string;
  see: Sight;
  /** The pages that may use the browser token; null: all. */
  origins: string[] | null;
  /** Model ids, and prefixes such as `bytedance/*`; null: all. */
  models: string[] | null;
  markupE4: number;
  /** Mark-up and models of the customer when they were read. The gate compares them with the current ones. */
  terms: string;
  /** LoRA names of the operator's account that the customer may use; with `*` at the end, prefixes. */
  loras: string[];
  customerActive: boolean;
  /** Of the key that was sent, rounded to an hour; null: never. */
  lastUsedAtMs: number | null;
  /** The earliest expiry of token and key, or null. */
  expiresAtMs: number | null;
};

/** True if this key may use the model. An empty list allows none. */
export function mayUse(principal: Principal, modelId: string): boolean {
  return principal.models === null || principal.models.some((pattern) => covers(pattern, modelId));
}

/** True if the pattern of `models` matches the model, or every model that `model` matches as a pattern. */
export function covers(pattern: string, model: string): boolean {
  return pattern === model || (pattern.endsWith('/*') && model.startsWith(pattern.slice(0, -1)));
}

/** The key that was sent. */
export function presentedKey(principal: Principal): KeyId {
  return principal.tokenId === '' ? principal.keyId : principal.tokenId;
}

/** The key under which calls are counted: a browser token, or the family of a secret key. */
export function countedKey(principal: Principal): KeyId {
  return principal.tokenId === '' ? principal.family : principal.tokenId;
}

/** The jobs that a caller sees: all of the customer, or those of one browser token or of one end user; '': of any. */
export type Sphere = { customerId: CustomerId; tokenId: KeyId | ''; endUser: string };

export function sphereOf({ customerId, tokenId, endUser, see }: Principal): Sphere {
  return see === 'end_user' ? { customerId, tokenId: '', endUser } : { customerId, tokenId, endUser: '' };
}

/** True if the caller sees the jobs of this owner. */
export function sees(principal: Principal, owner: Sphere): boolean {
  const { customerId, tokenId, endUser } = sphereOf(principal);
  return (
    owner.customerId === customerId &&
    (tokenId === '' || owner.tokenId === tokenId) &&
    (endUser === '' || owner.endUser === endUser)
  );
}

/**
 * Callers of one scope share their Idempotency-Keys. The tokens of an end user do, so that a retry with a renewed token pays
 * once; any other token has a scope of its own. The prefix keeps an end user apart who is named like a token.
 */
export function idempotencyScope({ tokenId, endUser }: Pick<Principal, 'tokenId' | 'endUser'>): string {
  return endUser === '' ? tokenId : `user:${endUser}`;
}
