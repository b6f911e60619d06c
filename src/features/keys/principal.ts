// Who is calling, as the data plane needs to know it. Read once, remembered for seconds.

import type { CustomerId, KeyId } from '../../lib/ids.ts';

export type Principal = {
  customerId: CustomerId;
  /** The secret key: the one presented, or the parent of the browser token presented. */
  keyId: KeyId;
  family: KeyId;
  /** The browser token presented, else ''. */
  tokenId: KeyId | '';
  /** Model ids, and prefixes such as `bytedance/*`; null: all. */
  models: string[] | null;
  markupE4: number;
  /** LoRA names of the operator's account that the customer may use; with `*` at the end, prefixes. */
  loras: string[];
  customerActive: boolean;
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
