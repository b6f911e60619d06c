// The limits of a subject as the API shows them: money in dollars.

import * as z from 'zod/mini';
import { apiName, isSpend, LIMIT_NAMES, type Limits } from '../features/ledger/limits.ts';
import { usd } from '../lib/money.ts';

export const count = z.int().check(z.minimum(0), z.maximum(1_000_000_000));

/** Up to a petabyte. */
export const bytes = z.int().check(z.minimum(0), z.maximum(1e15));

export function showLimits(limits: Limits): Record<string, number> {
  const shown: Record<string, number> = {};
  for (const name of LIMIT_NAMES) {
    const limit = limits[name];
    if (limit !== undefined) {
      shown[apiName(name)] = isSpend(name) ? usd(limit) : limit;
    }
  }
  return shown;
}
