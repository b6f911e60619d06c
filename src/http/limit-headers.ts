// The headers about the caller's limits: RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers) for
// requests, Comfygate-Committed-Usd and Comfygate-Remaining-Usd for money.

import { isLimitName, LIMITS } from '../features/ledger/limits.ts';
import { WINDOWS } from '../features/ledger/windows.ts';
import type { CallerLimits } from '../lib/problem.ts';

export function limitHeaders(caller: CallerLimits): Record<string, string> {
  const { committedUsd, remainingUsd } = caller;
  return {
    ...rateLimits(caller),
    'Comfygate-Committed-Usd': String(committedUsd),
    ...(remainingUsd === null ? {} : { 'Comfygate-Remaining-Usd': String(remainingUsd) }),
  };
}

/** Each limit of requests that applies, named after its owner and window. */
function rateLimits({ limits, atMs }: CallerLimits): Record<string, string> {
  const policies: string[] = [];
  const states: string[] = [];
  for (const { scope, name, max, left, resets_at } of limits) {
    if (!isLimitName(name) || LIMITS[name].sums !== 'requests') {
      continue;
    }
    const { window } = LIMITS[name];
    const { seconds } = WINDOWS[window];
    const label = `"${scope}-${window}"`;
    const resetSeconds =
      resets_at === undefined ? null : Math.max(0, Math.ceil((Date.parse(resets_at) - atMs) / 1000));
    policies.push(`${label};q=${max}${seconds === null ? '' : `;w=${seconds}`}`);
    states.push(`${label};r=${left}${resetSeconds === null ? '' : `;t=${resetSeconds}`}`);
  }
  return policies.length === 0
    ? {}
    : { 'RateLimit-Policy': policies.join(', '), RateLimit: states.join(', ') };
}
