// POST /v1/estimate/{model_id}: the cost of a submit, computed without writing, sending or spending anything.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { auditOf } from '../../support/audit.ts';
import { booksOf, differences } from '../../support/books.ts';
import { dumpD1, dumpKv } from '../../support/dump.ts';
import { expectRefusal, type Refusal } from '../../support/problem.ts';
import {
  createWorld,
  IMAGE_TO_VIDEO,
  PROMPT,
  TEXT_TO_VIDEO,
  type Reply,
  type World,
} from '../../support/world.ts';

const SCHEMA = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt: { type: 'string', maxLength: 20 },
    seconds: { type: ['integer', 'string'], enum: ['auto', 4, 8, 12], default: 'auto' },
    size: { type: 'string', enum: ['s', 'l'], default: 's' },
    end: { type: 'integer', minimum: 1 },
  },
};
/** One that the simulated RunComfy has too; inputs that it does not know are no matter to it. */
const FLUX = 'blackforestlabs/flux-3/text-to-video';
const PRICE = { usd: 0.1, unit: 'second', quantity: 'seconds', factors: { size: { s: 1, l: 1.5 } } };

type Asked = { input?: unknown; model?: string };

function estimate(world: World, token: string | null, { input = PROMPT, model = TEXT_TO_VIDEO }: Asked = {}) {
  return world.call(`/v1/estimate/${model}`, { method: 'POST', token, body: input });
}

/** An answer without the id of the call. */
function told({ status, body: { trace_id: _traceId, ...rest } }: Reply): unknown {
  return { status, rest };
}

/** Puts the model on sale with this price and charge. */
async function offer(world: World, id: string, fields: object): Promise<string> {
  const { status, body } = await world.admin('PUT', `/admin/models/${id}`, {
    input_schema: SCHEMA,
    ...fields,
  });
  if (status > 201) {
    throw new Error(JSON.stringify(body));
  }
  return id;
}

async function everything(world: World): Promise<unknown> {
  return { d1: await dumpD1(), kv: await dumpKv(), calls: world.runcomfy.calls() };
}

/** The answer, and the proof that asking left no trace but the note of the key's use: no row, no key, no call. */
async function silently(
  world: World,
  ask: () => Promise<Reply>,
): Promise<Reply & { left: unknown; before: unknown }> {
  await world.idle();
  world.runcomfy.resetCalls();
  await env.DB.prepare('UPDATE keys SET last_used_at_ms = ?1').bind(world.clock.now()).run();
  const before = await everything(world);
  const reply = await ask();
  await world.idle();
  return { ...reply, before, left: await everything(world) };
}

test('exact: what is certain, in one amount; nothing is written, sent or counted', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant({ prepaid: true, limits: { requests_per_day: 1 } });
  const input = { ...PROMPT, frames: 241 };
  const { status, body, headers, left, before } = await silently(world, () =>
    estimate(world, token, { input }),
  );
  expect({ status, body }).toEqual({
    status: 200,
    body: { model_id: TEXT_TO_VIDEO, estimate: 'exact', amount_usd: 0.5, currency: 'USD' },
  });
  expect(left).toEqual(before);
  expect([...headers.keys()].filter((name) => name.startsWith('ratelimit'))).toEqual([]);
  // Neither the empty balance nor the one request a day stands in the way of asking, however often.
  for (let n = 0; n < 5; n += 1) {
    expect((await estimate(world, token)).body).toMatchObject({ estimate: 'exact', amount_usd: 0.25 });
  }
});

test('range: what is left to RunComfy, from the least to what is reserved', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const model = await offer(world, FLUX, { price: PRICE });
  const ask = async (input: object) =>
    (await estimate(world, token, { input: { ...PROMPT, ...input }, model })).body;
  const range = { model_id: model, estimate: 'range', min_usd: 0.4, max_usd: 1.2, currency: 'USD' };
  const large = { ...range, min_usd: 0.6, max_usd: 1.8 };
  const input = { prompt: 'x' };
  const { body, left, before } = await silently(world, () => estimate(world, token, { input, model }));
  expect(body).toEqual(range);
  expect(left).toEqual(before);
  expect(await ask({ prompt: 'x', seconds: 'auto' })).toEqual(range);
  expect(await ask({ prompt: 'x', size: 'l' })).toEqual(large);
  expect(await ask({ prompt: 'x', size: 'l', seconds: 8 })).toEqual({
    model_id: model,
    estimate: 'exact',
    amount_usd: 1.2,
    currency: 'USD',
  });
  // The maximum is what a submit reserves, and by the estimate it is what a success costs.
  const submitted = await world.submit(token, { prompt: 'x', size: 'l' }, model);
  expect(submitted.status).toBe(200);
  expect(await booksOf(id)).toMatchObject({ heldMicros: 1_800_000 });
});

test('charged by cost: from nothing to the hold where the estimate is certain, else from the least', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ markup: 2 });
  const price = { ...PRICE, hold_factor: 1.25 };
  const model = await offer(world, FLUX, { price, charge: 'cost' });
  const input = { prompt: 'x', seconds: 8 };
  const { body, left, before } = await silently(world, () => estimate(world, token, { input, model }));
  expect(body).toEqual({ model_id: model, estimate: 'range', min_usd: 0, max_usd: 2, currency: 'USD' });
  expect(left).toEqual(before);
  expect((await estimate(world, token, { input: { prompt: 'x' }, model })).body).toMatchObject({
    min_usd: 0.8,
    max_usd: 3,
  });
  const { request_id } = (await world.submit(token, input, model)).body;
  await world.idle();
  expect(await booksOf(id)).toMatchObject({ heldMicros: 2_000_000 });
  world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, { as: 'succeeded', cost_usd: 0.7 });
  expect((await world.call(`/v1/requests/${request_id}/result?include_cost=true`, { token })).body.cost).toBe(
    1.4,
  );
  await world.idle();
  expect(await booksOf(id)).toMatchObject({ heldMicros: 0, balanceMicros: -1_400_000 });
});

const unpriced: { what: string; fields: object; input: object; reason: RegExp }[] = [
  { what: 'no price', fields: {}, input: { prompt: 'x' }, reason: /no price/ },
  {
    what: 'a quantity that nobody can tell',
    fields: { price: { usd: 1, unit: 'second', quantity: 'end' } },
    input: { prompt: 'x' },
    reason: /quantity/,
  },
  {
    what: 'more than one job may cost',
    fields: { price: { usd: 1_000_000, unit: 'second', quantity: 'end' } },
    input: { prompt: 'x', end: 2 },
    reason: /beyond/,
  },
];

test.for(unpriced)(
  'unknown: $what; no amount at all, least of all 0',
  async ({ what, fields, input, reason }, { expect }) => {
    const world = createWorld();
    const { id, token } = await world.tenant();
    const model = await offer(world, `estimate/unknown/${what.length}`, fields);
    const { status, body, left, before } = await silently(world, () =>
      estimate(world, token, { input, model }),
    );
    expect({ status, body }).toEqual({
      status: 200,
      body: { model_id: model, estimate: 'unknown', reason: expect.stringMatching(reason) },
    });
    expect(left).toEqual(before);
    // Whatever has no price is not sold.
    expect((await world.submit(token, input, model)).body.code).toBe('model_unpriced');
    expect(await booksOf(id)).toMatchObject({ jobs: 0, heldMicros: 0 });
  },
);

test('free by hand is exactly 0', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const model = await offer(world, 'estimate/free/video', { price: { usd: 0, unit: 'output' } });
  expect((await estimate(world, token, { input: { prompt: 'x' }, model })).body).toEqual({
    model_id: model,
    estimate: 'exact',
    amount_usd: 0,
    currency: 'USD',
  });
});

const input422: Refusal = {
  status: 422,
  code: 'invalid_input',
  errorCode: 422001,
  detail: /./,
  also: ['errors'],
};
const body400: Refusal = { status: 400, code: 'malformed_body', errorCode: 400003, detail: /./ };
const model404: Refusal = {
  status: 404,
  code: 'unknown_model',
  errorCode: 400001,
  detail: /not offered here/,
};
const refusals: [what: string, about: Asked, refusal: Refusal][] = [
  ['an input that is missing', { input: {} }, { ...input422, detail: /prompt/ }],
  ['an input of a wrong type', { input: { prompt: 5 } }, { ...input422, detail: /prompt/ }],
  ['an input beyond its list', { input: { ...PROMPT, frames: 122 } }, { ...input422, detail: /frames/ }],
  ['a list', { input: [] }, { ...body400, detail: /JSON object/ }],
  ['no JSON', { input: '{"prompt":' }, body400],
  ['a name twice', { input: '{"prompt":"a","prompt":"b"}' }, body400],
  ['an unknown model', { model: 'acme/nothing' }, model404],
  ['what is no model id', { model: 'nothing' }, model404],
  ['an escaped model id', { model: 'bytedance%2Fdreamina-3-0/pro/text-to-video' }, model404],
  [
    'a model that the key may not use',
    { model: IMAGE_TO_VIDEO },
    { status: 403, code: 'model_not_allowed', errorCode: 403001, detail: /may not use/ },
  ],
];

test.for(refusals)(
  '%s is refused like a submit, and leaves no trace',
  async ([, about, refusal], { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant({}, { models: [TEXT_TO_VIDEO] });
    const { left, before, ...reply } = await silently(world, () => estimate(world, token, about));
    expectRefusal(expect, reply, refusal);
    expect(left).toEqual(before);
    const { input = PROMPT, model = TEXT_TO_VIDEO } = about;
    const submitted = await world.submit(token, input, model);
    expect(told(submitted)).toEqual(told(reply));
  },
);

test('a model that is withdrawn is estimated for nobody', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const model = await offer(world, 'estimate/withdrawn/video', { price: PRICE, offered: false });
  expectRefusal(expect, await estimate(world, token, { input: { prompt: 'x' }, model }), model404);
});

test('no key, an unknown one or a revoked one: 401', async ({ expect }) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant();
  await world.admin('DELETE', `/admin/keys/${keyId}`);
  for (const wrong of [null, `cg_${'0'.repeat(49)}`, 'x', token]) {
    const { left, before, ...reply } = await silently(world, () => estimate(world, wrong));
    expectRefusal(expect, reply, { status: 401, code: 'invalid_key', errorCode: 400004, detail: /key/ });
    expect(left).toEqual(before);
  }
});

test('mark-up and a price of one’s own are in it, each for its customer', async ({ expect }) => {
  const world = createWorld();
  const model = await offer(world, 'estimate/own/video', {
    price: { ...PRICE, hold_factor: 2 },
    charge: 'cost',
  });
  const ada = await world.tenant({ markup: 1.25 });
  const eve = await world.tenant({ markup: 3 });
  await world.admin('PUT', `/admin/customers/${eve.id}/prices/${model}`, { usd: 0.0333 });
  const input = { prompt: 'x', seconds: 4, size: 'l' };
  const ask = async (token: string) => (await estimate(world, token, { input, model })).body;
  expect(await ask(ada.token)).toMatchObject({ estimate: 'range', min_usd: 0, max_usd: 1.5 });
  // By the estimate, without mark-up and hold_factor: 0.0333 × 4 × 1.5.
  expect(await ask(eve.token)).toMatchObject({ estimate: 'exact', amount_usd: 0.1998 });
  await world.admin('DELETE', `/admin/customers/${eve.id}/prices/${model}`);
  expect(await ask(eve.token)).toMatchObject({ estimate: 'range', min_usd: 0, max_usd: 3.6 });
  expect((await auditOf(`${eve.id} ${model}`)).map(({ action }) => action)).toEqual([
    'price.set',
    'price.remove',
  ]);
});

const sales = [
  { what: 'list price', customer: {}, own: null },
  { what: 'mark-up', customer: { markup: 1.2345 }, own: null },
  { what: 'a price of one’s own', customer: { markup: 9 }, own: 0.033333 },
  { what: 'nothing', customer: { markup: 0 }, own: null },
];

test.for(sales)(
  'an exact estimate is what is shown, held and charged: by $what',
  async ({ customer, own }, { expect }) => {
    const world = createWorld();
    const { id, token } = await world.tenant(customer);
    const model = await offer(world, FLUX, { price: { ...PRICE, usd: 0.0777 } });
    if (own !== null) {
      await world.admin('PUT', `/admin/customers/${id}/prices/${model}`, { usd: own });
    }
    const input = { prompt: 'x', seconds: 12, size: 'l' };
    const { amount_usd } = (await estimate(world, token, { input, model })).body;
    const micros = Math.round(amount_usd * 1_000_000);
    for (let n = 1; n <= 3; n += 1) {
      const { request_id } = (await world.submit(token, input, model)).body;
      expect(await booksOf(id)).toMatchObject({ heldMicros: micros });
      world.clock.advance(10_000);
      const result = await world.call(`/v1/requests/${request_id}/result?include_cost=true`, { token });
      expect(result.body).toMatchObject({ status: 'succeeded', cost: amount_usd });
      await world.idle();
      expect(await booksOf(id)).toMatchObject({ heldMicros: 0, balanceMicros: 0 - n * micros });
    }
    expect(await differences(world, id)).toEqual([]);
  },
);
