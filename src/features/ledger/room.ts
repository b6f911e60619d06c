// What can be told of a limit's room. Pure.

import { usd } from '../../lib/money.ts';
import type { ProblemLimit } from '../../lib/problem.ts';
import { isSpend } from './limits.ts';
import type { Report, Room } from './room-store.ts';
import { resetsAtMs, SLICE_MS } from './windows.ts';

/** Whether the room is measured in micro-USD. */
export function isMoney(room: Room): boolean {
  return room.name === 'balance' || isSpend(room.name);
}

/** When there is room again, or null where it depends on something else than time. */
export function resetOf(room: Room, nowMs: number): number | null {
  if (room.oldest_ms !== null) {
    return room.oldest_ms + 7 * SLICE_MS;
  }
  return room.max === 0 ? null : resetsAtMs(room.name, nowMs);
}

/** The room in its reader's units. */
export function showRoom(room: Room, nowMs: number): ProblemLimit {
  const resetMs = resetOf(room, nowMs);
  const show = isMoney(room) ? usd : (count: number) => count;
  return {
    scope: room.scope,
    name: isSpend(room.name) ? `${room.name}_usd` : room.name,
    max: show(room.max),
    used: show(room.used),
    left: show(Math.max(0, room.max - room.used)),
    ...(resetMs === null ? {} : { resets_at: new Date(resetMs).toISOString() }),
  };
}

/** The limits that a caller may see: the gateway's are the operator's secret, and a browser token sees its own alone. */
export function ownRooms(rooms: Room[], { tokenId }: { tokenId: string }): Room[] {
  return rooms.filter(({ scope }) => (tokenId === '' ? scope !== 'gateway' : scope === 'token'));
}

/** How the limits stand when a call that they count was refused after all. */
export function withoutJob({ rooms, heldMicros }: Report, holdMicros: number): Report {
  return {
    rooms: rooms.map((room) => ({ ...room, used: room.used - room.adds })),
    heldMicros: heldMicros - holdMicros,
  };
}
