// The use of the limits of a key's family, for the operator.

import { isKeyId } from '../../lib/ids.ts';
import type { ProblemLimit } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import { readLimitUse } from '../ledger/limit-use.ts';
import { noSuchKey } from './key.ts';
import { findKey } from './store.ts';

/** 404 without such a key. */
export async function getKeyLimits(deps: Runtime, id: string): Promise<ProblemLimit[]> {
  const key = isKeyId(id) ? await findKey(deps.db, id) : null;
  if (key === null) {
    throw noSuchKey();
  }
  return readLimitUse(deps, { scope: 'key', customerId: key.customerId, keyId: key.id });
}
