// The limits that a subject can have: gateway, customer, key, browser token, upstream account. Each limit is one row of
// LIMITS; the gate's SQL, the schemas, the headers and the resets follow from it. Pure.

import { isWhole } from '../../lib/guard.ts';
import { isJsonObject } from '../../lib/json.ts';
import type { WindowName } from './windows.ts';

/** The unit of each sum. A submit adds to the first three; a minted token and an upload to the others. */
export const UNIT_OF = {
  requests: 'count',
  spend: 'micro-USD',
  jobs: 'count',
  tokens: 'count',
  bytes: 'bytes',
} as const;

export type Sum = keyof typeof UNIT_OF;
type Limit = { sums: Sum; window: WindowName };

export const LIMITS = {
  requests_per_minute: { sums: 'requests', window: 'minute' },
  requests_per_day: { sums: 'requests', window: 'day' },
  requests_per_week: { sums: 'requests', window: 'week' },
  requests_per_month: { sums: 'requests', window: 'month' },
  requests_total: { sums: 'requests', window: 'total' },
  spend_per_day: { sums: 'spend', window: 'day' },
  spend_per_week: { sums: 'spend', window: 'week' },
  spend_per_month: { sums: 'spend', window: 'month' },
  spend_total: { sums: 'spend', window: 'total' },
  max_concurrent: { sums: 'jobs', window: 'now' },
  tokens_per_minute: { sums: 'tokens', window: 'minute' },
  files_bytes: { sums: 'bytes', window: 'now' },
} satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

/** Absent = no such limit; 0 allows nothing. Each in the unit of its sum. */
export type Limits = Partial<Record<LimitName, number>>;

/** Absent keeps, null removes: as JSON it is what SQLite's json_patch takes (RFC 7396). */
export type LimitsPatch = Partial<Record<LimitName, number | null | undefined>>;

export function isLimitName(name: unknown): name is LimitName {
  return typeof name === 'string' && Object.hasOwn(LIMITS, name);
}

export const LIMIT_NAMES: readonly LimitName[] = Object.keys(LIMITS).filter(isLimitName);

export function isSpend(name: LimitName): boolean {
  return LIMITS[name].sums === 'spend';
}

/** The limit's name in the API, where money is in dollars. */
export function apiName(name: LimitName): string {
  return isSpend(name) ? `${name}_usd` : name;
}

/** Checks the limits of a subject as they are stored. */
export function isLimits(value: unknown): value is Limits {
  return (
    isJsonObject(value) && Object.entries(value).every(([name, limit]) => isLimitName(name) && isWhole(limit))
  );
}
