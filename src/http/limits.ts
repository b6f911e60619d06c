// Limits as the API shows them, with money in dollars.

import * as z from 'zod/mini';
import { COUNTS, SPENDS, type Limits } from '../features/ledger/limits.ts';
import { usd } from '../lib/money.ts';

export const count = z.int().check(z.minimum(0), z.maximum(1_000_000_000));

/** Up to a petabyte. */
export const bytes = z.int().check(z.minimum(0), z.maximum(1e15));

export function showLimits(limits: Limits): Record<string, number> {
  const shown: Record<string, number> = {};
  for (const name of COUNTS) {
    if (limits[name] !== undefined) {
      shown[name] = limits[name];
    }
  }
  for (const name of SPENDS) {
    if (limits[name] !== undefined) {
      shown[`${name}_usd`] = usd(limits[name]);
    }
  }
  return shown;
}
