// A renamed model lives on under its old id: who asks for that gets the model behind it, and hears the old id only.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { expectRefusal } from '../../support/problem.ts';
import { tapUpstream } from '../../support/upstream.ts';
import { booksOf } from '../../support/books.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

const OLD = 'bytedance/dreamina-old/text-to-video';

async function renamed(): Promise<World> {
  const world = createWorld();
  const { status } = await world.admin('PUT', `/admin/models/${OLD}`, { alias_of: TEXT_TO_VIDEO });
  if (status >= 300) {
    throw new Error(`no alias: ${status}`);
  }
  return world;
}

test('an old id is submitted as the new one, and every answer echoes the old one', async ({ expect }) => {
  const world = await renamed();
  const sent = tapUpstream(world);
  world.runcomfy.settings({ echo_input: true });
  const { id, token } = await world.tenant();
  const { status, body } = await world.submit(token, PROMPT, OLD);
  expect(status).toBe(200);
  expect(sent.filter(({ method }) => method === 'POST').map(({ url }) => new URL(url).pathname)).toEqual([
    `/v1/models/${TEXT_TO_VIDEO}`,
  ]);
  await world.idle();
  world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, { as: 'succeeded' });
  const path = `/v1/requests/${body.request_id}/result?include_cost=true`;
  // This isolate, one that knows the job from KV, and one that has to ask D1; then all from what is stored.
  const fromKv = world.isolate();
  for (const isolate of [world, fromKv]) {
    const result = await isolate.call(path, { token });
    expect(result.body).toMatchObject({ status: 'succeeded', model_id: OLD, cost: 0.25 });
  }
  await world.idle();
  await env.OWNERS.delete(`job:${body.request_id}`);
  expect((await world.isolate().call(path, { token })).body.model_id).toBe(OLD);
  expect((await world.call(path, { token })).body.model_id).toBe(OLD);
  expect(await booksOf(id)).toMatchObject({ states: { succeeded: 1 }, balanceMicros: -250_000 });
  const { items } = (await world.admin('GET', `/admin/jobs?customer=${id}`)).body;
  expect(items[0]).toMatchObject({ model_id: OLD });
});

test('an alias has the schema and the price of its model, and is in no list', async ({ expect }) => {
  const world = await renamed();
  const { token } = await world.tenant({ markup: 2 });
  const [old, current] = await Promise.all([
    world.call(`/v1/models/${OLD}`, { token }),
    world.call(`/v1/models/${TEXT_TO_VIDEO}`, { token }),
  ]);
  expect(old.body).toEqual({ ...current.body, model_id: OLD });
  expect(old.body.base_price_usd).toBe(0.1);
  const { body } = await world.call('/v1/models?search=dreamina-old', { token });
  expect(body).toMatchObject({ models: [], total: 0 });
  const refused = await world.submit(token, { prompt: 1 }, OLD);
  expectRefusal(expect, refused, {
    status: 422,
    code: 'invalid_input',
    errorCode: 422001,
    detail: /\w/,
    also: ['errors'],
  });
  const estimate = await world.call(`/v1/estimate/${OLD}`, { method: 'POST', token, body: PROMPT });
  expect(estimate.body).toMatchObject({ model_id: OLD, amount_usd: 0.5 });
});

test('a key that may use either id may use the alias, one that may use neither may not', async ({
  expect,
}) => {
  const world = await renamed();
  for (const [models, status] of [
    [[OLD], 200],
    [[TEXT_TO_VIDEO], 200],
    [['other/model'], 403],
  ] as const) {
    const { token } = await world.tenant({}, { models });
    expect((await world.submit(token, PROMPT, OLD)).status).toBe(status);
  }
  const { token } = await world.tenant({}, { models: [OLD] });
  expect((await world.submit(token, PROMPT)).status).toBe(403);
});

test('a price of the customer’s own holds for the id that was asked, else for the model behind it', async ({
  expect,
}) => {
  const world = await renamed();
  const { id, token } = await world.tenant();
  const price = async (model: string, usd: number) =>
    world.admin('PUT', `/admin/customers/${id}/prices/${model}`, { usd });
  const asked = async () => (await world.isolate().call(`/v1/models/${OLD}`, { token })).body.base_price_usd;
  await price(TEXT_TO_VIDEO, 0.03);
  expect(await asked()).toBe(0.03);
  await price(OLD, 0.02);
  expect(await asked()).toBe(0.02);
});

test('an alias is gone when its model or itself is not offered', async ({ expect }) => {
  const world = await renamed();
  const { token } = await world.tenant();
  await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, { offered: false });
  expectRefusal(expect, await world.submit(token, PROMPT, OLD), {
    status: 404,
    code: 'unknown_model',
    errorCode: 400001,
    detail: /GET \/v1\/models/,
  });
  await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, { offered: true });
  await world.admin('PATCH', `/admin/models/${OLD}`, { offered: false });
  expectRefusal(expect, await world.submit(token, PROMPT, OLD), {
    status: 404,
    code: 'unknown_model',
    errorCode: 400001,
    detail: /GET \/v1\/models/,
  });
  // Naming its model puts an id that had been withdrawn back on sale.
  await world.admin('PATCH', `/admin/models/${OLD}`, { alias_of: TEXT_TO_VIDEO });
  expect((await world.submit(token, PROMPT, OLD)).status).toBe(200);
});

const wrong: [name: string, alias: unknown][] = [
  ['itself', OLD],
  ['a model that is not there', 'no/such/model'],
  ['another alias', 'bytedance/dreamina-older/text-to-video'],
  ['no model id', '../admin'],
];

test.for(wrong)('an alias of %s is refused', async ([, alias_of], { expect }) => {
  const world = await renamed();
  await world.admin('PUT', '/admin/models/bytedance/dreamina-older/text-to-video', {
    alias_of: TEXT_TO_VIDEO,
  });
  const reply = await world.admin('PATCH', `/admin/models/${OLD}`, { alias_of });
  expect(reply).toMatchObject({ status: 422, body: { errors: [{ path: 'alias_of' }] } });
});

test('a model that others are aliases of does not become an alias itself', async ({ expect }) => {
  const world = await renamed();
  await world.admin('PUT', '/admin/models/a/newer', { input_schema: { type: 'object' } });
  const reply = await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, { alias_of: 'a/newer' });
  expect(reply).toMatchObject({ status: 422, body: { errors: [{ path: 'alias_of' }] } });
});
