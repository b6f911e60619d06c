// Plans in the gate: limits, mark-up and models of a plan hold for all of its customers, and a change of the plan with the
// next submit of each, whatever an isolate remembers.
//
// What can cross:
// - An isolate read the caller before the plan changed, and asks the gate after: the gate compares the terms, writes
//   nothing, and the submit reads the caller again and is judged anew.
// - The plan changes a second time in between: the same again.
// - The plan changes while media are looked at, or between the gate and the POST: the job was admitted, and keeps its price.
// - A customer joins a plan while it is deleted: each statement asks for the other, so one of the two is refused.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { booksOf, differences } from '../support/books.ts';
import { browserToken } from '../support/browser-token.ts';
import { PICTURE, upload } from '../support/upload.ts';
import { createWorld, IMAGE_TO_VIDEO, TEXT_TO_VIDEO, type World } from '../support/world.ts';

let plans = 0;

async function plan(world: World, fields: object): Promise<string> {
  plans += 1;
  return (await world.admin('POST', '/admin/plans', { name: `p${plans}`, ...fields })).body.id;
}

const change = (world: World, id: string, patch: object) =>
  world.isolate().admin('PATCH', `/admin/plans/${id}`, patch);

/** The hold of the newest job of a customer, and its mark-up. */
async function newest(customer: string): Promise<{ hold_micros: number; markup_e4: number } | null> {
  return env.DB.prepare(
    'SELECT hold_micros, markup_e4 FROM jobs WHERE customer_id = ?1 ORDER BY created_at_ms DESC LIMIT 1',
  )
    .bind(customer)
    .first();
}

test('a limit of the plan holds in the gate, the customer’s own before it, in minting and in reports too', async ({
  expect,
}) => {
  const world = createWorld();
  const id = await plan(world, { limits: { requests_per_day: 1, tokens_per_minute: 1 } });
  const planned = await world.tenant({ plan: id });
  const own = await world.tenant({ plan: id, limits: { requests_per_day: 2 } });
  expect((await world.submit(planned.token)).status).toBe(200);
  expect((await world.submit(planned.token)).body).toMatchObject({
    code: 'request_limit',
    limit: { scope: 'customer', name: 'requests_per_day', max: 1, used: 1 },
  });
  expect((await world.submit(own.token)).status).toBe(200);
  expect((await world.submit(own.token)).status).toBe(200);
  expect((await world.submit(own.token)).body.limit).toMatchObject({ max: 2 });
  await browserToken(world, planned);
  const minted = await world.call('/v1/tokens', {
    method: 'POST',
    token: planned.token,
    body: { models: [TEXT_TO_VIDEO] },
  });
  expect(minted.body.limit).toMatchObject({ name: 'tokens_per_minute', max: 1 });
  const { body } = await world.admin('GET', `/admin/customers/${planned.id}/limits`);
  expect(body.limits).toContainEqual(expect.objectContaining({ name: 'requests_per_day', max: 1, used: 1 }));
});

test('the limit of files of a plan holds for uploads, and the list of customers shows how full it is', async ({
  expect,
}) => {
  const world = createWorld();
  const id = await plan(world, { limits: { files_bytes: PICTURE.length, requests_per_day: 7 } });
  const planned = await world.tenant({ plan: id });
  const own = await world.tenant({ plan: id, limits: { files_bytes: 0 } });
  expect((await upload(world, PICTURE, planned)).status).toBe(201);
  expect((await upload(world, PICTURE, planned)).body).toMatchObject({
    code: 'files_limit',
    limit: { scope: 'customer', name: 'files_bytes', max: PICTURE.length, used: PICTURE.length },
  });
  expect((await upload(world, PICTURE, own)).status).toBe(429);
  await change(world, id, { limits: { files_bytes: 2 * PICTURE.length } });
  expect((await upload(world, PICTURE, planned)).status).toBe(201);
  const { body } = await world.admin('GET', `/admin/customers?id=${planned.id}&with=limits`);
  expect(body.items[0].limit_use).toContainEqual(
    expect.objectContaining({ name: 'requests_per_day', max: 7, used: 0 }),
  );
});

test('a change of limits holds for all customers of the plan with the next submit, in every isolate', async ({
  expect,
}) => {
  const world = createWorld();
  const id = await plan(world, { limits: { requests_per_day: 0 } });
  const tenants = [await world.tenant({ plan: id }), await world.tenant({ plan: id })];
  for (const { token } of tenants) {
    expect((await world.submit(token)).status).toBe(429);
  }
  await change(world, id, { limits: { requests_per_day: 1 } });
  for (const { token } of tenants) {
    expect((await world.submit(token)).status).toBe(200);
    expect((await world.submit(token)).status).toBe(429);
  }
});

test('a change of the mark-up prices the next submit, where an isolate still remembers the old one', async ({
  expect,
}) => {
  const world = createWorld();
  const id = await plan(world, { markup: 2 });
  const planned = await world.tenant({ plan: id });
  const own = await world.tenant({ plan: id, markup: 3 });
  const { token: page } = await browserToken(world, planned);
  for (const token of [planned.token, own.token, page]) {
    expect((await world.submit(token)).status).toBe(200);
  }
  const before = await newest(planned.id);
  expect(before?.markup_e4).toBe(20_000);
  await change(world, id, { markup: 4 });
  for (const token of [planned.token, page]) {
    world.clock.advance(1);
    expect((await world.submit(token)).status).toBe(200);
    expect(await newest(planned.id)).toEqual({ hold_micros: 2 * before!.hold_micros, markup_e4: 40_000 });
  }
  world.clock.advance(1);
  expect((await world.submit(own.token)).status).toBe(200);
  expect((await newest(own.id))?.markup_e4).toBe(30_000);
  // The same for a customer whose own mark-up is changed elsewhere.
  await world.isolate().admin('PATCH', `/admin/customers/${own.id}`, { markup: 5 });
  world.clock.advance(1);
  expect((await world.submit(own.token)).status).toBe(200);
  expect((await newest(own.id))?.markup_e4).toBe(50_000);
  expect(await booksOf(planned.id)).toMatchObject({ jobs: 4, holds: 4 });
  await world.idle();
  expect(world.runcomfy.calls().counts.submit).toBe(7);
  expect(await differences(world)).toEqual([]);
});

test('a model that the plan loses is refused with the next submit, and nothing is sent or held', async ({
  expect,
}) => {
  const world = createWorld();
  const id = await plan(world, { models: ['bytedance/*'] });
  const wide = await world.tenant({ plan: id });
  const narrow = await world.tenant({ plan: id }, { models: [TEXT_TO_VIDEO] });
  for (const { token } of [wide, narrow]) {
    expect((await world.submit(token)).status).toBe(200);
  }
  await change(world, id, { models: [IMAGE_TO_VIDEO] });
  for (const { id: customer, token } of [wide, narrow]) {
    expect((await world.submit(token)).body).toMatchObject({ status: 403, code: 'model_not_allowed' });
    expect(await booksOf(customer)).toMatchObject({ jobs: 1, holds: 1 });
  }
  await world.idle();
  expect(world.runcomfy.calls().counts.submit).toBe(2);
  const { body } = await world.call('/v1/key', { token: narrow.token });
  expect(body.models).toEqual([]);
  // This isolate refuses by what it remembers, for 10 s at most: only what a plan takes away reaches the gate.
  await change(world, id, { models: null });
  world.clock.advance(10_000);
  expect((await world.submit(narrow.token)).status).toBe(200);
});

test('terms that change again and again, and a customer who is suspended meanwhile', async ({ expect }) => {
  const world = createWorld();
  const id = await plan(world, { markup: 2 });
  const tenant = await world.tenant({ plan: id });
  const isolates = [world, world.isolate(), world.isolate()];
  for (const isolate of isolates) {
    await isolate.submit(tenant.token);
  }
  const markups = [3, 4, 5, 6, 7];
  const [replies] = await Promise.all([
    Promise.all(isolates.flatMap((isolate) => markups.map(() => isolate.submit(tenant.token)))),
    (async () => {
      for (const markup of markups) {
        await change(world, id, { markup });
      }
    })(),
  ]);
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
  await change(world, id, { markup: 8 });
  await world.isolate().admin('PATCH', `/admin/customers/${tenant.id}`, { status: 'suspended' });
  expect((await world.submit(tenant.token)).body.code).toBe('customer_suspended');
  await world.idle();
  expect(await differences(world)).toEqual([]);
});

test('a customer joins a plan while it is deleted: one of the two is refused', async ({ expect }) => {
  const world = createWorld();
  for (let round = 0; round < 5; round += 1) {
    const id = await plan(world, {});
    const customer = await world.customer();
    const [joined, deleted] = await Promise.all([
      world.admin('PATCH', `/admin/customers/${customer.id}`, { plan: id }),
      world.isolate().admin('DELETE', `/admin/plans/${id}`),
    ]);
    expect([
      [200, 409],
      [422, 204],
    ]).toContainEqual([joined.status, deleted.status]);
  }
});
