// How a caller's limits stand, in the reader's units. The gateway's own limits are the operator's secret and never
// appear, and a browser token reads of its own alone. Pure.

import { usd } from '../../lib/money.ts';
import type { LimitsReport } from '../../lib/problem.ts';
import { ownRooms, showRoom } from './room.ts';
import type { Report } from './room-store.ts';
import { spendable } from './spendable.ts';

/** The report to this caller, as the books stood at `atMs`. */
export function limitsReport(
  { rooms, heldMicros }: Report,
  caller: { tokenId: string; atMs: number },
): LimitsReport {
  const { atMs } = caller;
  const own = ownRooms(rooms, caller);
  const left = spendable(own);
  return {
    atMs,
    limits: own.map((room) => showRoom(room, atMs)),
    committedUsd: usd(heldMicros),
    remainingUsd: left === null ? null : usd(left),
  };
}
