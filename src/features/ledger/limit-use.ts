// How much of its limits a subject uses now, for the operator: of a customer, of a key's whole family, of the gateway.

import type { CustomerId, KeyId } from '../../lib/ids.ts';
import type { ProblemLimit } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import { readRoomsOfCustomers } from './customer-rooms-store.ts';
import { showRoom } from './room.ts';
import { readRooms } from './room-store.ts';

type Subject =
  | { scope: 'gateway' }
  | { scope: 'customer'; customerId: CustomerId }
  | { scope: 'key'; customerId: CustomerId; keyId: KeyId };

/** In the reader's units; a prepaid balance is no limit here. */
export async function readLimitUse({ db, clock }: Runtime, subject: Subject): Promise<ProblemLimit[]> {
  const atMs = clock.now();
  const rooms = await readRooms(db, { customerId: '', keyId: '', ...subject, atMs });
  return rooms
    .filter(({ scope, name }) => scope === subject.scope && name !== 'balance')
    .map((room) => showRoom(room, atMs));
}

/** The same of several customers, by customer; those without a limit are not in it. */
export async function readLimitUseOfEach(
  { db, clock }: Runtime,
  ids: CustomerId[],
): Promise<Map<CustomerId, ProblemLimit[]>> {
  const atMs = clock.now();
  const rooms = await readRoomsOfCustomers(db, ids, atMs);
  const use = new Map<CustomerId, ProblemLimit[]>();
  for (const { customer, ...room } of rooms) {
    use.set(customer, [...(use.get(customer) ?? []), showRoom(room, atMs)]);
  }
  return use;
}
