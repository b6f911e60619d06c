// The money that a caller may still spend, as one number.

import type { Runtime } from '../../runtime.ts';
import { ownRooms } from './room.ts';
import { walletOf } from './spendable.ts';
import { readReport, type Caller } from './room-store.ts';

/** In micro-USD, as it stands now; null where nothing limits. Of a browser token its own limits alone. */
export async function readWallet(
  { db, clock }: Runtime,
  caller: Omit<Caller, 'atMs'>,
): Promise<number | null> {
  const { rooms } = await readReport(db, { ...caller, atMs: clock.now() });
  return walletOf(ownRooms(rooms, caller));
}
