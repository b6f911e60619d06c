// The headers that say how a caller's limits stand: RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers)
// for counts, Comfygate-Committed-Usd and Comfygate-Remaining-Usd for money.

import type { LimitsReport } from '../lib/problem.ts';

const WINDOWS: Record<string, { name: string; seconds: number | null }> = {
  requests_per_minute: { name: 'minute', seconds: 60 },
  requests_per_day: { name: 'day', seconds: 86_400 },
  requests_per_month: { name: 'month', seconds: null },
  requests_total: { name: 'total', seconds: null },
};

export function limitHeaders(report: LimitsReport): Record<string, string> {
  const { committedUsd, remainingUsd } = report;
  return {
    ...rateLimits(report),
    'Comfygate-Committed-Usd': String(committedUsd),
    ...(remainingUsd === null ? {} : { 'Comfygate-Remaining-Usd': String(remainingUsd) }),
  };
}

/** Each request limit that applies, named after its owner and window. */
function rateLimits({ limits, atMs }: LimitsReport): Record<string, string> {
  const policies: string[] = [];
  const states: string[] = [];
  for (const { scope, name, max, left, resets_at } of limits) {
    const window = WINDOWS[name];
    if (window === undefined) {
      continue;
    }
    const label = `"${scope}-${window.name}"`;
    const resetSeconds =
      resets_at === undefined ? null : Math.max(0, Math.ceil((Date.parse(resets_at) - atMs) / 1000));
    policies.push(`${label};q=${max}${window.seconds === null ? '' : `;w=${window.seconds}`}`);
    states.push(`${label};r=${left}${resetSeconds === null ? '' : `;t=${resetSeconds}`}`);
  }
  return policies.length === 0
    ? {}
    : { 'RateLimit-Policy': policies.join(', '), RateLimit: states.join(', ') };
}
