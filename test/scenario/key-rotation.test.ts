// A key is rotated while it is used. Its successor works at once, both share one family and so their limits, and the old key and
// its browser tokens die on time.
//
// Crossing a rotation:
//   a submit of the old key        the gate reads the row: it admits the submit until the grace ends
//   a second rotation              one of the two finds the other's successor and is refused: a key has one successor
//   a revocation, before           the rotation finds a dead key
//   a revocation, after            it revokes the successor and the successor's successors too
//   a change of limits             changes the whole family: the successor has them, whichever comes first
//   the end of the grace           every submit reads the row; reads end when the memory of 10 s expires
//   a token minted in the grace    dies with the old key
//   a cut before the batch         nothing is changed
//   a cut after it                 the successor exists, its text is lost: the operator rotates the successor
// A thief of a key can rotate it. The revocation of the leaked key revokes every successor. The owner's own rotation is refused
// then, which warns the owner.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { auditOf } from '../support/audit.ts';
import { booksOf } from '../support/books.ts';
import { countsOf, recordedIsolate, type NotedCall } from '../support/recorder.ts';
import { failingDb } from '../support/stores.ts';
import {
  ADMIN_TOKEN,
  createWorld,
  PROMPT,
  TEXT_TO_VIDEO,
  type Isolate,
  type Reply,
  type World,
} from '../support/world.ts';

const SUBMITS = 500;
const HOUR = 3_600_000;

const rotate = (isolate: Isolate, keyId: string, body?: object) =>
  isolate.admin('POST', `/admin/keys/${keyId}/rotate`, body);
const rotateOwn = (isolate: Isolate, token: string, body?: object) =>
  isolate.call('/v1/keys/rotate', { method: 'POST', token, body });
const mint = (world: World, token: string) =>
  world.call('/v1/tokens', { method: 'POST', token, body: { models: [TEXT_TO_VIDEO], expires_in: 86_400 } });
const keyRow = (id: string) => env.DB.prepare('SELECT * FROM keys WHERE id = ?1').bind(id).first();

test(
  '500 submits over a rotation: none fails, and the cap of the family holds exactly over both keys',
  {
    timeout: 180_000,
  },
  async ({ expect }) => {
    const world = createWorld();
    const cap = SUBMITS - 1;
    const { id, keyId, token } = await world.tenant({}, { limits: { requests_per_day: cap } });
    const isolates = [world.isolate(), world.isolate()];
    const replies: Promise<Reply>[] = [];
    const submit = (key: string) => replies.push(isolates[replies.length % 2]!.submit(key));
    for (let number = 0; number < 200; number += 1) {
      submit(token);
    }
    const { status, body } = await rotateOwn(world, token, { grace_seconds: 60 });
    expect(status).toBe(201);
    for (let number = 200; number < SUBMITS; number += 1) {
      submit(number % 2 === 0 ? token : body.key);
    }
    const all = await Promise.all(replies);
    await world.idle();
    const refused = all.filter((reply) => reply.status !== 200);
    expect(refused.map((reply) => [reply.status, reply.body.code, reply.body.limit.scope])).toEqual([
      [429, 'request_limit', 'key'],
    ]);
    expect(await booksOf(id)).toMatchObject({ jobs: cap, holds: cap });
    expect(world.runcomfy.accepted().count).toBe(cap);
    expect((await world.submit(body.key)).status).toBe(429);
    expect((await keyRow(body.id))!['family']).toBe(keyId);
  },
);

test('jobs at once are counted over both keys', async ({ expect }) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant({}, { limits: { max_concurrent: 7 } });
  const { key } = (await rotate(world, keyId)).body;
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, number) => world.isolate().submit(number % 2 === 0 ? token : key)),
  );
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(7);
});

test('the successor has name, limits, models and expiry; later limits are those of both', async ({
  expect,
}) => {
  const world = createWorld();
  const fields = {
    name: 'shop',
    limits: { requests_per_day: 5 },
    models: ['bytedance/*'],
    expires_at: '2030-01-01T00:00:00Z',
  };
  const { keyId, token } = await world.tenant({}, fields);
  const { status, body } = await rotate(world, keyId, { grace_seconds: 3600 });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    ...fields,
    expires_at: '2030-01-01T00:00:00.000Z',
    kind: 'secret',
    successor_of: keyId,
    key: expect.stringMatching(/^cg_/),
    old: { id: keyId, expires_at: new Date(world.clock.now() + HOUR).toISOString() },
  });
  expect(body.key).not.toBe(token);
  await world.admin('PATCH', `/admin/keys/${keyId}`, { limits: { requests_per_day: 0 } });
  expect((await world.submit(body.key)).status).toBe(429);
});

test('the old key dies on time and its tokens with it; the successor and its tokens live on', async ({
  expect,
}) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant();
  const before = (await mint(world, token)).body;
  const { key } = (await rotate(world, keyId, { grace_seconds: 3600 })).body;
  const during = (await mint(world, token)).body;
  const after = (await mint(world, key)).body;
  expect(during.expires_at).toBe(new Date(world.clock.now() + HOUR).toISOString());
  world.clock.advance(HOUR - 1000);
  for (const live of [token, before.token, during.token, key, after.token]) {
    expect((await world.submit(live)).status).toBe(200);
  }
  world.clock.advance(1000);
  for (const dead of [token, before.token, during.token]) {
    expect((await world.submit(dead)).status).toBe(401);
    expect((await world.isolate().submit(dead)).status).toBe(401);
    expect((await world.isolate().call('/v1/key', { token: dead })).status).toBe(401);
  }
  for (const live of [key, after.token]) {
    expect((await world.submit(live)).status).toBe(200);
  }
});

test('without a grace the old key is dead when the call returns, in every isolate', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const other = world.isolate();
  expect((await other.submit(token)).status).toBe(200);
  const { key } = (await rotateOwn(world, token, { grace_seconds: 0 })).body;
  expect((await other.submit(token)).status).toBe(401);
  expect((await other.submit(key)).status).toBe(200);
});

test('a key that expires within the grace keeps its own expiry', async ({ expect }) => {
  const world = createWorld();
  const expiresAt = new Date(world.clock.now() + HOUR).toISOString();
  const { keyId } = await world.tenant({}, { expires_at: expiresAt });
  const { body } = await rotate(world, keyId);
  expect([body.expires_at, body.old.expires_at]).toEqual([expiresAt, expiresAt]);
});

test('a key is rotated once, also by twenty calls at a time; its successor is rotated next', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, keyId, token } = await world.tenant();
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, number) =>
      number % 2 === 0 ? rotate(world.isolate(), keyId) : rotateOwn(world.isolate(), token),
    ),
  );
  const [made] = replies.filter(({ status }) => status === 201);
  expect(replies.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
    201,
    ...Array(19).fill(409),
  ]);
  const { n } = (await env.DB.prepare('SELECT COUNT(*) AS n FROM keys WHERE customer_id = ?1')
    .bind(id)
    .first<{
      n: number;
    }>())!;
  expect(n).toBe(2);
  expect((await rotate(world, made!.body.id)).body).toMatchObject({ successor_of: made!.body.id });
});

test('rotating a leaked key gains nothing: its revocation ends all keys rotated from it', async ({
  expect,
}) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant();
  const second = (await rotateOwn(world, token, { grace_seconds: 0 })).body;
  const third = (await rotateOwn(world, second.key, { grace_seconds: 604_800 })).body;
  const minted = (await mint(world, third.key)).body;
  expect((await rotateOwn(world, second.key)).status).toBe(409);
  // The key that leaked has died by its grace, and is revoked all the same.
  expect((await world.isolate().admin('DELETE', `/admin/keys/${keyId}`)).status).toBe(204);
  for (const dead of [token, second.key, third.key, minted.token]) {
    expect((await world.submit(dead)).status).toBe(401);
  }
  for (const id of [keyId, second.id, third.id]) {
    expect((await auditOf(id)).at(-1)).toMatchObject({ action: 'key.revoke', actor: 'ops' });
    expect((await keyRow(id))!['revoked_at_ms']).toBe(world.clock.now());
  }
  expect(await env.DB.prepare('SELECT COUNT(*) AS n FROM audit_drafts').first('n')).toBe(0);
});

test('a revoked successor leaves the key that it came from alone', async ({ expect }) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant();
  const { id } = (await rotate(world, keyId)).body;
  await world.admin('DELETE', `/admin/keys/${id}`);
  expect((await world.submit(token)).status).toBe(200);
  const before = (await auditOf(keyId)).length;
  await world.admin('DELETE', `/admin/keys/${keyId}`);
  expect((await auditOf(keyId)).length).toBe(before + 1);
  expect((await auditOf(id)).filter(({ action }) => action === 'key.revoke')).toHaveLength(1);
});

test('of rotations and a revocation at once none leaves a live key behind', async ({ expect }) => {
  const world = createWorld();
  for (let round = 0; round < 8; round += 1) {
    const { id, keyId, token } = await world.tenant();
    await Promise.all([
      rotateOwn(world.isolate(), token),
      world.isolate().admin('DELETE', `/admin/keys/${keyId}`),
      rotate(world.isolate(), keyId),
    ]);
    const { results } = await env.DB.prepare(
      'SELECT id FROM keys WHERE customer_id = ?1 AND revoked_at_ms IS NULL',
    )
      .bind(id)
      .all();
    expect(results).toEqual([]);
  }
});

test.for(['before', 'after'] as const)(
  'a rotation that is cut %s its batch does all or nothing',
  async (failure, { expect }) => {
    const world = createWorld();
    const { id, keyId, token } = await world.tenant();
    const { db, calls } = failingDb(env.DB);
    calls.match = 'INSERT INTO keys';
    calls.failure = failure;
    expect((await rotate(world.isolate({ DB: db }), keyId, { grace_seconds: 60 })).status).toBe(503);
    const { items } = (await world.admin('GET', `/admin/customers/${id}/keys`)).body;
    expect(items).toHaveLength(failure === 'before' ? 1 : 2);
    expect((await world.submit(token)).status).toBe(200);
    if (failure === 'after') {
      // Both are of one instant, so the list has them in any order.
      const made = items.find((key: { id: string }) => key.id !== keyId);
      const again = await rotate(world, made.id, { grace_seconds: 0 });
      expect(again.status).toBe(201);
      expect((await world.submit(again.body.key)).status).toBe(200);
    }
  },
);

test('what cannot be rotated is refused', async ({ expect }) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant();
  const minted = (await mint(world, token)).body;
  expect((await rotate(world, minted.id)).status).toBe(404);
  expect((await rotate(world, 'key_none')).status).toBe(404);
  expect((await rotateOwn(world, minted.token)).body.code).toBe('token_not_allowed');
  for (const grace of [-1, 604_801, 1.5, '60', null]) {
    expect((await rotate(world, keyId, { grace_seconds: grace })).status).toBe(422);
  }
  await world.admin('DELETE', `/admin/keys/${keyId}`);
  expect((await rotate(world, keyId)).status).toBe(409);
  expect((await rotateOwn(world.isolate(), token)).status).toBe(401);
});

test('the audit names both keys, and neither text', async ({ expect }) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant();
  const { body } = await rotateOwn(world, token, { grace_seconds: 60 });
  const entry = { actor: keyId, action: 'key.rotate', change: { grace_seconds: 60, successor: body.id } };
  expect((await auditOf(keyId)).at(-1)).toMatchObject(entry);
  expect(await auditOf(body.id)).toMatchObject([entry]);
  const { items } = (await world.admin('GET', `/admin/audit?object=${keyId}&action=key.rotate`)).body;
  expect(items[0].changes).toEqual([
    { field: 'expires_at', before: null, after: new Date(world.clock.now() + 60_000).toISOString() },
  ]);
  const { results } = await env.DB.prepare('SELECT * FROM audit_details').all();
  expect(JSON.stringify(results)).not.toContain(body.key);
});

test('a rotation honours what a page may not do', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const headers = { Origin: 'https://shop.example' };
  const refused = await world.call('/v1/keys/rotate', { method: 'POST', token, headers });
  expect(refused.body.code).toBe('key_in_page');
});

test('the operator learns the owner, last use and daily spend of a found key', async ({ expect }) => {
  const world = createWorld();
  const { id, keyId, token } = await world.tenant();
  const find = async (text: string) => (await world.admin('POST', '/admin/keys/find', { key: text })).body;
  expect(await find(token)).toMatchObject({
    id: keyId,
    customer: id,
    last_used_at: null,
    last_day: { jobs: 0, spent_usd: 0, complete: true },
    revoke: `DELETE /admin/keys/${keyId}`,
  });
  const minted = (await mint(world, token)).body;
  await world.submit(token);
  await world.submit(token);
  const byToken = await world.submit(minted.token);
  await world.idle();
  await world.cancel(minted.token, byToken.body.request_id);
  const used = new Date(world.clock.now()).toISOString();
  const found = await find(token);
  expect(found).toMatchObject({ last_used_at: used, last_day: { jobs: 3 } });
  expect(found.last_day.spent_usd).toBeGreaterThan(0);
  expect(await find(minted.token)).toMatchObject({
    id: minted.id,
    last_used_at: used,
    last_day: { jobs: 1 },
  });
  world.clock.advance(24 * HOUR);
  expect(await find(token)).toMatchObject({ last_used_at: used, last_day: { jobs: 0, spent_usd: 0 } });
  await world.admin('DELETE', `/admin/keys/${keyId}`);
  expect(await find(token)).toMatchObject({ revoke: null });
});

test('the last use is written once an hour, behind the answer, by one of all isolates', async ({
  expect,
}) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant();
  const lastUse = async () => (await keyRow(keyId))!['last_used_at_ms'];
  const calls: NotedCall[] = [];
  const isolates = [1, 2, 3].map(() => recordedIsolate(world, {}, calls));
  const useAll = async () => {
    await Promise.all(isolates.map((isolate) => isolate.call('/v1/key', { token })));
    await world.idle();
  };
  await useAll();
  const first = world.clock.now();
  expect(await lastUse()).toBe(first);
  world.clock.advance(HOUR - 1);
  await useAll();
  expect(await lastUse()).toBe(first);
  world.clock.advance(1);
  await useAll();
  expect(await lastUse()).toBe(first + HOUR);
  expect(countsOf(calls).rowsWritten).toBe(2);
});

test('a call that is refused is no use', async ({ expect }) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant();
  expect((await world.submit(token, {})).status).toBe(422);
  await world.idle();
  expect((await keyRow(keyId))!['last_used_at_ms']).toBeNull();
});

test('D1 that does not take the note of a use costs no answer', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  calls.match = 'UPDATE keys SET last_used_at_ms';
  calls.failure = 'before';
  const gate = world.isolate({ DB: db });
  const reply = await gate.call(`/v1/models/${TEXT_TO_VIDEO}`, { method: 'POST', token, body: PROMPT });
  expect(reply.status).toBe(200);
  await world.idle();
});

test('an operator who may only read rotates nothing', async ({ expect }) => {
  const world = createWorld();
  const { keyId } = await world.tenant();
  const reader = world.isolate({ ADMIN_TOKENS: `ops:${'x'.repeat(40)}`, READ_TOKENS: `eye:${ADMIN_TOKEN}` });
  expect((await rotate(reader, keyId)).body.code).toBe('read_only_token');
});
