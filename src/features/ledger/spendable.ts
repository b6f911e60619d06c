// How much a caller may still spend, as one number. Pure.

import { isMoney } from './room.ts';
import type { Room } from './room-store.ts';

/** Micro-USD that the tightest of these limits and the prepaid balance leave; null where nothing limits. */
export function spendable(rooms: Room[]): number | null {
  const left = rooms.filter(isMoney).map(leftIn);
  return left.length === 0 ? null : Math.min(...left);
}

/** Micro-USD: of a prepaid customer the balance minus open holds; else what may be spent; null where nothing limits. */
export function walletOf(rooms: Room[]): number | null {
  const balance = rooms.find((room) => room.name === 'balance');
  return balance === undefined ? spendable(rooms) : leftIn(balance);
}

/** A balance can be below 0, after a correction; a limit that was lowered leaves nothing. */
function leftIn(room: Room): number {
  const left = room.max - room.used;
  return room.name === 'balance' ? left : Math.max(0, left);
}
