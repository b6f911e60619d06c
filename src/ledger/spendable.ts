// How much a customer may still spend, as one number. Pure.

import { isSpend } from './limits.ts';
import type { Room } from './store.ts';

/**
 * Micro-USD: of a prepaid customer the balance minus open holds; else what the tightest limit in money leaves;
 * 0 without any. The gateway's own limits are the operator's secret.
 */
export function spendable(rooms: Room[]): number {
  const own = rooms.filter((room) => room.scope !== 'gateway');
  const prepaid = own.find((room) => room.name === 'balance');
  if (prepaid !== undefined) {
    return prepaid.max - prepaid.used;
  }
  const left = own.filter((room) => isSpend(room.name)).map((room) => Math.max(0, room.max - room.used));
  return left.length === 0 ? 0 : Math.min(...left);
}
