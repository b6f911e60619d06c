// The limits of a subject (gateway, customer, key, browser token): names, units, and how they read on the wire.

import * as z from 'zod/mini';
import { isWhole } from '../../lib/column.ts';
import { isJsonObject } from '../../lib/json.ts';
import { lazy } from '../../lib/lazy.ts';
import { usd } from '../../lib/money.ts';
import { usdAmount } from '../../lib/money-schema.ts';

const COUNTS = ['requests_per_minute', 'requests_per_day', 'requests_per_month', 'max_concurrent'] as const;
const SPENDS = ['spend_per_day', 'spend_per_month', 'spend_total'] as const;

type LimitName = (typeof COUNTS)[number] | (typeof SPENDS)[number];

/** Absent = no such limit; 0 allows nothing. Counts, or micro-USD for the spend limits. */
export type Limits = Partial<Record<LimitName, number>>;

/** Whether the limit is in money. */
export function isSpend(name: string): boolean {
  return name.startsWith('spend_');
}

const count = lazy(() => z.int().check(z.minimum(0), z.maximum(1_000_000_000)));

/** RFC 7396: absent keeps, null removes. */
const limitsPatch = lazy(() =>
  z.strictObject({
    requests_per_minute: z.nullish(count()),
    requests_per_day: z.nullish(count()),
    requests_per_month: z.nullish(count()),
    max_concurrent: z.nullish(count()),
    spend_per_day_usd: z.nullish(usdAmount()),
    spend_per_month_usd: z.nullish(usdAmount()),
    spend_total_usd: z.nullish(usdAmount()),
  }),
);

export type LimitsPatch = z.infer<ReturnType<typeof limitsPatch>>;

/** `limits` as a member of a body: null removes them all. */
export const limitsMember = lazy(() =>
  z.pipe(
    z.nullable(limitsPatch()),
    z.transform(
      (patch): LimitsPatch =>
        patch ?? {
          requests_per_minute: null,
          requests_per_day: null,
          requests_per_month: null,
          max_concurrent: null,
          spend_per_day_usd: null,
          spend_per_month_usd: null,
          spend_total_usd: null,
        },
    ),
  ),
);

/** The patch in the units of the stored column, ready for SQLite's json_patch (which is RFC 7396 too). */
export function storedPatch(patch: LimitsPatch): string {
  const { spend_per_day_usd, spend_per_month_usd, spend_total_usd, ...counts } = patch;
  return JSON.stringify({
    ...counts,
    spend_per_day: spend_per_day_usd,
    spend_per_month: spend_per_month_usd,
    spend_total: spend_total_usd,
  });
}

/** The limits as the API shows them: money in dollars. */
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

const LIMITS: readonly string[] = [...COUNTS, ...SPENDS];

/** Whether a value is what `storedPatch` leads to. */
export function isLimits(value: unknown): value is Limits {
  return (
    isJsonObject(value) &&
    Object.entries(value).every(([name, limit]) => LIMITS.includes(name) && isWhole(limit))
  );
}
