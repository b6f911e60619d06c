// How much of each limit is used, and how that is shown. Pure.

import { usd } from '../../lib/money.ts';
import type { ProblemLimit } from '../../lib/problem.ts';
import { apiName, isSpend, LIMITS, type LimitName } from './limits.ts';
import { SLICE_MS, WINDOWS } from './windows.ts';

/** Whose limits an answer may show. Those of upstream accounts are the operator's secret. */
export const SCOPES = ['gateway', 'customer', 'key', 'token'] as const;

/** One limit of one subject. A prepaid balance is used like one: `max` is the balance, `used` what open jobs hold. */
export type LimitUsage = {
  scope: (typeof SCOPES)[number];
  name: LimitName | 'balance';
  max: number;
  used: number;
  /** How much this call would add. */
  adds: number;
  /** Of a sliding minute, the start of the oldest slice that counts. */
  oldestMs: number | null;
};

/** The limits of a caller, and the micro-USD that the open jobs of the customer or the browser token hold. */
export type LimitReport = { limits: LimitUsage[]; heldMicros: number };

/** The limit is in micro-USD. */
export function isMoney({ name }: LimitUsage): boolean {
  return name === 'balance' || isSpend(name);
}

export function isFull({ used, adds, max }: LimitUsage): boolean {
  return used + adds > max;
}

/** When the limit has room again, or null where that depends on something else than time. */
export function resetOf({ name, max, oldestMs }: LimitUsage, nowMs: number): number | null {
  if (oldestMs !== null) {
    return oldestMs + 7 * SLICE_MS;
  }
  return max === 0 || name === 'balance' ? null : WINDOWS[LIMITS[name].window].endMs(nowMs);
}

/** The limit as the API shows it, money in dollars. */
export function showLimitUsage(limit: LimitUsage, nowMs: number): ProblemLimit {
  const { scope, name, max, used } = limit;
  const resetMs = resetOf(limit, nowMs);
  const show = isMoney(limit) ? usd : (count: number) => count;
  return {
    scope,
    name: name === 'balance' ? name : apiName(name),
    max: show(max),
    used: show(used),
    left: show(Math.max(0, max - used)),
    ...(resetMs === null ? {} : { resets_at: new Date(resetMs).toISOString() }),
  };
}

/** The limits that a caller may see: never the gateway's, and a browser token sees its own alone. */
export function ownLimits(limits: LimitUsage[], { tokenId }: { tokenId: string }): LimitUsage[] {
  return limits.filter(({ scope }) => (tokenId === '' ? scope !== 'gateway' : scope === 'token'));
}

/** The limits without the job that they count: RunComfy refused it. */
export function withoutJob({ limits, heldMicros }: LimitReport, holdMicros: number): LimitReport {
  return {
    limits: limits.map((limit) => ({ ...limit, used: limit.used - limit.adds })),
    heldMicros: heldMicros - holdMicros,
  };
}
