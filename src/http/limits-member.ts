// The limits of a subject as the operator sends them: money in dollars. Apart from limits.ts, because the customers' cold
// start does not need these schemas.

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

/** `limits` as a member of a body (RFC 7396): absent keeps, null removes, and null in its place removes them all. */
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
