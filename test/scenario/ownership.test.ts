// Ownership with KV emptied, failing, late or wrong between submit and poll: the owner sees the job, nobody else.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { booksOf, differences } from '../support/books.ts';
import { slowIsolate } from '../support/slow-stores.ts';
import { failingDb, failingKv, guardedDb } from '../support/stores.ts';
import { tapUpstream } from '../support/upstream.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type Isolate, type World } from '../support/world.ts';

async function emptyKv(): Promise<void> {
  const { keys } = await env.OWNERS.list();
  await Promise.all(keys.map(({ name }) => env.OWNERS.delete(name)));
}

type Case = { what: string; isolate: (world: World, jobId: string) => Promise<Isolate> };

const cases: Case[] = [
  { what: 'KV as it should be', isolate: async (world) => world.isolate() },
  {
    what: 'KV emptied',
    async isolate(world) {
      await emptyKv();
      return world.isolate();
    },
  },
  {
    what: 'KV failing on every read',
    async isolate(world) {
      const { kv, reads } = failingKv(env.OWNERS);
      reads.failure = 'before';
      return world.isolate({ OWNERS: kv });
    },
  },
  {
    what: 'KV late: it still answers that there is nothing',
    isolate: async (world) => {
      const late = { get: async () => null, put: async () => {} };
      return world.isolate({ OWNERS: late });
    },
  },
  {
    what: 'KV holding garbage',
    async isolate(world, jobId) {
      await env.OWNERS.put(`job:${jobId}`, '{"customer":1}');
      return world.isolate();
    },
  },
];

test.for(cases)('G1: $what', async ({ isolate }, { expect }) => {
  const world = createWorld();
  const owner = await world.tenant();
  const other = await world.tenant();
  const { body } = await world.submit(owner.token);
  await world.idle();
  const jobId = body.request_id;
  const cold = await isolate(world, jobId);

  world.runcomfy.resetCalls();
  const missing = await cold.status(other.token, '00000000-0000-4000-8000-000000000000');
  for (const foreign of [
    await cold.status(other.token, jobId),
    await cold.result(other.token, jobId),
    await cold.cancel(other.token, jobId),
  ]) {
    expect(foreign.status).toBe(404);
    expect({ ...foreign.body, trace_id: '' }).toEqual({ ...missing.body, trace_id: '' });
  }
  expect(world.runcomfy.calls().counts).toMatchObject({ status: 0, result: 0, cancel: 0 });

  expect((await cold.status(owner.token, jobId)).body).toMatchObject({
    request_id: jobId,
    status: 'in_queue',
  });
  expect((await cold.result(owner.token, jobId)).body).toMatchObject({
    request_id: jobId,
    status: 'in_queue',
  });
  expect((await cold.cancel(owner.token, jobId)).body).toMatchObject({ outcome: 'cancelled' });
  await world.idle();
});

test('a warm poll asks no store: not D1, and KV once per isolate', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  const { kv, reads } = failingKv(env.OWNERS);
  const isolate = world.isolate({ OWNERS: kv });
  await isolate.status(token, body.request_id);
  const dead = new Proxy(env.DB, {
    get() {
      throw new Error('a warm poll asked D1');
    },
  });
  isolate.deps.db = dead;
  for (let poll = 0; poll < 5; poll += 1) {
    expect((await isolate.status(token, body.request_id)).status).toBe(200);
  }
  expect(reads.calls).toBe(1);
});

test('a poll that found its owner through D1 puts the copy back into KV', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  await emptyKv();
  await world.isolate().status(token, body.request_id);
  await world.idle();
  expect(await env.OWNERS.get(`job:${body.request_id}`)).not.toBeNull();
});

test('missing ids are remembered for seconds, so that guessing does not reach D1 each time', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { kv, reads } = failingKv(env.OWNERS);
  const isolate = world.isolate({ OWNERS: kv });
  const guess = '00000000-0000-4000-8000-000000000001';
  await isolate.status(token, guess);
  await isolate.status(token, guess);
  expect(reads.calls).toBe(1);
  world.clock.advance(5_000);
  await isolate.status(token, guess);
  expect(reads.calls).toBe(2);
});

/** RunComfy answers each submit with the id of the first one; gives that id. */
function answerOneId(world: World): () => string {
  let upstreamId = '';
  tapUpstream(world, async (response, request) => {
    if (request.method !== 'POST' || new URL(request.url).pathname.endsWith('/cancel')) {
      return response;
    }
    const body: any = await response.json();
    upstreamId ||= body.request_id;
    return Response.json({ ...body, request_id: upstreamId });
  });
  return () => upstreamId;
}

test('G1, G4: one request_id for two submits is one job: the second customer neither reads nor pays it', async ({
  expect,
}) => {
  const world = createWorld();
  const [first, second] = [await world.tenant(), await world.tenant()];
  const upstreamId = answerOneId(world);
  const one = await world.submit(first.token);
  await world.idle();
  const two = await world.submit(second.token);
  await world.idle();
  world.runcomfy.finish(upstreamId(), { as: 'succeeded', output: { image: 'of the first' } });
  for (const isolate of [world, world.isolate()]) {
    const foreign = await isolate.result(second.token, two.body.request_id);
    expect(foreign.body).toEqual({
      request_id: two.body.request_id,
      status: 'in_queue',
      created_at: new Date(world.clock.now()).toISOString(),
    });
    await world.idle();
  }
  const own = await world.result(first.token, one.body.request_id);
  expect(own.body).toMatchObject({ status: 'succeeded', output: { image: 'of the first' } });
  await world.idle();
  expect(await booksOf(first.id)).toMatchObject({ states: { succeeded: 1 }, balanceMicros: -250_000 });
  // Nobody knows what became of the second: it is given up in a day, and nothing is charged.
  for (let hour = 0; hour < 27; hour += 1) {
    world.clock.advance(3_600_000);
    await world.cron();
  }
  expect(await booksOf(second.id)).toMatchObject({ states: { lost: 1 }, heldMicros: 0, balanceMicros: 0 });
  expect(await differences(world)).toEqual([]);
});

/** A submit that gets the id of the first customer's job, which D1 does not have and KV has as provisional. */
async function givenAnothersId(world: World, token: string): Promise<string> {
  const { db, calls } = failingDb(env.DB);
  calls.match = "state = 'running'";
  calls.failure = 'before';
  const { status, body } = await world.isolate({ DB: db }).submit(token);
  await world.idle();
  if (status !== 200 || (await copyOf(body.request_id)).confirmed !== false) {
    throw new Error('KV was to have it');
  }
  return body.request_id;
}

const copyOf = async (id: string) => (await env.OWNERS.get<any>(`job:${id}`, 'json')) ?? {};

test("G1: whoever was given the id of another customer's job hears nothing of it and cannot cancel it", async ({
  expect,
}) => {
  const world = createWorld();
  const [first, second] = [await world.tenant(), await world.tenant()];
  const upstreamId = answerOneId(world);
  const one = await world.submit(first.token);
  await world.idle();
  const id = await givenAnothersId(world, second.token);
  world.runcomfy.resetCalls();
  for (const isolate of [world.isolate(), world.isolate()]) {
    const cancelled = await isolate.cancel(second.token, id);
    expect(cancelled.body).toMatchObject({ request_id: id, outcome: 'not_cancellable' });
    expect((await isolate.status(second.token, id)).body.status).toBe('in_queue');
    expect((await isolate.result(second.token, id)).body.status).toBe('in_queue');
  }
  expect(world.runcomfy.calls().counts).toMatchObject({ status: 0, result: 0, cancel: 0 });
  expect((await world.status(first.token, one.body.request_id)).body.status).not.toBe('cancelled');
  world.runcomfy.finish(upstreamId(), { as: 'succeeded', output: { image: 'of the first' } });
  for (const isolate of [world, world.isolate()]) {
    expect((await isolate.status(second.token, id)).body.status).toBe('in_queue');
    expect((await isolate.result(second.token, id)).body.status).toBe('in_queue');
  }
});

test('G1: nor while D1 does not answer', async ({ expect }) => {
  const world = createWorld();
  const [first, second] = [await world.tenant(), await world.tenant()];
  const upstreamId = answerOneId(world);
  await world.submit(first.token);
  await world.idle();
  const id = await givenAnothersId(world, second.token);
  world.runcomfy.finish(upstreamId(), { as: 'succeeded', output: { image: 'of the first' } });
  world.runcomfy.resetCalls();
  const { db, calls } = failingDb(env.DB);
  calls.match = 'FROM jobs';
  calls.failure = 'before';
  const isolate = world.isolate({ DB: db });
  for (const ask of [isolate.status, isolate.result, isolate.cancel]) {
    expect(await ask(second.token, id)).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
  }
  expect(world.runcomfy.calls().counts).toMatchObject({ status: 0, result: 0, cancel: 0 });
});

test('an id of another job is answered 502, and no copy says otherwise', async ({ expect }) => {
  const world = createWorld();
  const [first, second] = [await world.tenant(), await world.tenant()];
  answerOneId(world);
  await world.submit(first.token);
  await world.idle();
  const { kv, writes } = failingKv(env.OWNERS);
  const two = await world.isolate({ OWNERS: kv }).submit(second.token);
  await world.idle();
  expect(two).toMatchObject({ status: 502, body: { code: 'outcome_unknown' } });
  expect(writes.calls).toBe(0);
  expect((await world.isolate().status(second.token, two.body.request_id)).body.status).toBe('in_queue');
  const { request_id: job } = two.body;
  expect(world.logs).toContainEqual(expect.objectContaining({ event: 'upstream_id_twice', job }));
});

test('the copy is confirmed, and written once, where D1 is prompt', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { kv, writes } = failingKv(env.OWNERS);
  const { body } = await world.isolate({ OWNERS: kv }).submit(token);
  await world.idle();
  expect(writes.calls).toBe(1);
  expect(await copyOf(body.request_id)).toMatchObject({ confirmed: true });
});

test('D1 that takes over half a second: KV has a provisional copy by then, and it is not written again', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const isolate = slowIsolate(world, ({ text }) => (text.includes("state = 'running'") ? 'hang' : 'none'));
  const startMs = world.clock.now();
  const { status, body } = await isolate.wait(isolate.submit(token));
  expect({ status, ms: world.clock.now() - startMs }).toEqual({ status: 200, ms: 500 });
  await isolate.applyLate();
  await world.idle();
  expect((await booksOf(id)).states).toEqual({ running: 1 });
  expect(isolate.calls.filter(({ what }) => what === 'KV put')).toHaveLength(1);
  expect(await copyOf(body.request_id)).toMatchObject({ confirmed: false });
});

test('a copy that hangs is not written again once D1 has the id', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  let tries = 0;
  const isolate = slowIsolate(world, ({ what, text }) => {
    const isNote = text.includes("state = 'running'");
    tries += isNote ? 1 : 0;
    return what === 'KV put' || (isNote && tries === 1) ? 'hang' : 'none';
  });
  expect((await isolate.wait(isolate.submit(token))).status).toBe(200);
  await isolate.wait(world.idle());
  expect((await booksOf(id)).states).toEqual({ running: 1 });
  expect(isolate.calls.filter(({ what }) => what === 'KV put')).toHaveLength(1);
});

test('a poll brings the id of a provisional copy into D1 and confirms the copy', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  calls.match = "state = 'running'";
  calls.failure = 'before';
  const { body } = await world.isolate({ DB: db }).submit(token);
  await world.idle();
  expect(await copyOf(body.request_id)).toMatchObject({ confirmed: false });
  expect((await booksOf(id)).states).toEqual({ reserved: 1 });
  const isolate = world.isolate();
  expect((await isolate.cancel(token, body.request_id)).body.outcome).toBe('cancelled');
  await world.idle();
  expect((await booksOf(id)).states).toEqual({ cancelled: 1 });
  expect(await copyOf(body.request_id)).toMatchObject({ confirmed: true });
});

/** An isolate in whose way another call takes the id of a provisional copy first. */
function overtaken(world: World, by: (other: Isolate) => Promise<unknown>): Isolate {
  let isOvertaken = false;
  const DB = guardedDb(env.DB, async ({ text }, run) => {
    if (!isOvertaken && text.includes("state = 'running'")) {
      isOvertaken = true;
      await by(world.isolate());
    }
    return run();
  });
  return world.isolate({ DB });
}

test('a cancel that a poll overtakes while both bring the id into D1 cancels the job', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  calls.match = "state = 'running'";
  calls.failure = 'before';
  const { body } = await world.isolate({ DB: db }).submit(token);
  await world.idle();
  const isolate = overtaken(world, (other) => other.status(token, body.request_id));
  expect((await isolate.cancel(token, body.request_id)).body.outcome).toBe('cancelled');
  await world.idle();
  expect(await booksOf(id)).toMatchObject({ states: { cancelled: 1 }, heldMicros: 0 });
});

test('a retry that a poll overtakes while both bring the id into D1 gets the first 200', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  calls.match = "state = 'running'";
  calls.failure = 'before';
  const post = (by: Isolate) =>
    by.call(`/v1/models/${TEXT_TO_VIDEO}`, {
      method: 'POST',
      token,
      body: PROMPT,
      headers: { 'Idempotency-Key': 'k' },
    });
  const first = await post(world.isolate({ DB: db }));
  await world.idle();
  await env.DB.prepare("UPDATE jobs SET state = 'unconfirmed' WHERE customer_id = ?1").bind(id).run();
  const isolate = overtaken(world, (other) => other.status(token, first.body.request_id));
  expect(await post(isolate)).toMatchObject({ status: 200, body: first.body });
  expect(world.runcomfy.calls().counts.submit).toBe(1);
});

test('a foreign poll brings nothing into D1', async ({ expect }) => {
  const world = createWorld();
  const [owner, other] = [await world.tenant(), await world.tenant()];
  const { db, calls } = failingDb(env.DB);
  calls.match = "state = 'running'";
  calls.failure = 'before';
  const { body } = await world.isolate({ DB: db }).submit(owner.token);
  await world.idle();
  expect((await world.isolate().status(other.token, body.request_id)).status).toBe(404);
  expect((await booksOf(owner.id)).states).toEqual({ reserved: 1 });
});

test('a copy that does not say that it is confirmed answers only after the row was read', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  const { confirmed: _confirmed, ...old } = await copyOf(body.request_id);
  await env.OWNERS.put(`job:${body.request_id}`, JSON.stringify({ ...old, upstream: 'another-id' }));
  expect((await world.isolate().status(token, body.request_id)).body.status).toBe('in_queue');
  await world.idle();
  expect(await copyOf(body.request_id)).toMatchObject({ confirmed: true, upstream: old.upstream });
});

test('a copy that KV does not take is no failure of the poll', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  await emptyKv();
  const { kv, writes } = failingKv(env.OWNERS);
  writes.failure = 'before';
  expect((await world.isolate({ OWNERS: kv }).status(token, body.request_id)).status).toBe(200);
  await world.idle();
  expect(world.logs.filter(({ level }) => level === 'error')).toEqual([]);
  expect(world.logs).toContainEqual(expect.objectContaining({ event: 'kv_write_failed' }));
});
