// Submits whose outcome nobody knows hold back the customer whose they are, and nobody else. RunComfy answers the word
// [sim:500] in a prompt with a 500, which says nothing about the job.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { differences } from '../support/books.ts';
import { expectRefusal } from '../support/problem.ts';
import { slowIsolate } from '../support/slow-stores.ts';
import { failingDb } from '../support/stores.ts';
import { tapUpstream } from '../support/upstream.ts';
import { createWorld, type Isolate, type Reply, type Tenant, type World } from '../support/world.ts';

const MINUTE = 60_000;
const POISON = { prompt: 'a lighthouse [sim:500]' };

async function send(world: World, tenant: Tenant, input?: object): Promise<Reply> {
  const reply = await world.submit(tenant.token, input);
  await world.idle();
  return reply;
}

async function statuses(world: World, tenant: Tenant, inputs: (object | undefined)[]): Promise<number[]> {
  const found: number[] = [];
  for (const input of inputs) {
    found.push((await send(world, tenant, input)).status);
  }
  return found;
}

const poisoned = (count: number) => Array.from({ length: count }, () => POISON);

async function standing({ id }: Tenant): Promise<any> {
  return env.DB.prepare('SELECT unknown_in_a_row, held_back_at_ms, probe_at_ms FROM customers WHERE id = ?1')
    .bind(id)
    .first();
}

async function healthOf(world: World): Promise<any> {
  return (await world.admin('GET', '/admin/health')).body;
}

const concernsOf = (health: any): string[] => health.concerns.map(({ code }: { code: string }) => code);

test('five in a row, then a probe after 1, 2, 4, 8 and each 15 minutes, until one is accepted', async ({
  expect,
}) => {
  const world = createWorld();
  const ada = await world.tenant();
  expect(await statuses(world, ada, poisoned(5))).toEqual([502, 502, 502, 502, 502]);
  for (const minutes of [1, 2, 4, 8, 15, 15]) {
    const refused = await send(world, ada, POISON);
    expect([refused.status, refused.body.code]).toEqual([503, 'outcomes_unknown']);
    expect(refused.headers.get('retry-after')).toBe(String(minutes * 60));
    world.clock.advance(minutes * MINUTE - 1);
    expect((await send(world, ada)).status).toBe(503);
    world.clock.advance(1);
    // One probe, and nobody beside it.
    world.runcomfy.resetCalls();
    const probes = await Promise.all(
      Array.from({ length: 10 }, () => world.isolate().submit(ada.token, POISON)),
    );
    await world.idle();
    expect(probes.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      502,
      ...Array.from({ length: 9 }, () => 503),
    ]);
    expect(world.runcomfy.calls().counts.submit).toBe(1);
  }
  world.clock.advance(15 * MINUTE);
  expect(await statuses(world, ada, [undefined, POISON, undefined])).toEqual([200, 502, 200]);
  expect(await standing(ada)).toEqual({ unknown_in_a_row: 0, held_back_at_ms: 0, probe_at_ms: 0 });
  expect(world.logs.filter(({ event }) => event === 'customer_held_back')).toEqual([
    { level: 'warn', event: 'customer_held_back', customer: ada.id },
  ]);
  expect(await differences(world)).toEqual([]);
});

test('G9, G11: a customer who is held back pays nothing and gets the reason', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant({ limits: { requests_per_day: 6 } });
  await statuses(world, ada, poisoned(5));
  const books = await env.DB.prepare('SELECT * FROM customers WHERE id = ?1').bind(ada.id).first();
  world.runcomfy.resetCalls();
  const refused = await send(world, ada);
  const detail = /did not say whether it took your last submits.*Nothing was spent\. Check their input/;
  expectRefusal(expect, refused, { status: 503, code: 'outcomes_unknown', errorCode: 500001, detail });
  // G10: nothing of the operator's accounts.
  expect(JSON.stringify(refused.body)).not.toMatch(/acct_|account|token|balance/i);
  expect(world.runcomfy.calls().counts.submit).toBe(0);
  expect(await env.DB.prepare('SELECT * FROM customers WHERE id = ?1').bind(ada.id).first()).toEqual(books);
});

test('what comes first: the key, the customer, the switch; then unknown outcomes; then limits', async ({
  expect,
}) => {
  const world = createWorld();
  const ada = await world.tenant({ limits: { requests_per_day: 5 } });
  await statuses(world, ada, poisoned(5));
  const code = async () => (await send(world, ada)).body.code;
  expect(await code()).toBe('outcomes_unknown');
  await world.admin('PATCH', '/admin/settings', { submits: 'off' });
  expect(await code()).toBe('submits_off');
  await world.admin('PATCH', `/admin/customers/${ada.id}`, { status: 'suspended' });
  expect(await code()).toBe('customer_suspended');
  await world.admin('PATCH', `/admin/customers/${ada.id}`, { status: 'active' });
  await world.admin('PATCH', '/admin/settings', { submits: 'on' });
  world.clock.advance(MINUTE);
  expect(await code()).toBe('request_limit');
});

test('a probe that no limit admits is no probe', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant({ limits: { requests_per_day: 5 } });
  await statuses(world, ada, poisoned(5));
  world.clock.advance(MINUTE);
  expect((await send(world, ada)).status).toBe(429);
  await world.admin('PATCH', `/admin/customers/${ada.id}`, { limits: { requests_per_day: 6 } });
  expect((await send(world, ada)).status).toBe(200);
});

test('a probe that RunComfy refuses gives its turn back, and lifts nothing', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  await statuses(world, ada, poisoned(5));
  world.clock.advance(MINUTE);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  expect(await statuses(world, ada, [undefined, POISON, undefined])).toEqual([422, 502, 503]);
  expect((await send(world, ada)).headers.get('retry-after')).toBe('120');
});

test('a probe gives back no turn but its own, however late D1 applies that', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  await statuses(world, ada, poisoned(5));
  world.clock.advance(MINUTE);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  let releases = 0;
  const isolate = slowIsolate(world, ({ text }) => {
    releases += Number(text.includes("'end', CASE"));
    return releases === 1 && text.includes("'end', CASE") ? 'hang' : 'none';
  });
  expect((await isolate.wait(isolate.submit(ada.token))).status).toBe(422);
  await isolate.wait(world.idle());
  expect(releases).toBe(2);
  expect((await send(world, ada, POISON)).status).toBe(502);
  expect((await send(world, ada)).headers.get('retry-after')).toBe('120');
  await isolate.applyLate();
  expect((await send(world, ada)).headers.get('retry-after')).toBe('120');
  expect(await differences(world, ada.id)).toEqual([]);
});

test('only what RunComfy accepts breaks the row: a refusal between does not', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  expect(await statuses(world, ada, [...poisoned(4), undefined, ...poisoned(4)])).toEqual([
    502, 502, 502, 502, 200, 502, 502, 502, 502,
  ]);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  expect(await statuses(world, ada, [undefined, POISON, undefined])).toEqual([422, 502, 503]);
});

test('outcomes of other customers neither lift nor count', async ({ expect }) => {
  const world = createWorld();
  const [ada, bob] = [await world.tenant(), await world.tenant()];
  await statuses(world, bob, poisoned(4));
  await statuses(world, ada, poisoned(5));
  expect(await statuses(world, bob, [undefined])).toEqual([200]);
  expect(await statuses(world, ada, [undefined])).toEqual([503]);
  expect(await standing(bob)).toMatchObject({ unknown_in_a_row: 0 });
});

test('how many hold a customer back is a setting', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const isolate = world.isolate({ UNKNOWN_OUTCOMES: '2' });
  const found: number[] = [];
  for (let sent = 0; sent < 3; sent += 1) {
    found.push((await isolate.submit(ada.token, POISON)).status);
    await world.idle();
  }
  expect(found).toEqual([502, 502, 503]);
});

test('an outcome that is noted twice counts once', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  const isolate = world.isolate({ DB: db });
  calls.match = "state = 'unconfirmed'";
  calls.failure = 'after';
  expect((await isolate.submit(ada.token, POISON)).status).toBe(502);
  await world.idle();
  expect(calls.calls).toBeGreaterThan(1);
  expect(await standing(ada)).toMatchObject({ unknown_in_a_row: 1 });
});

/** Submits of an isolate wait at RunComfy until they are let go. */
function held(world: World): { isolate: Isolate; sent: () => number; letGo: () => void } {
  const isolate = world.isolate();
  const { promise, resolve } = Promise.withResolvers<void>();
  const { call } = isolate.deps.upstream;
  let count = 0;
  isolate.deps.upstream = {
    async call(sent) {
      const answer = await call(sent);
      count += 1;
      await promise;
      return answer;
    },
  };
  return { isolate, sent: () => count, letGo: resolve };
}

test('submits that were under way when the customer was held back are no probes', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const { isolate, sent, letGo } = held(world);
  // Twenty unknown ones and one that is accepted are under way while five others hold the customer back.
  const late = [...poisoned(20), undefined].map((input) => isolate.submit(ada.token, input));
  await expect.poll(sent).toBe(21);
  world.clock.advance(1000);
  for (const input of poisoned(5)) {
    expect((await world.submit(ada.token, input)).status).toBe(502);
  }
  await expect.poll(() => standing(ada)).toMatchObject({ unknown_in_a_row: 5 });
  const before = await standing(ada);
  letGo();
  expect((await Promise.all(late)).filter(({ status }) => status === 200)).toHaveLength(1);
  await world.idle();
  expect(await standing(ada)).toEqual(before);
  world.clock.advance(MINUTE);
  expect(await statuses(world, ada, [undefined])).toEqual([200]);
});

test('a probe whose isolate dies costs a minute, not the turn of the next', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  await statuses(world, ada, poisoned(5));
  world.clock.advance(MINUTE);
  const { isolate, sent } = held(world);
  void isolate.submit(ada.token);
  await expect.poll(sent).toBe(1);
  expect((await world.submit(ada.token)).headers.get('retry-after')).toBe('60');
  world.clock.advance(MINUTE);
  expect((await world.submit(ada.token)).status).toBe(200);
});

test('an account closes to everybody only after a minute without an acceptance and three customers who fail', async ({
  expect,
}) => {
  const world = createWorld();
  const [ada, bob, eve, joe] = [
    await world.tenant(),
    await world.tenant(),
    await world.tenant(),
    await world.tenant(),
  ];
  const state = async () => (await healthOf(world)).accounts[0].state;
  await statuses(world, ada, poisoned(5));
  await statuses(world, bob, poisoned(2));
  world.clock.advance(2 * MINUTE);
  // Two customers, however long.
  await statuses(world, bob, poisoned(1));
  expect(await state()).toBe('ok');
  expect(await statuses(world, joe, [undefined])).toEqual([200]);
  // Three, but somebody's job was accepted a moment ago.
  await statuses(world, bob, poisoned(1));
  await statuses(world, ada, poisoned(1));
  await statuses(world, eve, poisoned(3));
  expect(await state()).toBe('ok');
  world.clock.advance(MINUTE - 1);
  await statuses(world, eve, poisoned(1));
  expect(await state()).toBe('ok');
  world.clock.advance(1);
  await statuses(world, eve, poisoned(1));
  expect(await state()).toBe('unknown_outcomes');
  expect(world.logs.filter(({ event }) => event === 'account_stopped')).toEqual([
    { level: 'error', event: 'account_stopped', account: 'acct_env', outcome: 'unknown_outcomes' },
  ]);
  expect(concernsOf(await healthOf(world))).toContain('account_unknown_outcomes');
  const closed = await send(world, joe);
  expect([closed.status, closed.body.code, closed.headers.get('retry-after')]).toEqual([
    503,
    'upstream_unavailable',
    '60',
  ]);
});

/** An account that is closed, and the three who failed, of whom the last is not held back. */
async function outage(world: World): Promise<Tenant[]> {
  const failing = [await world.tenant(), await world.tenant(), await world.tenant()];
  for (const tenant of failing) {
    await statuses(world, tenant, poisoned(1));
  }
  world.clock.advance(MINUTE);
  await statuses(world, failing[2]!, poisoned(1));
  return failing;
}

test('the probes of a closed account go to customers without unknown outcomes first', async ({ expect }) => {
  const world = createWorld();
  const [, , eve] = await outage(world);
  const joe = await world.tenant();
  world.clock.advance(MINUTE);
  const refused = await send(world, eve!);
  expect([refused.body.code, refused.headers.get('retry-after')]).toEqual(['upstream_unavailable', '60']);
  expect(await statuses(world, joe, [undefined])).toEqual([200]);
  expect((await healthOf(world)).accounts[0]).toMatchObject({ state: 'ok', silent_since: null });
  expect(await statuses(world, eve!, [undefined])).toEqual([200]);
});

test('where all have unknown outcomes, one of them probes a minute later', async ({ expect }) => {
  const world = createWorld();
  const [ada, bob] = await outage(world);
  world.clock.advance(2 * MINUTE);
  const replies = await Promise.all([ada!, bob!].map(({ token }) => world.submit(token, POISON)));
  await world.idle();
  expect(replies.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([502, 503]);
  world.clock.advance(2 * MINUTE - 1);
  expect(await statuses(world, bob!, [undefined])).toEqual([503]);
  world.clock.advance(1);
  expect(await statuses(world, bob!, [undefined])).toEqual([200]);
});

test('a job of before the outage that is accepted late opens the account to nobody', async ({ expect }) => {
  const world = createWorld();
  const [ada, bob, eve, joe] = [
    await world.tenant(),
    await world.tenant(),
    await world.tenant(),
    await world.tenant(),
  ];
  const { promise: isLate, resolve: arrive } = Promise.withResolvers<void>();
  const { promise: isSent, resolve: sent } = Promise.withResolvers<void>();
  let isFirst = true;
  tapUpstream(world, async (response, request) => {
    if (request.method === 'POST' && isFirst) {
      isFirst = false;
      sent();
      await isLate;
    }
    return response;
  });
  const early = world.submit(joe.token);
  await isSent;
  world.clock.advance(1000);
  for (const tenant of [ada, bob, eve]) {
    await world.submit(tenant.token, POISON);
    await expect.poll(() => standing(tenant)).toMatchObject({ unknown_in_a_row: 1 });
  }
  world.clock.advance(MINUTE);
  await world.submit(eve.token, POISON);
  await expect.poll(async () => (await healthOf(world)).accounts[0].state).toBe('unknown_outcomes');
  arrive();
  expect((await early).status).toBe(200);
  await world.idle();
  expect((await healthOf(world)).accounts[0]).toMatchObject({ state: 'unknown_outcomes' });
  expect((await send(world, joe)).status).toBe(503);
});

test('health lists customers who are held back, with times and a remedy', async ({ expect }) => {
  const world = createWorld();
  await world.cron();
  const ada = await world.tenant();
  const startMs = world.clock.now();
  await statuses(world, ada, poisoned(5));
  const health = await healthOf(world);
  const heldBack = ({ customers_held_back }: any) =>
    customers_held_back.filter(({ customer }: { customer: string }) => customer === ada.id);
  expect(heldBack(health)).toEqual([
    {
      customer: ada.id,
      unknown_in_a_row: 5,
      since: new Date(startMs).toISOString(),
      next_submit: new Date(startMs + MINUTE).toISOString(),
    },
  ]);
  const concern = health.concerns.find(({ code }: { code: string }) => code === 'customers_held_back');
  expect(concern.detail).toContain(ada.id);
  expect(concern.detail).toContain('GET /admin/jobs?customer={id}&state=unconfirmed');
  // From then on the next submit passes, so nobody is held back.
  world.clock.advance(MINUTE);
  expect(heldBack(await healthOf(world))).toEqual([]);
  world.clock.advance(30 * MINUTE);
  expect(concernsOf(await healthOf(world))).not.toContain('customers_held_back');
});
