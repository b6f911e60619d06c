// What a submit tells of the caller's limits: RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers)
// for counts, Comfygate-Committed-Usd and Comfygate-Remaining-Usd for money. The gateway's own limits are the
// operator's secret and never appear, and a browser token reads of its own alone.

import { usd } from '../../lib/money.ts';
import { ownRooms, resetOf } from './room.ts';
import { spendable } from './spendable.ts';
import type { Report, Room } from './room-store.ts';

const WINDOWS: Record<string, { name: string; seconds: number | null }> = {
  requests_per_minute: { name: 'minute', seconds: 60 },
  requests_per_day: { name: 'day', seconds: 86_400 },
  requests_per_month: { name: 'month', seconds: null },
  requests_total: { name: 'total', seconds: null },
};

/** The headers for this caller, as the books stood at `atMs`. */
export function limitHeaders(
  { rooms, heldMicros }: Report,
  caller: { tokenId: string; atMs: number },
): Record<string, string> {
  const own = ownRooms(rooms, caller);
  const left = spendable(own);
  return {
    ...rateLimits(own, caller.atMs),
    // Open holds: spoken for, and charged or released when the jobs end.
    'Comfygate-Committed-Usd': String(usd(heldMicros)),
    ...(left === null ? {} : { 'Comfygate-Remaining-Usd': String(usd(left)) }),
  };
}

/** Each request limit that applies, named after its owner and window. */
function rateLimits(rooms: Room[], nowMs: number): Record<string, string> {
  const policies: string[] = [];
  const states: string[] = [];
  for (const room of rooms) {
    const window = WINDOWS[room.name];
    if (window === undefined) {
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
