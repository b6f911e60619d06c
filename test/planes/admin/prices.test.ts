// /admin/customers/{id}/prices: prices of a customer's own, and that a job is settled by the price it was sold at.

import { test } from 'vitest';
import { auditOf, countAudit } from '../../support/audit.ts';
import { booksOf, differences } from '../../support/books.ts';
import { dumpD1 } from '../../support/dump.ts';
import { expectRefusal } from '../../support/problem.ts';
import { createWorld, TEXT_TO_VIDEO, type Reply, type Tenant, type World } from '../../support/world.ts';

/** One that the simulated RunComfy has too. */
const FLUX = 'blackforestlabs/flux-3/text-to-video';
const INPUT = { prompt: 'x', seconds: 4 };
const SCHEMA = {
  type: 'object',
  required: ['prompt'],
  properties: { prompt: { type: 'string' }, seconds: { type: 'integer', minimum: 1, maximum: 10 } },
};
const PRICE = { usd: 0.1, unit: 'second', quantity: 'seconds' };

const pathOf = ({ id }: { id: string }, model = '') => `/admin/customers/${id}/prices${model && `/${model}`}`;

function setPrice(
  world: World,
  customer: { id: string },
  { usd, model = TEXT_TO_VIDEO }: { usd: unknown; model?: string },
) {
  return world.admin('PUT', pathOf(customer, model), { usd });
}

async function offer(world: World, id: string, fields: object = {}): Promise<string> {
  const { status, body } = await world.admin('PUT', `/admin/models/${id}`, {
    input_schema: SCHEMA,
    price: PRICE,
    ...fields,
  });
  if (status > 201) {
    throw new Error(JSON.stringify(body));
  }
  return id;
}

const page = (...items: object[]) => ({ items, next_cursor: null });

const NOT_FOUND = { status: 404, code: 'not_found', errorCode: 404001, detail: /no such/ };

test('PUT sets and replaces, GET shows, DELETE takes back, and each leaves its row in the audit', async ({
  expect,
}) => {
  const world = createWorld();
  const ada = await world.customer();
  const object = `${ada.id} ${TEXT_TO_VIDEO}`;
  expect((await world.admin('GET', pathOf(ada))).body).toEqual(page());

  const set = await setPrice(world, ada, { usd: 0.033333 });
  const first = { model_id: TEXT_TO_VIDEO, usd: 0.033333, set_at: '2026-03-05T12:00:00.000Z' };
  expect({ status: set.status, body: set.body }).toEqual({ status: 200, body: first });
  expect((await world.admin('GET', pathOf(ada))).body).toEqual(page(first));

  world.clock.advance(1_000);
  const second = { model_id: TEXT_TO_VIDEO, usd: 0, set_at: '2026-03-05T12:00:01.000Z' };
  expect((await setPrice(world, ada, { usd: 0 })).body).toEqual(second);
  expect((await world.admin('GET', pathOf(ada))).body).toEqual(page(second));

  const removed = await world.admin('DELETE', pathOf(ada, TEXT_TO_VIDEO));
  expect({ status: removed.status, body: removed.body }).toEqual({ status: 204, body: null });
  expect((await world.admin('GET', pathOf(ada))).body).toEqual(page());
  expectRefusal(expect, await world.admin('DELETE', pathOf(ada, TEXT_TO_VIDEO)), {
    ...NOT_FOUND,
    detail: /no price of their own/,
  });
  const rows = await auditOf(object);
  expect(rows.map(({ actor, action, change }) => ({ actor, action, change }))).toEqual([
    { actor: 'ops', action: 'price.set', change: { usd: 0.033333 } },
    { actor: 'ops', action: 'price.set', change: { usd: 0 } },
    { actor: 'ops', action: 'price.remove', change: {} },
  ]);
  expect(rows.map(({ trace_id }) => trace_id)).toEqual([
    set.headers.get('x-request-id'),
    expect.any(String),
    removed.headers.get('x-request-id'),
  ]);
});

const bodies: { what: string; body: unknown; detail: RegExp }[] = [
  { what: 'no amount', body: {}, detail: /^usd: / },
  { what: 'null', body: { usd: null }, detail: /^usd: / },
  { what: 'a text', body: { usd: '1' }, detail: /^usd: / },
  { what: 'a negative amount', body: { usd: -0.01 }, detail: /^usd: .*0 or more/ },
  { what: 'what rounds to free', body: { usd: 0.0000001 }, detail: /^usd: .*half a millionth/ },
  { what: 'more than any amount', body: { usd: 1_000_000_000.000001 }, detail: /^usd: .*at most 1000000000/ },
  { what: 'a unit', body: { usd: 1, unit: 'output' }, detail: /"unit"/ },
  { what: 'a mark-up', body: { markup: 2, usd: 1 }, detail: /"markup"/ },
];

test.for(bodies)(
  '$what is no price: 422, and the one before stands',
  async ({ body, detail }, { expect }) => {
    const world = createWorld();
    const ada = await world.customer();
    await setPrice(world, ada, { usd: 0.5 });
    const rows = await countAudit();
    const before = await world.admin('GET', pathOf(ada));
    expectRefusal(expect, await world.admin('PUT', pathOf(ada, TEXT_TO_VIDEO), body), {
      status: 422,
      code: 'invalid_input',
      errorCode: 422001,
      detail,
      also: ['errors'],
    });
    expect((await world.admin('GET', pathOf(ada))).body).toEqual(before.body);
    expect(await countAudit()).toBe(rows);
  },
);

const nobody = { id: 'cus_0000000000000000000000' };
const nowhere: { what: string; customer: 'ada' | 'nobody'; model: string }[] = [
  { what: 'no such customer', customer: 'nobody', model: TEXT_TO_VIDEO },
  { what: 'no such model', customer: 'ada', model: 'acme/nothing' },
  { what: 'what is no model id', customer: 'ada', model: 'nothing' },
  { what: 'an escaped model id', customer: 'ada', model: 'bytedance%2Fdreamina-3-0/pro/text-to-video' },
  { what: 'a path that climbs', customer: 'ada', model: 'a/..%2f..%2fb' },
];

test.for(nowhere)('$what: 404, and nothing is written', async ({ customer, model }, { expect }) => {
  const world = createWorld();
  const owner = customer === 'ada' ? await world.customer() : nobody;
  const before = await dumpD1();
  expectRefusal(expect, await setPrice(world, owner, { usd: 1, model }), NOT_FOUND);
  expectRefusal(expect, await world.admin('DELETE', pathOf(owner, model)), {
    ...NOT_FOUND,
    detail: /no such|no price of their own/,
  });
  if (owner === nobody) {
    expectRefusal(expect, await world.admin('GET', pathOf(owner)), NOT_FOUND);
  }
  expect(await dumpD1()).toEqual(before);
});

test('a customer’s prices go through all pages in the order of the models, and no other’s among them', async ({
  expect,
}) => {
  const world = createWorld();
  const ada = await world.customer();
  const eve = await world.customer();
  const ids = ['page/a', 'page/b', 'page/b/c', 'page/c', 'page/d'];
  for (const [index, id] of [...ids.entries()].toReversed()) {
    await offer(world, id);
    await setPrice(world, ada, { usd: index, model: id });
    await setPrice(world, eve, { usd: 99, model: id });
  }
  const seen: [string, number][] = [];
  let cursor: string | null = '';
  while (cursor !== null && seen.length <= ids.length) {
    const { body } = await world.admin('GET', `${pathOf(ada)}?limit=2&cursor=${encodeURIComponent(cursor)}`);
    seen.push(...body.items.map((item: { model_id: string; usd: number }) => [item.model_id, item.usd]));
    cursor = body.next_cursor;
  }
  expect(seen).toEqual(ids.map((id, index) => [id, index]));
  for (const query of ['limit=0', 'limit=201', 'limit=x']) {
    expect((await world.admin('GET', `${pathOf(ada)}?${query}`)).body.code).toBe('invalid_parameter');
  }
});

test('the price of one’s own is what this customer sees, holds and pays, and nobody else', async ({
  expect,
}) => {
  const world = createWorld();
  await offer(world, FLUX);
  const ada = await world.tenant({ markup: 1.5 });
  const eve = await world.tenant({ markup: 1.5 });
  await setPrice(world, ada, { usd: 0.033333, model: FLUX });
  const seenBy = async ({ token }: Tenant) => {
    const { body: one } = await world.call(`/v1/models/${FLUX}`, { token });
    const { body: all } = await world.call('/v1/models?search=dreamina-3-0', { token });
    const { body: found } = await world.call('/v1/models?search=flux-3', { token });
    return [one, ...found.models, ...all.models].map(({ base_price_usd }) => base_price_usd);
  };
  // FLUX alone and in the list; the two others stay at list price × mark-up.
  expect(await seenBy(ada)).toEqual([0.033333, 0.033333, 0.075, 0.075]);
  expect(await seenBy(eve)).toEqual([0.15, 0.15, 0.075, 0.075]);

  const paid = { ada: 133_332, eve: 600_000 };
  for (const [tenant, micros] of [
    [ada, paid.ada],
    [eve, paid.eve],
  ] as const) {
    const { request_id } = (await world.submit(tenant.token, INPUT, FLUX)).body;
    expect(await booksOf(tenant.id)).toMatchObject({ heldMicros: micros, balanceMicros: 0 });
    world.clock.advance(10_000);
    const result = await world.call(`/v1/requests/${request_id}/result?include_cost=true`, {
      token: tenant.token,
    });
    expect(result.body.cost).toBe(micros / 1_000_000);
    await world.idle();
    expect(await booksOf(tenant.id)).toMatchObject({ heldMicros: 0, balanceMicros: -micros });
    expect(await differences(world, tenant.id)).toEqual([]);
  }
});

test('a price set or taken back holds at once here, and within 10 s in every isolate', async ({ expect }) => {
  const world = createWorld();
  const elsewhere = world.isolate();
  await offer(world, FLUX);
  const { id, token } = await world.tenant();
  const shown = async (isolate: Pick<World, 'call'>) =>
    (await isolate.call(`/v1/models/${FLUX}`, { token })).body.base_price_usd;
  expect([await shown(world), await shown(elsewhere)]).toEqual([0.1, 0.1]);
  await setPrice(world, { id }, { usd: 0.07, model: FLUX });
  expect(await shown(world)).toBe(0.07);
  world.clock.advance(10_000);
  expect([await shown(world), await shown(elsewhere)]).toEqual([0.07, 0.07]);
  await world.admin('DELETE', pathOf({ id }, FLUX));
  expect(await shown(world)).toBe(0.1);
  world.clock.advance(10_000);
  expect(await shown(elsewhere)).toBe(0.1);
});

test('a price of one’s own of 0 is free, and buys no model that has no price', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant({ prepaid: true });
  await offer(world, FLUX);
  await setPrice(world, ada, { usd: 0, model: FLUX });
  expect((await world.submit(ada.token, INPUT, FLUX)).status).toBe(200);
  expect(await booksOf(ada.id)).toMatchObject({ jobs: 1, heldMicros: 0 });
  // Unit, quantity and factors are the model's: without them the price has no meaning.
  await world.admin('PATCH', `/admin/models/${FLUX}`, { price: null });
  expect((await world.submit(ada.token, INPUT, FLUX)).body.code).toBe('model_unpriced');
  const { body } = await world.call(`/v1/models/${FLUX}`, { token: ada.token });
  expect(body).not.toHaveProperty('base_price_usd');
});

type Start = {
  what: string;
  model: object;
  customer: object;
  own: number | null;
  held: number;
  charged: number;
};
// Four seconds each; RunComfy reports 0.3 USD.
const starts: Start[] = [
  {
    what: 'by the estimate',
    model: {},
    customer: { markup: 1.5 },
    own: null,
    held: 600_000,
    charged: 600_000,
  },
  {
    what: 'by a price of one’s own',
    model: {},
    customer: { markup: 1.5 },
    own: 0.09,
    held: 360_000,
    charged: 360_000,
  },
  {
    what: 'by the cost',
    model: { charge: 'cost', price: { ...PRICE, hold_factor: 2 } },
    customer: { markup: 1.5 },
    own: null,
    held: 1_200_000,
    charged: 450_000,
  },
];

type Edit = (world: World, customer: { id: string }) => Promise<Reply>;
const patchModel =
  (fields: object): Edit =>
  (world) =>
    world.admin('PATCH', `/admin/models/${FLUX}`, fields);
const patchMarkup =
  (markup: number): Edit =>
  (world, { id }) =>
    world.admin('PATCH', `/admin/customers/${id}`, { markup });
const edits: Record<string, Edit> = {
  'a price of one’s own': (world, customer) => setPrice(world, customer, { usd: 0.01, model: FLUX }),
  'a price of one’s own taken back': (world, customer) => world.admin('DELETE', pathOf(customer, FLUX)),
  'the list price': patchModel({ price: { ...PRICE, usd: 7 }, charge: 'estimate' }),
  'the unit': patchModel({ price: { usd: 0.1, unit: 'output' }, charge: 'estimate' }),
  'the mark-up': patchMarkup(99),
  'the charge mode, to cost': patchModel({ charge: 'cost' }),
  'the charge mode, to estimate': patchModel({ price: PRICE, charge: 'estimate' }),
  'the hold factor, up': patchModel({ price: { ...PRICE, hold_factor: 50 }, charge: 'cost' }),
  'the hold factor, down': patchModel({ price: { ...PRICE, hold_factor: 1 }, charge: 'cost' }),
  'no price at all': patchModel({ price: null }),
  'not on sale any more': patchModel({ offered: false }),
};
const midJob = starts.flatMap((start) =>
  [...Object.keys(edits), 'everything'].map((edit) => ({ ...start, edit })),
);

test.for(midJob)(
  'complaint 16, a price edited in mid-job changes the settlement: sold $what, then $edit; nothing changes',
  async ({ model, customer, own, held, charged, edit }, { expect }) => {
    const world = createWorld();
    world.runcomfy.settings({ hold: 'in_progress' });
    await offer(world, FLUX, model);
    const { id, token } = await world.tenant(customer);
    if (own !== null) {
      await setPrice(world, { id }, { usd: own, model: FLUX });
    }
    const { request_id } = (await world.submit(token, INPUT, FLUX)).body;
    await world.idle();
    const { body: sold } = await world.admin('GET', `/admin/jobs/${request_id}`);
    expect(sold).toMatchObject({
      price: { usd: 0.1, unit: 'second', quantity: 'seconds', own: own !== null },
      markup: 1.5,
      unit_usd: own ?? 0.15,
      charge: 'charge' in model ? 'cost' : 'estimate',
      hold_usd: held / 1_000_000,
      charge_usd: null,
    });

    for (const change of edit === 'everything' ? Object.values(edits) : [edits[edit]]) {
      // 404: there was no price to take back.
      expect([200, 204, 404]).toContain((await change?.(world, { id }))?.status);
    }
    expect((await world.admin('GET', `/admin/jobs/${request_id}`)).body).toEqual(sold);
    expect(await booksOf(id)).toMatchObject({ heldMicros: held, balanceMicros: 0 });
    world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, { as: 'succeeded', cost_usd: 0.3 });
    // By an isolate that knows the new price only.
    const path = `/v1/requests/${request_id}/result?include_cost=true`;
    expect((await world.isolate().call(path, { token })).body.cost).toBe(charged / 1_000_000);
    await world.idle();
    expect(await booksOf(id)).toMatchObject({ heldMicros: 0, balanceMicros: -charged });
    const { body: settled } = await world.admin('GET', `/admin/jobs/${request_id}`);
    const { price, markup, unit_usd, charge, estimate_usd, hold_usd } = sold;
    expect(settled).toMatchObject({ price, markup, unit_usd, charge, estimate_usd, hold_usd });
    expect(settled).toMatchObject({ state: 'succeeded', charge_usd: charged / 1_000_000, cost_usd: 0.3 });
    expect(await differences(world, id)).toEqual([]);
  },
);

test('the next job is sold at the edited price', async ({ expect }) => {
  const world = createWorld();
  world.runcomfy.settings({ hold: 'in_progress' });
  await offer(world, FLUX);
  const { id, token } = await world.tenant();
  const holds: number[] = [];
  const submit = async () => {
    const { body } = await world.submit(token, INPUT, FLUX);
    holds.push((await world.admin('GET', `/admin/jobs/${body.request_id}`)).body.hold_usd);
  };
  await submit();
  await patchModel({ price: { ...PRICE, usd: 0.2 } })(world, { id });
  await submit();
  await patchMarkup(2)(world, { id });
  await submit();
  await patchModel({ price: { ...PRICE, hold_factor: 3 }, charge: 'cost' })(world, { id });
  await submit();
  await setPrice(world, { id }, { usd: 0.01, model: FLUX });
  await submit();
  expect(holds).toEqual([0.4, 0.8, 1.6, 2.4, 0.04]);
  expect(await booksOf(id)).toMatchObject({ jobs: 5, heldMicros: 5_240_000 });
  expect(await differences(world, id)).toEqual([]);
});
