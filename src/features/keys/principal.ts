// Who is calling, as the data plane needs to know it. Read once, remembered for seconds.

import type { CustomerId, KeyId } from '../../lib/ids.ts';
import type { Sight } from './key.ts';

export type Principal = {
  customerId: CustomerId;
  /** The secret key: the one presented, or the parent of the browser token presented. */
  keyId: KeyId;
  family: KeyId;
  /** The browser token presented, else ''. */
  tokenId: KeyId | '';
  /** The customer's end user that the browser token stands for; '': none. */
  endUser: string;
  see: Sight;
  /** The pages that may use the browser token; null: all. */
  origins: string[] | null;
  /** Model ids, and prefixes such as `bytedance/*`; null: all. */
  models: string[] | null;
  markupE4: number;
  /** Mark-up and models of the customer as they were read: the gate compares them with what holds. */
  terms: string;
  /** LoRA names of the operator's account that the customer may use; with `*` at the end, prefixes. */
  loras: string[];
  customerActive: boolean;
  /** Of the key presented, to an hour; null: never. */
  lastUsedAtMs: number | null;
  /** The earliest expiry of token and key, or null. */
  expiresAtMs: number | null;
};

/** Whether this key may use the model; an empty list allows nothing. */
export function mayUse(principal: Principal, modelId: string): boolean {
  return principal.models === null || principal.models.some((pattern) => covers(pattern, modelId));
}

/** Whether a pattern of `models` stands for the model, or for all models of another pattern. */
export function covers(pattern: string, model: string): boolean {
  return pattern === model || (pattern.endsWith('/*') && model.startsWith(pattern.slice(0, -1)));
}

/** The key that was presented. */
export function presentedKey(principal: Principal): KeyId {
  return principal.tokenId === '' ? principal.keyId : principal.tokenId;
}

/** For which the calls are counted: a token for itself, the generations of a rotated key for one. */
export function countedKey(principal: Principal): KeyId {
  return principal.tokenId === '' ? principal.family : principal.tokenId;
}

/** Whose jobs a caller sees: all of the customer, or those of one browser token or of one end user ('': no matter which). */
export type Sphere = { customerId: CustomerId; tokenId: KeyId | ''; endUser: string };

export function sphereOf({ customerId, tokenId, endUser, see }: Principal): Sphere {
  return see === 'end_user' ? { customerId, tokenId: '', endUser } : { customerId, tokenId, endUser: '' };
}

/** Whether a job of this owner is one that the caller sees. */
export function sees(principal: Principal, owner: Sphere): boolean {
  const { customerId, tokenId, endUser } = sphereOf(principal);
  return (
    owner.customerId === customerId &&
    (tokenId === '' || owner.tokenId === tokenId) &&
    (endUser === '' || owner.endUser === endUser)
  );
}

/**
 * Who shares Idempotency-Keys: an end user's tokens, so that a renewed one does not pay twice; else each token keeps its
 * own. The prefix sets a user apart who is called like a token.
 */
export function idempotencyScope({ tokenId, endUser }: Pick<Principal, 'tokenId' | 'endUser'>): string {
  return endUser === '' ? tokenId : `user:${endUser}`;
}
