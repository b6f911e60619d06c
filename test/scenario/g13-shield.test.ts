// G13: reads that ask D1, unknown keys and probes are rate limited. Cloudflare counts; what is asked of it, when, and what
// becomes of its no is ours.

import { env } from 'cloudflare:workers';
import { test, type ExpectStatic } from 'vitest';
import { newKeyText } from '../../src/features/keys/key.ts';
import { png } from '../support/images.ts';
import { serve } from '../support/network.ts';
import { expectRefusal } from '../support/problem.ts';
import { rateLimit } from '../support/rate-limit.ts';
import { guardedDb } from '../support/stores.ts';
import { PICTURE, upload } from '../support/upload.ts';
import {
  ADMIN_TOKEN,
  createWorld,
  IMAGE_TO_VIDEO,
  type Isolate,
  type Reply,
  type Tenant,
  type World,
} from '../support/world.ts';

const from = (address: string) => ({ 'CF-Connecting-IP': address });

function expectLimited(expect: ExpectStatic, reply: Reply, seconds: string): void {
  expectRefusal(expect, reply, {
    status: 429,
    code: 'rate_limited',
    errorCode: 429001,
    // A shield that counts by location and nearly has no figures to tell.
    detail: /^[^0-9]+$/,
  });
  expect(reply.headers.get('retry-after')).toBe(seconds);
}

/** An isolate whose questions to D1 are counted. */
function counted(world: World, limits: object): Isolate & { asked: () => number } {
  let asked = 0;
  const DB = guardedDb(env.DB, (_call, run) => {
    asked += 1;
    return run();
  });
  return { ...world.isolate({ DB, ...limits }), asked: () => asked };
}

test('reads that ask D1 are limited by key, polls of a known job are not', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const eve = await world.tenant();
  const READS = rateLimit(3);
  const gate = counted(world, { READS });
  const { body } = await gate.submit(ada.token);
  const paths = ['/v1/usage', '/v1/key', '/v1/requests', '/prod/v2/balance', '/v1/models', '/v1/tokens'];
  const replies: Reply[] = [];
  for (const path of paths) {
    replies.push(await gate.call(path, { token: ada.token }));
  }
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429, 429]);
  expectLimited(expect, replies[3]!, '10');
  const asked = gate.asked();
  expectLimited(expect, await gate.call(`/v1/requests/${body.request_id}`, { token: ada.token }), '10');
  expect(gate.asked()).toBe(asked);
  expect((await gate.call('/v1/key', { token: eve.token })).status).toBe(200);
  for (let poll = 0; poll < 20; poll += 1) {
    expect((await gate.status(ada.token, body.request_id)).status).toBe(200);
  }
  expect((await gate.submit(ada.token)).status).toBe(200);
  expect(new Set(READS.asked)).toEqual(new Set([ada.keyId, eve.keyId]));
});

test('changes that no limit of their own counts are limited like reads, by both generations of a key', async ({
  expect,
}) => {
  const world = createWorld();
  const ada = await world.tenant();
  const gate = counted(world, { READS: rateLimit(5) });
  const post = (path: string, token: string) => gate.call(path, { method: 'POST', token, body: {} });
  const remove = (path: string) => gate.call(path, { method: 'DELETE', token: ada.token });
  const { status, body } = await post('/v1/keys/rotate', ada.token);
  expect(status).toBe(201);
  expect((await post('/v1/keys/rotate', body.key)).status).toBe(201);
  expect((await upload(gate, PICTURE, ada)).status).toBe(201);
  expect((await remove('/v1/files/file_x')).status).toBe(404);
  expect((await remove('/v1/tokens/key_x')).status).toBe(404);
  await world.idle();
  const asked = gate.asked();
  expectLimited(expect, await upload(gate, PICTURE, ada), '10');
  expectLimited(expect, await post('/v1/keys/rotate', body.key), '10');
  expectLimited(expect, await remove('/v1/files/file_x'), '10');
  expectLimited(expect, await remove('/v1/tokens/key_x'), '10');
  // The two keys are looked up, once.
  expect(gate.asked() - asked).toBe(2);
});

test('polls of jobs that do not exist ask D1 ten times a minute, and then as the limit of reads says', async ({
  expect,
}) => {
  const world = createWorld();
  const ada = await world.tenant();
  const { body } = await world.submit(ada.token);
  await world.idle();
  const gate = counted(world, { READS: rateLimit(5) });
  const statuses: number[] = [];
  for (let poll = 0; poll < 17; poll += 1) {
    statuses.push((await gate.status(ada.token, crypto.randomUUID())).status);
  }
  expect(statuses).toEqual([...Array.from({ length: 15 }, () => 404), 429, 429]);
  const asked = gate.asked();
  expectLimited(expect, await gate.status(ada.token, crypto.randomUUID()), '10');
  // This isolate has never seen the job: KV knows whose it is.
  expect((await gate.status(ada.token, body.request_id)).status).toBe(200);
  expect(gate.asked()).toBe(asked);
  world.clock.advance(60_000);
  expect((await gate.status(ada.token, crypto.randomUUID())).status).toBe(404);
});

test('unknown keys are looked up ten times a minute for an address, and then as the limit says', async ({
  expect,
}) => {
  const world = createWorld();
  const ada = await world.tenant();
  const bob = await world.tenant();
  const MISSES = rateLimit(4);
  const gate = counted(world, { MISSES });
  const call = (token: string, address: string) => gate.call('/v1/key', { token, headers: from(address) });
  // Ada calls from the address of the flood, before it begins.
  expect((await call(ada.token, '2001:db8:1:2::a')).status).toBe(200);
  const statuses: number[] = [];
  for (let at = 1; at <= 16; at += 1) {
    statuses.push((await call(newKeyText('secret'), `2001:db8:1:2::${at}`)).status);
  }
  expect(statuses).toEqual([...Array.from({ length: 14 }, () => 401), 429, 429]);
  expect(MISSES.asked).toEqual(Array.from({ length: 6 }, () => '2001:db8:1:2::/64'));
  const asked = gate.asked();
  expectLimited(expect, await call(newKeyText('secret'), '2001:db8:1:2::ffff'), '60');
  expect(gate.asked()).toBe(asked);
  // Keys that were used within the hour and callers from other addresses are not affected.
  world.clock.advance(11_000);
  expect((await call(ada.token, '2001:db8:1:2::a')).status).toBe(200);
  expect((await call(bob.token, '2001:db8:1:3::a')).status).toBe(200);
  expect((await call(newKeyText('secret'), '2001:db8:1:3::b')).status).toBe(401);
  // Garbage reaches no store, so nothing has to be kept from it.
  expect((await call('cg_garbage', '2001:db8:1:2::a')).status).toBe(401);
  world.clock.advance(60_000);
  expect((await call(newKeyText('secret'), '2001:db8:1:2::a')).status).toBe(401);
});

test('wrong admin tokens, cookies and sign-in codes count for their address; a right token always passes', async ({
  expect,
}) => {
  const world = createWorld();
  const gate = counted(world, { MISSES: rateLimit(2) });
  const attack = from('203.0.113.7');
  const page = { ...attack, 'Sec-Fetch-Site': 'same-origin' };
  const admin = (token: string) => gate.call('/admin/settings', { token, headers: attack });
  const cookie = `__Host-comfygate=${'a'.repeat(43)}`;
  const wrong = [
    ...Array.from({ length: 6 }, () => () => admin('wrong-token')),
    ...Array.from({ length: 2 }, () => () => gate.call('/session', { headers: { ...page, Cookie: cookie } })),
    ...Array.from(
      { length: 2 },
      () => () => gate.call('/session', { method: 'POST', body: { code: 'b'.repeat(43) }, headers: attack }),
    ),
  ];
  for (const call of wrong) {
    expect([200, 401]).toContain((await call()).status);
  }
  expect((await admin('wrong-token')).status).toBe(401);
  expect((await admin('wrong-token')).status).toBe(401);
  const asked = gate.asked();
  expectLimited(expect, await admin('wrong-token'), '60');
  expectLimited(expect, await gate.call('/session', { headers: { ...page, Cookie: cookie } }), '60');
  expectLimited(expect, await gate.call('/admin/settings', { headers: { ...page, Cookie: cookie } }), '60');
  for (const secret of [{ code: 'b'.repeat(43) }, { token: 'wrong' }]) {
    const reply = await gate.call('/session', { method: 'POST', body: secret, headers: attack });
    expectLimited(expect, reply, '60');
  }
  const link = await gate.call('/session/links', {
    method: 'POST',
    body: { token: 'wrong' },
    headers: attack,
  });
  expectLimited(expect, link, '60');
  expect(gate.asked()).toBe(asked);
  expect((await admin(ADMIN_TOKEN)).status).toBe(200);
  const signIn = { method: 'POST', body: { token: ADMIN_TOKEN }, headers: attack };
  expect((await gate.call('/session', signIn)).status).toBe(200);
});

test('a rate limit that does not answer lets everyone through', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const silent = { limit: () => Promise.reject(new Error('no answer')) };
  const gate = world.isolate({ READS: silent, MISSES: silent, PROBES: silent });
  expect((await gate.call('/v1/usage', { token })).status).toBe(200);
  for (let at = 0; at < 12; at += 1) {
    expect((await gate.call('/v1/usage', { token: newKeyText('secret') })).status).toBe(401);
  }
});

type Host = { asked: () => number; url: () => string };

/** A third party's host: every picture of it breaks the model's rules, or none does. */
function victim(host: string, sides: { width: number; height: number }): Host {
  let asked = 0;
  let made = 0;
  serve(host, async () => {
    asked += 1;
    return new Response(png(sides));
  });
  return {
    asked: () => asked,
    url() {
      made += 1;
      return `https://${host}/${made}.png`;
    },
  };
}

const BAD = { width: 100, height: 100 };
const GOOD = { width: 800, height: 600 };

function animate(isolate: Isolate, tenant: Tenant, urls: string[]): Promise<Reply> {
  return isolate.submit(tenant.token, { prompt: 'it moves', image_urls: urls }, IMAGE_TO_VIDEO);
}

/** The media rules of the model, in a schema that takes eight pictures. */
async function takeEight(world: World, media: 'enforce' | 'advise'): Promise<void> {
  const select = env.DB.prepare('SELECT input_schema FROM models WHERE id = ?1').bind(IMAGE_TO_VIDEO);
  const schema = JSON.parse((await select.first<string>('input_schema')) ?? '');
  schema.properties.image_urls.maxItems = 8;
  const patch = { input_schema: schema, media };
  const reply = await world.admin('PATCH', `/admin/models/${IMAGE_TO_VIDEO}`, patch);
  if (reply.status !== 200) {
    throw new Error(JSON.stringify(reply.body));
  }
}

test('no free reflector: fifty refused submits ask a host as often as the limit says', async ({ expect }) => {
  const world = createWorld();
  await takeEight(world, 'enforce');
  const host = victim('reflected.example.com', BAD);
  const ada = await world.tenant({ limits: { requests_per_minute: 1 } });
  const eve = await world.tenant();
  const PROBES = rateLimit(20);
  const gate = world.isolate({ PROBES });
  const urls = () => Array.from({ length: 8 }, () => host.url());
  const replies: Reply[] = [];
  for (let submit = 0; submit < 50; submit += 1) {
    replies.push(await animate(gate, ada, urls()));
  }
  expect(host.asked()).toBe(20);
  expect(replies.slice(0, 3).map(({ status }) => status)).toEqual([422, 422, 422]);
  expectLimited(expect, replies[10]!, '60');
  expect(PROBES.asked[0]).toBe(`${ada.keyId} reflected.example.com`);
  expect(world.runcomfy.accepted().count).toBe(0);
  // Another key, or another host, has room of its own.
  expect((await animate(gate, eve, [host.url()])).status).toBe(422);
  const other = victim('other.example.com', GOOD);
  expect((await animate(gate, ada, [other.url()])).status).toBe(200);
});

test('a host that is reached by redirects counts as well', async ({ expect }) => {
  const world = createWorld();
  const host = victim('behind.example.com', BAD);
  for (const front of ['one.example.com', 'two.example.com', 'three.example.com']) {
    serve(front, async () => Response.redirect(host.url(), 302));
  }
  const ada = await world.tenant();
  const gate = world.isolate({ PROBES: rateLimit(2) });
  const statuses: number[] = [];
  for (const front of ['one', 'two', 'three']) {
    statuses.push((await animate(gate, ada, [`https://${front}.example.com/x.png`])).status);
  }
  expect(statuses).toEqual([422, 422, 429]);
  expect(host.asked()).toBe(2);
});

test('where media are advised, what was not asked is a warning', async ({ expect }) => {
  const world = createWorld();
  await takeEight(world, 'advise');
  const host = victim('advised.example.com', BAD);
  const ada = await world.tenant();
  const gate = world.isolate({ PROBES: rateLimit(0) });
  const reply = await animate(gate, ada, [host.url()]);
  expect(reply.status).toBe(200);
  expect(reply.headers.get('comfygate-warning')).toMatch(/its host was asked too often for this key/);
  expect(host.asked()).toBe(0);
  await takeEight(world, 'enforce');
});

test('submits that are accepted give their probes back, those that are refused do not', async ({
  expect,
}) => {
  const world = createWorld();
  const good = victim('paid.example.com', GOOD);
  const ada = await world.tenant();
  const PROBES = rateLimit(1);
  const gate = world.isolate({ PROBES });
  for (let submit = 0; submit < 10; submit += 1) {
    expect((await animate(gate, ada, [good.url()])).status).toBe(200);
    await world.idle();
  }
  expect([good.asked(), PROBES.asked.length]).toEqual([10, 1]);
  // RunComfy refuses this one: nothing is spent, and nothing is given back.
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  expect((await animate(gate, ada, [good.url()])).status).toBe(422);
  expectLimited(expect, await animate(gate, ada, [good.url()]), '60');
  expect(good.asked()).toBe(11);
});
