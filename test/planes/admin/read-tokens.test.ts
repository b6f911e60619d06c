// READ_TOKENS may read and not change. The rows of the routes say which of them read; the authorization matrix calls each.

import { test } from 'vitest';
import { newKeyText } from '../../../src/features/keys/key.ts';
import { browserToken } from '../../support/browser-token.ts';
import { dumpD1 } from '../../support/dump.ts';
import { ADMIN_TOKEN, createWorld, READ_TOKEN } from '../../support/world.ts';

test('a read token reads, and is refused what changes anything', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.tenant();
  const before = await dumpD1();
  const read = await world.call(`/admin/customers/${id}`, { token: READ_TOKEN });
  expect([read.status, read.body.id]).toEqual([200, id]);
  const change = await world.call(`/admin/customers/${id}`, {
    method: 'PATCH',
    token: READ_TOKEN,
    body: { status: 'suspended' },
  });
  expect([change.status, change.body.code]).toEqual([403, 'read_only_token']);
  expect(change.body.detail).toBe('This token may only read. Changes take one of ADMIN_TOKENS.');
  expect(await dumpD1()).toEqual(before);
});

test('it finds the owner of a key, with a POST so that no URL contains the key', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const find = (key: string, token = READ_TOKEN) =>
    world.call('/admin/keys/find', { method: 'POST', token, body: { key } });
  expect((await find(ada.token)).body).toMatchObject({ id: ada.keyId, customer: ada.id, revoked_at: null });
  const { token } = await browserToken(world, ada);
  expect((await find(token)).body).toMatchObject({ kind: 'browser', parent: ada.keyId });
  await world.admin('DELETE', `/admin/keys/${ada.keyId}`);
  expect((await find(ada.token)).body.revoked_at).not.toBeNull();
  const before = await dumpD1();
  for (const text of [newKeyText('secret'), 'cg_', '', `${ada.token} `]) {
    expect({ text, status: (await find(text)).status }).toEqual({ text, status: 404 });
  }
  expect(await dumpD1()).toEqual(before);
  expect(JSON.stringify(world.logs)).not.toContain(ada.token);
});

test('it is refused before its body is read', async ({ expect }) => {
  const world = createWorld();
  const { status } = await world.call('/admin/customers', { method: 'POST', token: READ_TOKEN, body: '{' });
  expect(status).toBe(403);
});

test('the log names who read', async ({ expect }) => {
  const world = createWorld();
  await world.call('/admin/settings', { token: READ_TOKEN });
  expect(world.logs).toContainEqual(expect.objectContaining({ event: 'request', actor: 'grafana' }));
});

test('a token of both lists may read only', async ({ expect }) => {
  const world = createWorld();
  const isolate = world.isolate({ READ_TOKENS: `both:${ADMIN_TOKEN}` });
  expect((await isolate.admin('GET', '/admin/settings')).status).toBe(200);
  expect((await isolate.admin('PATCH', '/admin/settings', { submits: 'on' })).status).toBe(403);
});

test('without ADMIN_TOKENS it opens nothing', async ({ expect }) => {
  const isolate = createWorld().isolate({ ADMIN_TOKENS: undefined });
  const { status, body } = await isolate.call('/admin/settings', { token: READ_TOKEN });
  expect([status, body.code]).toEqual([503, 'admin_closed']);
});

test.for([
  ['grafana', 'must be name:token,name:token with base64url tokens'],
  ['grafana:short', 'the token of grafana is shorter than 32 characters'],
  [`good:${'a'.repeat(40)},bad:${'!'.repeat(40)}`, 'must be name:token'],
])('%s is a mistake, and lets nobody in', async ([value = '', words = ''], { expect }) => {
  const world = createWorld();
  const isolate = world.isolate({ READ_TOKENS: value });
  expect(isolate.deps.mistakes.join()).toContain(words);
  for (const pair of value.split(',')) {
    const token = pair.split(':')[1] ?? '';
    expect((await isolate.call('/admin/settings', { token })).status).toBe(401);
  }
});
