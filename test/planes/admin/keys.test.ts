// Keys for the operator: shown once, stored as a hash, revoked for good.

import { test } from 'vitest';
import { sha256Hex } from '../../../src/lib/hash.ts';
import { auditOf, countAudit } from '../../support/audit.ts';
import { dumpD1, dumpKv } from '../../support/dump.ts';
import { expectRefusal } from '../../support/problem.ts';
import { browserToken } from '../../support/browser-token.ts';
import { ADMIN_TOKEN, createWorld, IMAGE_TO_VIDEO, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

const INVALID = { status: 422, code: 'invalid_input', errorCode: 422001, also: ['errors'] };
const NO_KEY = { status: 404, code: 'not_found', errorCode: 404001, detail: /no such key/ };

test('a key is shown once; afterwards only its hint', async ({ expect }) => {
  const world = createWorld();
  const customer = await world.customer();
  const path = `/admin/customers/${customer.id}/keys`;
  const issued = await world.admin('POST', path, { name: ' shop ' });
  expect(issued.status).toBe(201);
  const { key: text, ...rest } = issued.body;
  expect(text).toMatch(/^cg_[0-9A-Za-z]{49}$/);
  expect(rest).toEqual({
    id: expect.stringMatching(/^key_[0-9A-Za-z]{22}$/),
    customer: customer.id,
    kind: 'secret',
    parent: null,
    successor_of: null,
    hint: `${text.slice(0, 8)}…`,
    name: 'shop',
    models: null,
    limits: {},
    origins: null,
    end_user: null,
    expires_at: null,
    revoked_at: null,
    last_used_at: null,
    created_at: '2026-03-05T12:00:00.000Z',
  });
  expect((await world.admin('GET', path)).body).toEqual({ items: [rest], next_cursor: null });
  expect((await world.admin('PATCH', `/admin/keys/${rest.id}`, { name: 'shop' })).body).toEqual(rest);
});

test('G7: only the hash of a key is stored; no other secret is stored, logged or audited', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, keyId, token } = await world.tenant({ limits: { requests_per_day: 1000 } });
  const { body } = await world.submit(token);
  await world.status(token, body.request_id);
  await world.submit(token, { prompt: 5 });
  await world.submit(`${token.slice(0, -1)}!`);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'silence' }, times: 1 });
  world.clock.timeOutAtOnce(true);
  await world.submit(token);
  world.clock.timeOutAtOnce(false);
  await world.idle();
  await world.admin('PATCH', `/admin/customers/${id}`, { markup: 2 });
  await world.admin('PATCH', `/admin/keys/${keyId}`, { name: 'renamed' });
  await world.admin('DELETE', `/admin/keys/${keyId}`);

  const [d1, kv] = [await dumpD1(), await dumpKv()];
  const stored = JSON.stringify([d1, kv, world.logs]);
  expect(d1['keys']).toContainEqual(expect.objectContaining({ id: keyId, hash: await sha256Hex(token) }));
  expect(Object.keys(kv)).toContain(`job:${body.request_id}`);
  // Neither whole nor without its prefix, nor the random part alone, nor more of it than the hint.
  for (const secret of [token, token.slice(3), token.slice(3, 46), token.slice(3, 12), token.slice(9, 20)]) {
    expect(stored).not.toContain(secret);
  }
  for (const secret of [ADMIN_TOKEN, 'rc-test-token-0123456789']) {
    expect(stored).not.toContain(secret);
  }
});

test('keys differ, and each works', async ({ expect }) => {
  const world = createWorld();
  const customer = await world.customer();
  const keys = await Promise.all(Array.from({ length: 5 }, () => world.key(customer)));
  expect(new Set(keys.map(({ key }) => key)).size).toBe(5);
  for (const { key } of keys) {
    expect((await world.submit(key)).status).toBe(200);
  }
});

test('PATCH changes models, limits, expiry and name; absent keeps, null removes', async ({ expect }) => {
  const world = createWorld();
  const customer = await world.customer();
  const expiresAt = new Date(world.clock.now() + 3_600_000).toISOString();
  const key = await world.key(customer, {
    name: 'all',
    models: [TEXT_TO_VIDEO],
    limits: { requests_per_day: 9, spend_total_usd: 1.5 },
    expires_at: expiresAt,
  });
  const path = `/admin/keys/${key.id}`;
  const { key: _text, ...before } = key as Record<string, unknown>;
  expect(before).toMatchObject({ models: [TEXT_TO_VIDEO], expires_at: expiresAt });

  expect((await world.admin('PATCH', path, { name: 'one' })).body).toEqual({ ...before, name: 'one' });
  const limits = await world.admin('PATCH', path, {
    limits: { requests_per_day: null, spend_total_usd: 0.5, max_concurrent: 0 },
  });
  expect(limits.body).toEqual({
    ...before,
    name: 'one',
    limits: { spend_total_usd: 0.5, max_concurrent: 0 },
  });
  const freed = await world.admin('PATCH', path, {
    models: null,
    expires_at: null,
    limits: { max_concurrent: null, spend_total_usd: null },
  });
  expect(freed.body).toEqual({ ...before, name: 'one', models: null, limits: {}, expires_at: null });
  const closed = await world.admin('PATCH', path, { models: [], expires_at: '2026-03-06T01:00:00+02:00' });
  expect(closed.body).toMatchObject({ models: [], expires_at: '2026-03-05T23:00:00.000Z' });

  expect((await auditOf(key.id)).map(({ actor, action, change }) => ({ actor, action, change }))).toEqual([
    { actor: 'ops', action: 'key.issue', change: expect.objectContaining({ name: 'all' }) },
    { actor: 'ops', action: 'key.change', change: { name: 'one' } },
    {
      actor: 'ops',
      action: 'key.change',
      change: { limits: { requests_per_day: null, spend_total_usd: 0.5, max_concurrent: 0 } },
    },
    {
      actor: 'ops',
      action: 'key.change',
      change: { models: null, expires_at: null, limits: { max_concurrent: null, spend_total_usd: null } },
    },
    {
      actor: 'ops',
      action: 'key.change',
      change: { models: [], expires_at: '2026-03-06T01:00:00+02:00' },
    },
  ]);
});

test('a change of a key counts at once here, and within 10 s elsewhere', async ({ expect }) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant();
  const elsewhere = world.isolate();
  const models = [IMAGE_TO_VIDEO];
  expect((await world.submit(token)).status).toBe(200);
  expect((await elsewhere.submit(token)).status).toBe(200);
  await world.admin('PATCH', `/admin/keys/${keyId}`, { models });
  expect((await world.submit(token)).body.code).toBe('model_not_allowed');
  world.clock.advance(10_000);
  expect((await elsewhere.submit(token)).body.code).toBe('model_not_allowed');

  // A limit is read by the gate: no isolate remembers another.
  await world.admin('PATCH', `/admin/keys/${keyId}`, { models: null, limits: { max_concurrent: 0 } });
  world.clock.advance(10_000);
  expect((await elsewhere.submit(token)).body.code).toBe('concurrency_limit');
  await elsewhere.admin('PATCH', `/admin/keys/${keyId}`, { limits: { max_concurrent: null } });
  expect((await world.submit(token)).status).toBe(200);

  await world.admin('PATCH', `/admin/keys/${keyId}`, {
    expires_at: new Date(world.clock.now() + 1).toISOString(),
  });
  world.clock.advance(1);
  expect((await world.submit(token)).body.code).toBe('invalid_key');
  expect((await elsewhere.submit(token)).body.code).toBe('invalid_key');
});

test('a revoked key reads nothing more: at once here, and within 10 s elsewhere', async ({ expect }) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant();
  const elsewhere = world.isolate();
  for (const isolate of [world, elsewhere]) {
    expect((await isolate.call('/v1/models', { token })).status).toBe(200);
  }
  await world.admin('DELETE', `/admin/keys/${keyId}`);
  expect((await world.call('/v1/models', { token })).body.code).toBe('invalid_key');
  world.clock.advance(10_000);
  expect((await elsewhere.call('/v1/models', { token })).body.code).toBe('invalid_key');
});

test('revoking is final, and again is as good as once', async ({ expect }) => {
  const world = createWorld();
  const { id, keyId, token } = await world.tenant();
  const path = `/admin/keys/${keyId}`;
  const revoked = await world.admin('DELETE', path);
  expect({ status: revoked.status, body: revoked.body }).toEqual({ status: 204, body: null });
  const atMs = world.clock.now();
  world.clock.advance(60_000);
  expect((await world.admin('DELETE', path)).status).toBe(204);
  const listed = await world.admin('GET', `/admin/customers/${id}/keys`);
  expect(listed.body.items).toMatchObject([{ id: keyId, revoked_at: new Date(atMs).toISOString() }]);

  // Nothing that PATCH can say brings it back.
  await world.admin('PATCH', path, { name: 'again', models: null, expires_at: null, limits: {} });
  expect((await world.admin('PATCH', path, { revoked_at: null })).status).toBe(422);
  expect((await world.submit(token)).status).toBe(401);
  expect((await world.isolate().submit(token)).status).toBe(401);
  expect(world.runcomfy.calls().counts.submit).toBe(0);
});

test('a list of keys goes through all pages and shows one customer only', async ({ expect }) => {
  const world = createWorld();
  const customer = await world.customer();
  const other = await world.tenant();
  const made: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    world.clock.advance(index % 2);
    made.push((await world.key(customer, { name: `k${index}` })).id);
  }
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null && seen.length <= 5) {
    const query: string = cursor === '' ? '?limit=2' : `?limit=2&cursor=${cursor}`;
    const { body } = await world.admin('GET', `/admin/customers/${customer.id}/keys${query}`);
    seen.push(...body.items.map(({ id }: { id: string }) => id));
    cursor = body.next_cursor;
  }
  expect(seen.toSorted()).toEqual(made.toSorted());
  expect(seen).not.toContain(other.keyId);
});

const wrong: { body: object; path: string }[] = [
  { body: { name: '' }, path: 'name' },
  { body: { name: 'x', models: ['dreamina'] }, path: 'models.0' },
  { body: { name: 'x', models: ['*'] }, path: 'models.0' },
  { body: { name: 'x', models: ['byte*'] }, path: 'models.0' },
  { body: { name: 'x', models: ['bytedance/'] }, path: 'models.0' },
  { body: { name: 'x', models: ['/*'] }, path: 'models.0' },
  { body: { name: 'x', models: ['a/*/b'] }, path: 'models.0' },
  { body: { name: 'x', models: ['a/../*'] }, path: 'models.0' },
  { body: { name: 'x', models: ['a/**'] }, path: 'models.0' },
  { body: { name: 'x', models: ['1/2/3/4/5/6/7/8/*'] }, path: 'models.0' },
  { body: { name: 'x', models: ['a/b', '../c'] }, path: 'models.1' },
  { body: { name: 'x', models: 'a/b' }, path: 'models' },
  { body: { name: 'x', expires_at: 'tomorrow' }, path: 'expires_at' },
  { body: { name: 'x', expires_at: '2026-03-06T00:00:00' }, path: 'expires_at' },
  { body: { name: 'x', expires_at: 1_772_712_000_000 }, path: 'expires_at' },
  { body: { name: 'x', limits: { spend_total_usd: -1 } }, path: 'limits.spend_total_usd' },
  { body: { name: 'x', limits: { requests: 1 } }, path: 'limits' },
  { body: { name: 'x', key: 'cg_chosen' }, path: '' },
  { body: { name: 'x', parent: null }, path: '' },
  { body: { name: 'x', customer: 'cus_other' }, path: '' },
];

test.for(wrong)('$body is no key, by its path', async ({ body, path }, { expect }) => {
  const world = createWorld();
  const { id, keyId } = await world.tenant();
  const rows = await countAudit();
  for (const reply of [
    await world.admin('POST', `/admin/customers/${id}/keys`, body),
    await world.admin('PATCH', `/admin/keys/${keyId}`, body),
  ]) {
    expectRefusal(expect, reply, { ...INVALID, detail: /\w/ });
    expect(reply.body.errors).toMatchObject([{ path }]);
  }
  expect((await world.admin('GET', `/admin/customers/${id}/keys`)).body.items).toHaveLength(1);
  expect(await countAudit()).toBe(rows);
});

const unknown = ['key_0000000000000000000000', 'x', '%2e%2e%2f', "' OR 1=1 --", 'cus_0000000000000000000000'];

test.for(unknown)('there is no key %s', async (id, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const rows = await countAudit();
  expectRefusal(expect, await world.admin('PATCH', `/admin/keys/${id}`, { name: 'x' }), NO_KEY);
  expectRefusal(expect, await world.admin('DELETE', `/admin/keys/${id}`), NO_KEY);
  expect(await countAudit()).toBe(rows);
  expect((await world.isolate().submit(token)).status).toBe(200);
});

const past = ['2026-03-05T11:59:59.999Z', '2026-03-05T12:00:00Z', '2026-03-05', '2026-03-05T13:00:00+01:00'];

test.for(past)('a key cannot expire at %s, which has passed', async (expires_at, { expect }) => {
  const world = createWorld();
  const { id, keyId, token } = await world.tenant();
  const rows = await countAudit();
  for (const reply of [
    await world.admin('POST', `/admin/customers/${id}/keys`, { name: 'x', expires_at }),
    await world.admin('PATCH', `/admin/keys/${keyId}`, { expires_at }),
  ]) {
    expectRefusal(expect, reply, { ...INVALID, detail: /^expires_at: 2026-03-05T.* has passed\. DELETE/ });
    expect(reply.body.errors).toMatchObject([{ path: 'expires_at', rule: 'future' }]);
  }
  expect((await world.admin('GET', `/admin/customers/${id}/keys`)).body.items).toHaveLength(1);
  expect(await countAudit()).toBe(rows);
  expect((await world.isolate().submit(token)).status).toBe(200);
});

test('a key expires at the start of the UTC day that it names', async ({ expect }) => {
  const world = createWorld();
  const key = await world.key(await world.customer(), { expires_at: '2026-03-06' });
  expect(key).toMatchObject({ expires_at: '2026-03-06T00:00:00.000Z' });
});

/** Models of this test's own beside the two that are there. */
async function shelf(world: World): Promise<void> {
  for (const id of ['shelf/a/make', 'shelf/a/edit', 'shelf/b', 'shelfware/c']) {
    const model = {
      input_schema: { type: 'object' },
      price: { usd: 0, unit: 'output' },
      categories: [`of ${id}`],
    };
    await world.admin('PUT', `/admin/models/${id}`, model);
    world.runcomfy.putModel({ model_id: id });
  }
}

const prefixes: { models: string[]; allowed: string[] }[] = [
  { models: ['shelf/*'], allowed: ['shelf/a/edit', 'shelf/a/make', 'shelf/b'] },
  { models: ['shelf/a/*'], allowed: ['shelf/a/edit', 'shelf/a/make'] },
  { models: ['shelf/a/*', 'shelf/b'], allowed: ['shelf/a/edit', 'shelf/a/make', 'shelf/b'] },
  { models: ['shelf/b/*'], allowed: [] },
  { models: ['Shelf/*'], allowed: [] },
  { models: ['shelf/a/make/*'], allowed: [] },
];

test.for(prefixes)('a key for $models may use what these stand for', async (row, { expect }) => {
  const world = createWorld();
  await shelf(world);
  const { token } = await world.tenant({}, { models: row.models });
  const ids = ['shelf/a/edit', 'shelf/a/make', 'shelf/b', 'shelfware/c'];
  for (const id of ids) {
    const status = row.allowed.includes(id) ? 200 : 403;
    expect({ id, status: (await world.submit(token, {}, id)).status }).toEqual({ id, status });
    expect((await world.call(`/v1/models/${id}`, { token })).status).toBe(status);
  }
  const { body } = await world.call('/v1/models?limit=500', { token });
  expect(body.models.map(({ model_id }: { model_id: string }) => model_id)).toEqual(row.allowed);
  expect((await world.call('/v1/models/categories', { token })).body.categories).toEqual(
    row.allowed.map((id) => `of ${id}`),
  );
});

const narrowings: { ofKey: string[] | null; ofToken: string[] | null; allowed: string[] }[] = [
  { ofKey: ['shelf/*'], ofToken: null, allowed: ['shelf/a/edit', 'shelf/a/make', 'shelf/b'] },
  { ofKey: null, ofToken: ['shelf/a/*'], allowed: ['shelf/a/edit', 'shelf/a/make'] },
  { ofKey: ['shelf/*'], ofToken: ['shelf/a/*'], allowed: ['shelf/a/edit', 'shelf/a/make'] },
  { ofKey: ['shelf/a/*'], ofToken: ['shelf/*'], allowed: ['shelf/a/edit', 'shelf/a/make'] },
  { ofKey: ['shelf/a/*'], ofToken: ['shelf/a/make', 'shelf/b'], allowed: ['shelf/a/make'] },
  { ofKey: ['shelf/a/make'], ofToken: ['shelf/*'], allowed: ['shelf/a/make'] },
  { ofKey: ['shelf/a/*'], ofToken: ['shelf/b', 'shelfware/*'], allowed: [] },
];

test.for(narrowings)(
  'a browser token for $ofToken of a key for $ofKey may use what both allow',
  async ({ ofKey, ofToken, allowed }, { expect }) => {
    const world = createWorld();
    await shelf(world);
    const tenant = await world.tenant({}, { models: ofKey });
    const { token } = await browserToken(world, tenant, { models: ofToken });
    const { body } = await world.call('/v1/models?search=shelf&limit=500', { token });
    expect(body.models.map(({ model_id }: { model_id: string }) => model_id)).toEqual(allowed);
    for (const id of ['shelf/a/edit', 'shelf/a/make', 'shelf/b', 'shelfware/c']) {
      const { status } = await world.submit(token, {}, id);
      expect({ id, isAllowed: status === 200 }).toEqual({ id, isAllowed: allowed.includes(id) });
    }
  },
);

test('ids and prefixes that the catalogue does not have are kept, with a warning', async ({ expect }) => {
  const world = createWorld();
  await shelf(world);
  const { id } = await world.customer();
  const models = ['shelf/*', 'shelf/b', 'shelf/z', 'shelf/b/*', 'she/*', TEXT_TO_VIDEO];
  const warnings = ['shelf/z', 'shelf/b/*', 'she/*'].map((one) => `models: the catalogue has no ${one}.`);
  const issued = await world.admin('POST', `/admin/customers/${id}/keys`, { name: 'x', models });
  expect(issued).toMatchObject({ status: 201, body: { models, warnings } });
  const path = `/admin/keys/${issued.body.id}`;
  expect((await world.admin('PATCH', path, { name: 'y' })).body).toMatchObject({ models, warnings });
  const mended = await world.admin('PATCH', path, { models: ['shelf/b'] });
  expect(mended.body).not.toHaveProperty('warnings');
  // The key may use models that a later sync adds.
  await world.admin('PATCH', path, { models: ['shelf/z'] });
  await world.admin('PUT', '/admin/models/shelf/z', {
    input_schema: { type: 'object' },
    price: { usd: 0, unit: 'output' },
  });
  world.runcomfy.putModel({ model_id: 'shelf/z' });
  expect((await world.submit(issued.body.key, {}, 'shelf/z')).status).toBe(200);
});

test('a browser token cannot be made wider: it is no key that could be changed', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const { id, token } = await browserToken(world, tenant, { ttlMs: 60_000 });
  const changed = await world.admin('PATCH', `/admin/keys/${id}`, { expires_at: null, models: null });
  expect([changed.status, changed.body.code]).toEqual([404, 'not_found']);
  world.clock.advance(60_001);
  expect((await world.call('/v1/key', { token })).status).toBe(401);
});
