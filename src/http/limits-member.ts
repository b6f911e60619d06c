// Limits as the operator sends them, with money in dollars. A file of its own, because a cold start for customers does
// not need these schemas.

import * as z from 'zod/mini';
import { apiName, LIMIT_NAMES, LIMITS, UNIT_OF, type LimitsPatch } from '../features/ledger/limits.ts';
import { bytes, count } from './limits.ts';
import { usdAmount } from './money-schema.ts';

const AMOUNTS = { count, bytes, 'micro-USD': usdAmount };

const limitsPatch = z
  .strictObject(
    Object.fromEntries(
      LIMIT_NAMES.map((name) => [apiName(name), z.nullish(AMOUNTS[UNIT_OF[LIMITS[name].sums]])]),
    ),
  )
  .check(z.meta({ id: 'LimitsPatch' }));

/** `limits` in a body (RFC 7396): an absent limit stays, null removes it, and `limits: null` removes all. */
export const limitsMember = z.pipe(
  z.nullable(limitsPatch),
  z.transform((sent): LimitsPatch => {
    const patch: LimitsPatch = {};
    for (const name of LIMIT_NAMES) {
      const limit = sent === null ? null : sent[apiName(name)];
      if (limit !== undefined) {
        patch[name] = limit;
      }
    }
    return patch;
  }),
);
