// RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers): each request limit that applies, named
// after its owner and window. The gateway's own limits are the operator's secret and never appear.

import { resetOf } from '../ledger/refusal.ts';
import type { Room } from '../ledger/store.ts';

const WINDOWS: Record<string, { name: string; seconds: number | null }> = {
  requests_per_minute: { name: 'minute', seconds: 60 },
  requests_per_day: { name: 'day', seconds: 86_400 },
  requests_per_month: { name: 'month', seconds: null },
};

export function rateLimitHeaders(rooms: Room[], nowMs: number): Record<string, string> {
  const policies: string[] = [];
  const states: string[] = [];
  for (const room of rooms) {
    const window = WINDOWS[room.name];
    if (window === undefined || room.scope === 'gateway') {
      continue;
    }
    const label = `"${room.scope}-${window.name}"`;
    const resetMs = resetOf(room, nowMs);
    policies.push(`${label};q=${room.max}${window.seconds === null ? '' : `;w=${window.seconds}`}`);
    states.push(
      `${label};r=${Math.max(0, room.max - room.used)}` +
        (resetMs === null ? '' : `;t=${Math.max(0, Math.ceil((resetMs - nowMs) / 1000))}`),
    );
  }
  return policies.length === 0
    ? {}
    : { 'RateLimit-Policy': policies.join(', '), RateLimit: states.join(', ') };
}
