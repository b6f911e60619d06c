// /v1/key: who is calling, with which limits, and how much of them is left. /v1/keys/rotate: the key is replaced.

import * as z from 'zod/mini';
import { getOwnKey, type OwnKey } from '../../features/keys/own-key.ts';
import { rotateKey } from '../../features/keys/rotate.ts';
import { showLimitUsage } from '../../features/ledger/limit-usage.ts';
import { graceSeconds } from '../../http/grace-seconds.ts';
import { showInstant } from '../../http/paging.ts';
import { route } from '../../http/route.ts';
import { usd } from '../../lib/money.ts';
import type { OwnKeyView, RotatedOwnKeyView } from './key-view.ts';

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
  rotateOwnKey: route({
    method: 'POST',
    path: '/v1/keys/rotate',
    door: 'key',
    summary: 'Replace your key; both work until the grace is over. The answer alone shows the new one',
    body: z.strictObject({ grace_seconds: graceSeconds }),
    optionalBody: true,
    status: 201,
    rated: true,
    refusals: ['not_found', 'conflict'],
    async run({ runtime, principal: { keyId }, body, request }): Promise<RotatedOwnKeyView> {
      const { address, traceId } = request;
      const who = { actor: keyId, sessionId: null, address };
      const atMs = runtime.clock.now();
      const change = { ...who, atMs, action: 'key.rotate', object: keyId, change: {}, traceId };
      const asked = { id: keyId, graceSeconds: body.grace_seconds };
      const { key, text, old } = await rotateKey(runtime, asked, change);
      return {
        id: key.id,
        key: text,
        hint: key.hint,
        expires_at: showInstant(key.expiresAtMs),
        old: { id: old.id, expires_at: showInstant(old.expiresAtMs) },
      };
    },
  }),
};

function showOwnKey({ limits, atMs, expiresAtMs, id, name, hint, kind, models }: OwnKey): OwnKeyView {
  const balance = limits.find(({ name: limit }) => limit === 'balance');
  return {
    id,
    name,
    hint,
    kind,
    models,
    expires_at: showInstant(expiresAtMs),
    limits: limits.filter((limit) => limit !== balance).map((limit) => showLimitUsage(limit, atMs)),
    ...(balance === undefined ? {} : { balance_usd: usd(balance.max), held_usd: usd(balance.used) }),
  };
}
