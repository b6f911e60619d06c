// What can be told of a limit's room. Pure.

import { isSpend } from './limits.ts';
import type { Report, Room } from './store.ts';
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

/** How the limits stand when a call that they count was refused after all. */
export function givenBack({ rooms, heldMicros }: Report, holdMicros: number): Report {
  return {
    rooms: rooms.map((room) => ({ ...room, used: room.used - room.adds })),
    heldMicros: heldMicros - holdMicros,
  };
}
