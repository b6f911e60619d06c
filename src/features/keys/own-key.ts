// The caller's own key, and the use of its limits.

import type { Runtime } from '../../runtime.ts';
import { ownRooms } from '../ledger/room.ts';
import { readRooms, type Room } from '../ledger/room-store.ts';
import { deadKey, type Key } from './key.ts';
import { presentedKey, type Principal } from './principal.ts';
import { findKey } from './store.ts';

/** `models` and `expiresAtMs` are the effective ones: a browser token has no more models than its key, and expires with it. */
export type OwnKey = Pick<Key, 'id' | 'kind' | 'hint' | 'name' | 'models' | 'expiresAtMs'> & {
  rooms: Room[];
  atMs: number;
};

export async function getOwnKey(deps: Runtime, principal: Principal): Promise<OwnKey> {
  const atMs = deps.clock.now();
  const [key, rooms] = await Promise.all([
    findKey(deps.db, presentedKey(principal)),
    readRooms(deps.db, { ...principal, atMs }),
  ]);
  if (key === null) {
    throw deadKey(principal.tokenId === '' ? 'secret' : 'browser');
  }
  const { id, kind, hint, name } = key;
  const { models, expiresAtMs } = principal;
  return { id, kind, hint, name, models, expiresAtMs, rooms: ownRooms(rooms, principal), atMs };
}
