// The headers about the caller's limits: RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers) for
// requests, Comfygate-Committed-Usd and Comfygate-Remaining-Usd for money. The gateway's own limits are the operator's
// secret and never appear, and a browser token sees its own alone.

import { usd } from '../../lib/money.ts';
import { ownLimits, resetOf, type LimitReport, type LimitUsage } from './limit-usage.ts';
import { LIMITS } from './limits.ts';
import { spendable } from './spendable.ts';
import { WINDOWS } from './windows.ts';

/** The headers for this caller, as the limits stood at `atMs`. */
export function limitHeaders(
  { limits, heldMicros }: LimitReport,
  caller: { tokenId: string; atMs: number },
): Record<string, string> {
  const own = ownLimits(limits, caller);
  const left = spendable(own);
  return {
    ...rateLimits(own, caller.atMs),
    // Open holds: they become a charge or a release when the jobs end.
    'Comfygate-Committed-Usd': String(usd(heldMicros)),
    ...(left === null ? {} : { 'Comfygate-Remaining-Usd': String(usd(left)) }),
  };
}

/** Each limit of requests that applies, named after its owner and window. */
function rateLimits(limits: LimitUsage[], nowMs: number): Record<string, string> {
  const policies: string[] = [];
  const states: string[] = [];
  for (const limit of limits) {
    const { scope, name, max, used } = limit;
    if (name === 'balance' || LIMITS[name].sums !== 'requests') {
      continue;
    }
    const { window } = LIMITS[name];
    const { seconds } = WINDOWS[window];
    const label = `"${scope}-${window}"`;
    const resetMs = resetOf(limit, nowMs);
    policies.push(`${label};q=${max}${seconds === null ? '' : `;w=${seconds}`}`);
    states.push(
      `${label};r=${Math.max(0, max - used)}` +
        (resetMs === null ? '' : `;t=${Math.max(0, Math.ceil((resetMs - nowMs) / 1000))}`),
    );
  }
  return policies.length === 0
    ? {}
    : { 'RateLimit-Policy': policies.join(', '), RateLimit: states.join(', ') };
}
