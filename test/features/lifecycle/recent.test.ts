// A recent answer of RunComfy is repeated to callers with access, for a second at most while the job runs.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { readSettings } from '../../../src/env.ts';
import { serve } from '../../support/network.ts';
import { failingDb } from '../../support/stores.ts';
import { tapUpstream } from '../../support/upstream.ts';
import { createWorld, type Isolate, type Tenant, type World } from '../../support/world.ts';

type Watched = { world: World; tenant: Tenant; id: string; upstreamId: string; reads: () => number };

/** A running job, and how often RunComfy is asked about it. */
async function watched(): Promise<Watched> {
  const world = createWorld();
  const tenant = await world.tenant();
  const { body } = await world.submit(tenant.token);
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs.at(-1)!.id;
  const sent = tapUpstream(world);
  return { world, tenant, id: body.request_id, upstreamId, reads: () => sent.length };
}

test('a poll within a second of the last answer asks nobody; after that RunComfy is asked again', async ({
  expect,
}) => {
  const { world, tenant, id, upstreamId, reads } = await watched();
  const first = await world.status(tenant.token, id);
  expect(reads()).toBe(1);
  world.runcomfy.finish(upstreamId, { as: 'succeeded' });
  world.clock.advance(999);
  expect((await world.status(tenant.token, id)).body).toEqual(first.body);
  expect((await world.result(tenant.token, id)).body).toMatchObject({
    request_id: id,
    status: first.body.status,
  });
  expect(reads()).toBe(1);
  world.clock.advance(1);
  expect((await world.status(tenant.token, id)).body.status).toBe('completed');
  expect(reads()).toBeGreaterThan(1);
});

test('an answer from memory keeps its second: asking again does not prolong it', async ({ expect }) => {
  const { world, tenant, id, reads } = await watched();
  for (let tries = 0; tries < 5; tries += 1) {
    await world.status(tenant.token, id);
    world.clock.advance(400);
  }
  // Asked at 0, 1.2 s; the others lie within a second of one of these.
  expect(reads()).toBe(2);
});

test('memory does not answer callers without access', async ({ expect }) => {
  const { world, tenant, id, reads } = await watched();
  const other = await world.tenant();
  await world.status(tenant.token, id);
  expect((await world.status(other.token, id)).status).toBe(404);
  expect((await world.status('cg_garbage', id)).status).toBe(401);
  await world.admin('DELETE', `/admin/keys/${tenant.keyId}`);
  expect((await world.status(tenant.token, id)).status).toBe(401);
  expect(reads()).toBe(1);
});

test('other isolates ask for themselves, and so does one whose setting is 0', async ({ expect }) => {
  const { world, tenant, id, reads } = await watched();
  const poll = (isolate: Isolate) => isolate.status(tenant.token, id);
  const never = world.isolate({ POLL_MAX_AGE_MS: '0' });
  for (const isolate of [world, world.isolate(), never, never]) {
    await poll(isolate);
  }
  expect(reads()).toBe(4);
});

test.for(['1001', '-1', '0.5', 'x'])('POLL_MAX_AGE_MS = %s is refused', (value, { expect }) => {
  const { usable, mistakes } = readSettings({
    RUNCOMFY_BASE_URL: 'https://runcomfy.test',
    RUNCOMFY_ACCOUNT_URL: 'https://runcomfy.test',
    POLL_MAX_AGE_MS: value,
  });
  expect(usable).toBe(false);
  expect(mistakes).toContain('POLL_MAX_AGE_MS: must be a whole number from 0 to 1000');
});

test('a cancel clears the memory: the next poll asks RunComfy', async ({ expect }) => {
  const { world, tenant, id } = await watched();
  expect((await world.status(tenant.token, id)).body.status).toBe('in_queue');
  expect((await world.cancel(tenant.token, id)).body.outcome).toBe('cancelled');
  expect((await world.status(tenant.token, id)).body.status).toBe('cancelled');
});

/** Holds RunComfy's answer to the next status poll until it is let go. */
function holdStatus(world: World): { isHeld: Promise<void>; letGo: () => void } {
  const held = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  let isFirst = true;
  tapUpstream(world, async (response, request) => {
    if (request.url.endsWith('/status') && isFirst) {
      isFirst = false;
      reached.resolve();
      await held.promise;
    }
    return response;
  });
  return { isHeld: reached.promise, letGo: held.resolve };
}

/** Keeps the next status poll from reaching RunComfy until it is let go. */
function sendLate(world: World): { isReached: Promise<void>; letGo: () => void } {
  const held = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  let isFirst = true;
  serve(new URL(world.deps.settings.runcomfyOrigin).host, async (request) => {
    if (isFirst) {
      isFirst = false;
      reached.resolve();
      await held.promise;
    }
    return world.runcomfy.fetch(request);
  });
  return { isReached: reached.promise, letGo: held.resolve };
}

test('a poll that was under way during a cancel is not kept', async ({ expect }) => {
  const { world, tenant, id } = await watched();
  const { isHeld, letGo } = holdStatus(world);
  const slow = world.status(tenant.token, id);
  await isHeld;
  await world.cancel(tenant.token, id);
  letGo();
  expect((await slow).body.status).toBe('in_queue');
  expect((await world.status(tenant.token, id)).body.status).toBe('cancelled');
});

test('after /result shows the end, a slower /status does not revert it', async ({ expect }) => {
  const { world, tenant, id, upstreamId } = await watched();
  const { db, calls } = failingDb(env.DB);
  const isolate = world.isolate({ DB: db });
  const { isHeld, letGo } = holdStatus(world);
  const slow = isolate.status(tenant.token, id);
  await isHeld;
  world.runcomfy.finish(upstreamId, { as: 'succeeded' });
  // The end cannot be settled, so the isolate knows it from this answer alone.
  Object.assign(calls, { match: 'UPDATE jobs SET state', failure: 'before' });
  expect((await isolate.result(tenant.token, id)).body.status).toBe('succeeded');
  letGo();
  await slow;
  expect((await isolate.status(tenant.token, id)).body.status).toBe('completed');
});

test('after /status has told of the end, a /result that is not ready does not take it back', async ({
  expect,
}) => {
  const { world, tenant, id, upstreamId } = await watched();
  const { call } = world.deps.upstream;
  let early: Awaited<ReturnType<typeof call>> | null = null;
  let isSilent = false;
  world.deps.upstream = {
    async call(asked) {
      if (asked.path.includes('/result')) {
        return (early ??= await call(asked));
      }
      return isSilent ? { kind: 'silent', timedOut: false } : call(asked);
    },
  };
  expect((await world.result(tenant.token, id)).body.status).toBe('in_queue');
  world.runcomfy.finish(upstreamId, { as: 'succeeded' });
  world.clock.advance(1000);
  expect((await world.status(tenant.token, id)).body.status).toBe('completed');
  await world.idle();
  expect((await world.result(tenant.token, id)).body.status).toBe('in_queue');
  isSilent = true;
  expect((await world.status(tenant.token, id)).body.status).toBe('completed');
});

test('an end that crosses another poll is not taken back by it', async ({ expect }) => {
  const { world, tenant, id, upstreamId } = await watched();
  const { db, calls } = failingDb(env.DB);
  const isolate = world.isolate({ DB: db });
  const { isReached, letGo } = sendLate(world);
  const late = isolate.status(tenant.token, id);
  await isReached;
  await isolate.status(tenant.token, id);
  world.runcomfy.finish(upstreamId, { as: 'succeeded' });
  Object.assign(calls, { match: 'UPDATE jobs SET state', failure: 'before' });
  letGo();
  expect((await late).body.status).toBe('completed');
  expect((await isolate.status(tenant.token, id)).body.status).toBe('completed');
  expect((await isolate.result(tenant.token, id)).body.status).toBe('succeeded');
});

test('a result too large to keep is asked for, whatever was said of the job a moment before its end', async ({
  expect,
}) => {
  const { world, tenant, id, upstreamId } = await watched();
  await world.status(tenant.token, id);
  const output = { text: 'x'.repeat(40_000) };
  world.runcomfy.finish(upstreamId, { as: 'succeeded', output });
  await env.DB.prepare('UPDATE jobs SET check_at_ms = 1 WHERE id = ?1').bind(id).run();
  await world.cron();
  // What the cron learns is in the books: the isolate asks anew once its second is over.
  world.clock.advance(1000);
  expect((await world.status(tenant.token, id)).body.status).toBe('completed');
  const { body } = await world.result(tenant.token, id);
  expect([body.status, body.output?.text.length]).toEqual(['succeeded', 40_000]);
});

test('what /result says of a waiting job does not stand in for its place in the queue', async ({
  expect,
}) => {
  const { world, tenant, id } = await watched();
  const { body } = await world.isolate().status(tenant.token, id);
  expect(body.queue_position).toEqual(expect.any(Number));
  await world.result(tenant.token, id);
  expect((await world.status(tenant.token, id)).body).toEqual(body);
});
