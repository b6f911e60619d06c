// How a caller's limits stand, in the units of the API. The gateway's own limits are the operator's secret and never
// appear, and a browser token sees its own alone. Pure.

import { usd } from '../../lib/money.ts';
import type { CallerLimits } from '../../lib/problem.ts';
import { ownLimits, showLimitUsage, type LimitReport } from './limit-usage.ts';
import { spendable } from './spendable.ts';

/** The limits of this caller, as they stood at `atMs`. */
export function callerLimits(
  { limits, heldMicros }: LimitReport,
  caller: { tokenId: string; atMs: number },
): CallerLimits {
  const { atMs } = caller;
  const own = ownLimits(limits, caller);
  const left = spendable(own);
  return {
    atMs,
    limits: own.map((limit) => showLimitUsage(limit, atMs)),
    committedUsd: usd(heldMicros),
    remainingUsd: left === null ? null : usd(left),
  };
}
