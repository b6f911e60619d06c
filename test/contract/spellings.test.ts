// Parameters, paths and members as public programs write and read them.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { createWorld, PROMPT, TEXT_TO_VIDEO } from '../support/world.ts';

test('a queued or running job says when it was submitted, whichever store knows it', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  const createdAt = new Date(world.clock.now()).toISOString();
  await world.idle();
  const id = body.request_id;
  for (const hold of ['in_queue', 'in_progress'] as const) {
    world.runcomfy.settings({ hold });
    world.clock.advance(60_000);
    const fromMemory = await world.result(token, id);
    const fromKv = await world.isolate().result(token, id);
    await env.OWNERS.delete(`job:${id}`);
    const fromD1 = await world.isolate().result(token, id);
    for (const { status, body: shown } of [fromMemory, fromKv, fromD1]) {
      expect({ status, shown }).toEqual({
        status: 200,
        shown: { request_id: id, status: hold, created_at: createdAt },
      });
    }
    await world.idle();
  }
});

test('a job whose submit nobody confirmed says when it was submitted', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' } });
  const { body } = await world.submit(token);
  await world.idle();
  const createdAt = new Date(world.clock.now()).toISOString();
  expect((await world.result(token, body.request_id)).body).toEqual({
    request_id: body.request_id,
    status: 'in_queue',
    created_at: createdAt,
  });
});

test.for([
  ['true', true],
  ['True', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['False', false],
  ['0', false],
  ['no', false],
  ['', false],
  ['maybe', false],
] as const)('include_cost=%s shows the cost: %s', async ([word, isShown], { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, { as: 'succeeded' });
  const path = `/v1/requests/${body.request_id}/result?include_cost=${word}`;
  expect('cost' in (await world.call(path, { token })).body).toBe(isShown);
});

test.for(['https://gate.test/', 'https://gate.test//'])(
  'a program whose base URL is %s submits, polls and lists models without a redirect',
  async (base, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    const get = (path: string) => world.call(`${base}${path}`, { token });
    expect((await get('/v1/models')).body.total).toBeGreaterThan(0);
    expect((await get('/v1/models/')).body.total).toBeGreaterThan(0);
    expect((await get('/v1/models/categories/')).body.categories).toContain('text-to-video');
    expect((await get(`/v1/models/${TEXT_TO_VIDEO}/`)).body.model_id).toBe(TEXT_TO_VIDEO);
    expect((await get('/prod/v2/balance/')).body.currency).toBe('USD');
    for (const path of [`/v1/models/${TEXT_TO_VIDEO}`, `v1//models/${TEXT_TO_VIDEO}/`]) {
      const submitted = await world.call(`${base}${path}`, { method: 'POST', token, body: PROMPT });
      await world.idle();
      const id = submitted.body.request_id;
      expect(submitted.body.status_url).toBe(`https://gate.test/v1/requests/${id}/status`);
      expect((await get(`/v1/requests/${id}/status/`)).body).toMatchObject({
        request_id: id,
        status: 'in_queue',
      });
      expect((await get(`/v1/requests//${id}/result`)).body).toMatchObject({ request_id: id });
      const cancelled = await world.call(`${base}v1/requests/${id}//cancel/`, { method: 'POST', token });
      expect(cancelled).toMatchObject({ status: 202, body: { outcome: 'cancelled' } });
    }
  },
);
