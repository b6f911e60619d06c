// The key that is calling, as its holder may see it, and how its limits stand.

import type { Runtime } from '../../runtime.ts';
import { ownLimits, type LimitUsage } from '../ledger/limit-usage.ts';
import { readLimitUsage } from '../ledger/limit-usage-store.ts';
import { deadKey, type Key } from './key.ts';
import { presentedKey, type Principal } from './principal.ts';
import { findKey } from './store.ts';

/** `models` and `expiresAtMs` are what holds: a browser token has no more than its key, and dies with it. */
export type OwnKey = Pick<Key, 'id' | 'kind' | 'hint' | 'name' | 'models' | 'expiresAtMs'> & {
  limits: LimitUsage[];
  atMs: number;
};

export async function getOwnKey(deps: Runtime, principal: Principal): Promise<OwnKey> {
  const atMs = deps.clock.now();
  const [key, limits] = await Promise.all([
    findKey(deps.db, presentedKey(principal)),
    readLimitUsage(deps.db, { ...principal, atMs }),
  ]);
  if (key === null) {
    throw deadKey(principal.tokenId === '' ? 'secret' : 'browser');
  }
  const { id, kind, hint, name } = key;
  const { models, expiresAtMs } = principal;
  return { id, kind, hint, name, models, expiresAtMs, limits: ownLimits(limits, principal), atMs };
}
