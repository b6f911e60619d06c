// Limits as the operator sends them, with money in dollars. A file of its own, because a cold start for customers does
// not need these schemas.

import * as z from 'zod/mini';
import type { LimitsPatch } from '../features/ledger/limits.ts';
import { bytes, count } from './limits.ts';
import { usdAmount } from './money-schema.ts';

const limitsPatch = z.strictObject({
  requests_per_minute: z.nullish(count),
  requests_per_day: z.nullish(count),
  requests_per_month: z.nullish(count),
  requests_total: z.nullish(count),
  tokens_per_minute: z.nullish(count),
  max_concurrent: z.nullish(count),
  files_bytes: z.nullish(bytes),
  spend_per_day_usd: z.nullish(usdAmount),
  spend_per_month_usd: z.nullish(usdAmount),
  spend_total_usd: z.nullish(usdAmount),
});

const NO_LIMITS: LimitsPatch = {
  requests_per_minute: null,
  requests_per_day: null,
  requests_per_month: null,
  requests_total: null,
  tokens_per_minute: null,
  max_concurrent: null,
  files_bytes: null,
  spend_per_day: null,
  spend_per_month: null,
  spend_total: null,
};

/** `limits` in a body (RFC 7396): an absent limit stays, null removes it, and `limits: null` removes all. */
export const limitsMember = z.pipe(
  z.nullable(limitsPatch),
  z.transform((patch): LimitsPatch => {
    if (patch === null) {
      return NO_LIMITS;
    }
    const { spend_per_day_usd, spend_per_month_usd, spend_total_usd, ...counts } = patch;
    return {
      ...counts,
      spend_per_day: spend_per_day_usd,
      spend_per_month: spend_per_month_usd,
      spend_total: spend_total_usd,
    };
  }),
);
