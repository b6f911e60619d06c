// /v1/tokens: minting, its refusals, and the list of a key's tokens.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { auditOf } from '../../support/audit.ts';
import { browserToken } from '../../support/browser-token.ts';
import { dumpD1 } from '../../support/dump.ts';
import { createWorld, IMAGE_TO_VIDEO, TEXT_TO_VIDEO, type Isolate } from '../../support/world.ts';

const mint = (isolate: Isolate, token: string, body: unknown) =>
  isolate.call('/v1/tokens', { method: 'POST', token, body });

test('a token is minted as it was asked for, shown once, and stored as a hash', async ({ expect }) => {
  const world = createWorld();
  const { token, keyId } = await world.tenant();
  const { status, body } = await mint(world, token, {
    models: [TEXT_TO_VIDEO, 'blackforestlabs/*'],
    expires_in: 60,
    max_requests: 3,
    max_spend_usd: 1.5,
    max_concurrent: 1,
    origins: ['https://shop.example', 'https://*.shop.example', 'http://localhost:5173'],
    end_user: 'user-1',
  });
  expect(status).toBe(201);
  const { token: text, id, hint, ...shown } = body;
  expect(text).toMatch(/^cgt_[0-9A-Za-z]{49}$/);
  expect(text.startsWith(hint.slice(0, -1))).toBe(true);
  expect(shown).toEqual({
    models: [TEXT_TO_VIDEO, 'blackforestlabs/*'],
    limits: { requests_total: 3, spend_total_usd: 1.5, max_concurrent: 1 },
    origins: ['https://shop.example', 'https://*.shop.example', 'http://localhost:5173'],
    end_user: 'user-1',
    see: 'end_user',
    expires_at: new Date(world.clock.now() + 60_000).toISOString(),
    created_at: new Date(world.clock.now()).toISOString(),
  });
  expect(JSON.stringify(await dumpD1())).not.toContain(text.slice(8, 40));
  expect(JSON.stringify(world.logs)).not.toContain(text.slice(8, 40));
  const listed = await world.call('/v1/tokens', { token });
  expect(listed.body).toEqual({ items: [{ id, hint, ...shown, revoked_at: null }], next_cursor: null });
  const { body: keys } = await world.admin('GET', `/admin/keys?id=${id}`);
  expect(keys.items).toMatchObject([{ id, kind: 'browser', parent: keyId, end_user: 'user-1' }]);
});

test('what is not named: 15 minutes, every page, no end user', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await mint(world, token, { models: ['bytedance/*'] });
  expect(body).toMatchObject({
    origins: null,
    end_user: null,
    see: 'own',
    expires_at: new Date(world.clock.now() + 900_000).toISOString(),
  });
});

test('a token expires no later than its key', async ({ expect }) => {
  const world = createWorld();
  const expires_at = new Date(world.clock.now() + 60_000).toISOString();
  const { token } = await world.tenant({}, { expires_at });
  const { body } = await mint(world, token, { models: ['bytedance/*'], expires_in: 3600 });
  expect(body.expires_at).toBe(expires_at);
});

const models = [TEXT_TO_VIDEO];
const wrong: { what: string; body: unknown; path: string }[] = [
  { what: 'no models', body: {}, path: 'models' },
  { what: 'an empty list of models', body: { models: [] }, path: 'models' },
  { what: 'no model', body: { models: ['a b'] }, path: 'models.0' },
  { what: 'more models than 100', body: { models: Array(101).fill('a/b') }, path: 'models' },
  { what: 'nine seconds', body: { models, expires_in: 9 }, path: 'expires_in' },
  { what: 'more than a day', body: { models, expires_in: 86_401 }, path: 'expires_in' },
  { what: 'half a second more', body: { models, expires_in: 10.5 }, path: 'expires_in' },
  { what: 'a negative count', body: { models, max_requests: -1 }, path: 'max_requests' },
  { what: 'negative money', body: { models, max_spend_usd: -1 }, path: 'max_spend_usd' },
  { what: 'a seventh decimal', body: { models, max_spend_usd: 0.0000001 }, path: 'max_spend_usd' },
  { what: 'null for a bound', body: { models, max_requests: null }, path: 'max_requests' },
  { what: 'a negative place', body: { models, max_concurrent: -1 }, path: 'max_concurrent' },
  { what: 'no origins', body: { models, origins: [] }, path: 'origins' },
  { what: 'a path', body: { models, origins: ['https://shop.example/'] }, path: 'origins.0' },
  { what: 'every origin', body: { models, origins: ['*'] }, path: 'origins.0' },
  { what: 'an end user without a name', body: { models, end_user: '' }, path: 'end_user' },
  { what: 'an end user of 129 characters', body: { models, end_user: 'x'.repeat(129) }, path: 'end_user' },
  { what: 'an end user that is a number', body: { models, end_user: 7 }, path: 'end_user' },
  { what: 'the sight of an end user without one', body: { models, see: 'end_user' }, path: 'see' },
  { what: 'another sight', body: { models, see: 'all' }, path: 'see' },
  { what: 'an unknown member', body: { models, limits: {} }, path: '' },
];

test.for(wrong)('$what is refused with its path', async ({ body, path }, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const before = await dumpD1();
  const reply = await mint(world, token, body);
  expect([reply.status, reply.body.code]).toEqual([422, 'invalid_input']);
  expect(reply.body.errors[0].path).toBe(path);
  expect(await dumpD1()).toEqual(before);
});

test.for(['"\\u0000"', '"a\\ud800"', '"\\udc00a"'])('an end user %s is refused', async (text, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const reply = await mint(world, token, `{"models":["a/b"],"end_user":${text}}`);
  expect([reply.status, reply.body.code]).toEqual([400, 'malformed_body']);
  const query = await world.call('/v1/requests?end_user=%00', { token });
  expect([query.status, query.body.code]).toEqual([400, 'invalid_parameter']);
});

test('an end user of 128 characters, emoji and all, is kept as it is', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const endUser = `${'é'.repeat(126)}🌊`;
  const { body } = await mint(world, token, { models, end_user: endUser });
  expect(body.end_user).toBe(endUser);
  await world.submit(body.token);
  await world.idle();
  const query = `end_user=${encodeURIComponent(endUser)}`;
  expect((await world.call(`/v1/requests?${query}`, { token })).body.items).toMatchObject([
    { end_user: endUser },
  ]);
  expect((await world.call('/v1/requests?end_user=ada', { token })).body.items).toEqual([]);
  expect((await world.admin('GET', `/admin/jobs?${query}`)).body.items).toMatchObject([
    { end_user: endUser },
  ]);
  expect((await world.admin('GET', '/admin/jobs?end_user=nobody')).body.items).toEqual([]);
});

test.for([
  { own: [TEXT_TO_VIDEO], asked: TEXT_TO_VIDEO, status: 201 },
  { own: ['bytedance/*'], asked: TEXT_TO_VIDEO, status: 201 },
  { own: ['bytedance/*'], asked: 'bytedance/dreamina-3-0/*', status: 201 },
  { own: ['bytedance/*'], asked: 'blackforestlabs/*', status: 403 },
  { own: [TEXT_TO_VIDEO], asked: 'bytedance/*', status: 403 },
  { own: [], asked: TEXT_TO_VIDEO, status: 403 },
])('a key for $own mints a token for $asked: $status', async ({ own, asked, status }, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant({}, { models: own });
  const reply = await mint(world, token, { models: [asked] });
  expect(reply.status).toBe(status);
  if (status === 403) {
    expect(reply.body.code).toBe('model_not_allowed');
  }
});

test('a key that loses a model takes it from its tokens', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const { body } = await mint(world, tenant.token, { models: [TEXT_TO_VIDEO] });
  expect((await world.submit(body.token)).status).toBe(200);
  await world.admin('PATCH', `/admin/keys/${tenant.keyId}`, { models: [IMAGE_TO_VIDEO] });
  expect(await world.isolate().submit(body.token)).toMatchObject({
    status: 403,
    body: { code: 'model_not_allowed' },
  });
  await world.idle();
});

test('the list: newest first, in pages, by end user and status, of this key alone', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const other = await world.key(tenant);
  await mint(world, other.key, { models });
  const ids: string[] = [];
  for (const end_user of ['ada', 'bob', 'ada']) {
    world.clock.advance(1000);
    ids.unshift((await mint(world, tenant.token, { models, end_user, expires_in: 60 })).body.id);
  }
  const list = async (query: string) => {
    const { body } = await world.call(`/v1/tokens${query}`, { token: tenant.token });
    return { ids: body.items.map(({ id }: { id: string }) => id), cursor: body.next_cursor };
  };
  expect(await list('')).toEqual({ ids, cursor: null });
  const first = await list('?limit=2');
  expect(first.ids).toEqual(ids.slice(0, 2));
  expect(await list(`?limit=2&cursor=${first.cursor}`)).toEqual({ ids: ids.slice(2), cursor: null });
  expect((await list('?end_user=ada')).ids).toEqual([ids[0], ids[2]]);
  await world.call(`/v1/tokens/${ids[0]}`, { method: 'DELETE', token: tenant.token });
  expect((await list('?status=revoked')).ids).toEqual([ids[0]]);
  expect((await list('?status=active')).ids).toEqual([ids[1], ids[2]]);
  world.clock.advance(58_000);
  expect((await list('?status=expired&end_user=ada')).ids).toEqual([ids[2]]);
});

const bare = ({ status, body: { trace_id: _id, ...rest } }: any) => ({ status, rest });

test('a revocation is audited once, with the key that acted; a foreign token is the same 404 as none', async ({
  expect,
}) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const other = await world.tenant();
  const { body } = await mint(world, tenant.token, { models });
  const revoke = (token: string, id: string) => world.call(`/v1/tokens/${id}`, { method: 'DELETE', token });
  const missing = await revoke(other.token, 'key_none');
  expect(missing.status).toBe(404);
  for (const id of [body.id, other.keyId, tenant.keyId, (await browserToken(world, tenant)).id]) {
    expect(bare(await revoke(other.token, id))).toEqual(bare(missing));
  }
  expect(bare(await revoke(tenant.token, tenant.keyId))).toEqual(bare(missing));
  expect(await auditOf(body.id)).toEqual([]);
  for (let turn = 0; turn < 2; turn += 1) {
    expect((await revoke(tenant.token, body.id)).status).toBe(204);
  }
  expect(await auditOf(body.id)).toMatchObject([{ actor: tenant.keyId, action: 'token.revoke', change: {} }]);
  expect((await world.call('/v1/key', { token: body.token })).status).toBe(401);
  expect((await world.call('/v1/key', { token: tenant.token })).status).toBe(200);
});

test('a report by end user: whole days, customer and day beside it, and no token that sees its own jobs alone', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const ada = await mint(world, token, { models, end_user: 'ada' });
  const own = await mint(world, token, { models, end_user: 'ada', see: 'own' });
  const ask = (query: string, caller = token) => world.call(`/v1/usage?group_by=${query}`, { token: caller });
  expect((await ask('end_user')).status).toBe(200);
  expect((await ask('day,end_user', ada.body.token)).status).toBe(200);
  for (const reply of [
    await ask('end_user,model'),
    await ask('key,end_user'),
    await ask('end_user', own.body.token),
    // The jobs of such a token are rolled up by their end user alone.
    await ask('model', ada.body.token),
    await ask('day,key', ada.body.token),
  ]) {
    expect([reply.status, reply.body.code]).toEqual([400, 'invalid_parameter']);
    expect(reply.body.errors[0].rule).toBe('end_user');
  }
});

test('a table of tokens has no text of any of them', async ({ expect }) => {
  const rows = await env.DB.prepare(
    "SELECT COUNT(*) AS n FROM keys WHERE hash LIKE 'cg%' OR length(hash) <> 64",
  ).first('n');
  expect(rows).toBe(0);
});
