// The limits of a subject (gateway, customer, key, browser token): their names and their units. Pure.

import { isWhole } from '../../lib/guard.ts';
import { isJsonObject } from '../../lib/json.ts';

export const COUNTS = [
  'requests_per_minute',
  'requests_per_day',
  'requests_per_month',
  'requests_total',
  'tokens_per_minute',
  'max_concurrent',
  'files_bytes',
] as const;
export const SPENDS = ['spend_per_day', 'spend_per_month', 'spend_total'] as const;

type LimitName = (typeof COUNTS)[number] | (typeof SPENDS)[number];

/** Absent = no such limit; 0 allows nothing. Counts, or micro-USD for the spend limits. */
export type Limits = Partial<Record<LimitName, number>>;

/** Absent keeps, null removes: as JSON it is what SQLite's json_patch takes (RFC 7396). */
export type LimitsPatch = Partial<Record<LimitName, number | null | undefined>>;

/** Whether the limit is in money. */
export function isSpend(name: string): boolean {
  return name.startsWith('spend_');
}

const LIMITS: readonly string[] = [...COUNTS, ...SPENDS];

/** Whether a value is the limits of a subject as they are stored. */
export function isLimits(value: unknown): value is Limits {
  return (
    isJsonObject(value) &&
    Object.entries(value).every(([name, limit]) => LIMITS.includes(name) && isWhole(limit))
  );
}
