// GET /v1/key: who is calling, with which limits, and how much of them is left.

import { getOwnKey, type OwnKey } from '../../features/keys/own-key.ts';
import { showRoom } from '../../features/ledger/room.ts';
import { showInstant } from '../../http/paging.ts';
import { route } from '../../http/route.ts';
import { usd } from '../../lib/money.ts';
import type { OwnKeyView } from './key-view.ts';

export const keyRoutes = {
  getOwnKey: route({
    method: 'GET',
    path: '/v1/key',
    door: 'key',
    tokens: true,
    summary: 'Read your key, its limits, and how much of them is left',
    refusals: [],
    run: async ({ runtime, principal }) => showOwnKey(await getOwnKey(runtime, principal)),
  }),
};

function showOwnKey({ rooms, atMs, expiresAtMs, id, name, hint, kind, models }: OwnKey): OwnKeyView {
  const balance = rooms.find((room) => room.name === 'balance');
  return {
    id,
    name,
    hint,
    kind,
    models,
    expires_at: showInstant(expiresAtMs),
    limits: rooms.filter((room) => room !== balance).map((room) => showRoom(room, atMs)),
    ...(balance === undefined ? {} : { balance_usd: usd(balance.max), held_usd: usd(balance.used) }),
  };
}
