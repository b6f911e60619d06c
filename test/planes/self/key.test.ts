// GET /v1/key: the caller's key, its limits and their use.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { browserToken } from '../../support/browser-token.ts';
import { createWorld, TEXT_TO_VIDEO } from '../../support/world.ts';

test('a key reads itself, its limits and those of its customer, as they stand', async ({ expect }) => {
  const world = createWorld();
  const customer = { limits: { requests_per_day: 100, spend_per_month_usd: 10 } };
  const rights = { models: ['bytedance/*'], limits: { max_concurrent: 5, spend_total_usd: 2 } };
  const expires_at = '2026-04-01T00:00:00.000Z';
  const { keyId, token } = await world.tenant(customer, { name: 'studio', ...rights, expires_at });
  world.runcomfy.settings({ hold: 'in_progress' });
  await world.submit(token);
  const { status, body } = await world.call('/v1/key', { token });
  expect(status).toBe(200);
  expect(body).toEqual({
    id: keyId,
    name: 'studio',
    hint: `${token.slice(0, 8)}…`,
    kind: 'secret',
    models: ['bytedance/*'],
    expires_at,
    limits: [
      {
        scope: 'customer',
        name: 'requests_per_day',
        max: 100,
        used: 1,
        left: 99,
        resets_at: '2026-03-06T00:00:00.000Z',
      },
      {
        scope: 'customer',
        name: 'spend_per_month_usd',
        max: 10,
        used: 0.25,
        left: 9.75,
        resets_at: '2026-04-01T00:00:00.000Z',
      },
      { scope: 'key', name: 'max_concurrent', max: 5, used: 1, left: 4 },
      { scope: 'key', name: 'spend_total_usd', max: 2, used: 0.25, left: 1.75 },
    ],
  });
});

test('a prepaid customer reads the balance and what is held of it', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ prepaid: true });
  await world.admin('POST', `/admin/customers/${id}/credits`, { amount_usd: 2, note: 'paid' });
  world.runcomfy.settings({ hold: 'in_progress' });
  await world.submit(token);
  const { body } = await world.call('/v1/key', { token });
  expect(body).toMatchObject({ limits: [], balance_usd: 2, held_usd: 0.25 });
});

test('the limits of the gateway are in no answer', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  await world.admin('PATCH', '/admin/settings', {
    limits: { requests_per_day: 1234, spend_total_usd: 4321 },
  });
  const { body } = await world.call('/v1/key', { token });
  await world.admin('PATCH', '/admin/settings', { limits: null });
  expect(body.limits).toEqual([]);
  expect(JSON.stringify(body)).not.toMatch(/1234|4321/);
});

test('a browser token reads its own limits alone, and no balance', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant(
    { prepaid: true, limits: { requests_per_day: 77 } },
    { name: 'server', models: [TEXT_TO_VIDEO], limits: { requests_per_month: 88 } },
  );
  const { id, token } = await browserToken(world, tenant, { limits: { max_concurrent: 2 } });
  const { body } = await world.call('/v1/key', { token });
  expect(body).toEqual({
    id,
    name: 'browser token',
    hint: `${token.slice(0, 8)}…`,
    kind: 'browser',
    // The narrower of the token's and its key's holds.
    models: [TEXT_TO_VIDEO],
    expires_at: '2026-03-05T12:10:00.000Z',
    limits: [
      { scope: 'token', name: 'max_concurrent', max: 2, used: 0, left: 2 },
      // The defaults of a token that names no bound in count or money.
      { scope: 'token', name: 'requests_total', max: 25, used: 0, left: 25 },
      { scope: 'token', name: 'spend_total_usd', max: 1, used: 0, left: 1 },
    ],
  });
});

test('a key that nothing limits has an empty list, all models and no expiry', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.call('/v1/key', { token });
  expect(body).toMatchObject({ models: null, expires_at: null, limits: [] });
  expect(body).not.toHaveProperty('balance_usd');
});

test('G6: a key that was revoked reads nothing once it is forgotten', async ({ expect }) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant();
  expect((await world.call('/v1/key', { token })).status).toBe(200);
  await env.DB.prepare('UPDATE keys SET revoked_at_ms = 0 WHERE id = ?1').bind(keyId).run();
  world.clock.advance(10_001);
  expect((await world.call('/v1/key', { token })).status).toBe(401);
});

test('an unknown parameter is refused', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  expect(await world.call('/v1/key?verbose=1', { token })).toMatchObject({
    status: 400,
    body: { code: 'invalid_parameter' },
  });
});
