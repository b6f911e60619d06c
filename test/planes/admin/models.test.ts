// /admin/models: the catalogue as the operator keeps it, and what a customer then sees of it.

import { test } from 'vitest';
import { auditOf, countAudit } from '../../support/audit.ts';
import { booksOf } from '../../support/books.ts';
import { expectRefusal } from '../../support/problem.ts';
import { createWorld, IMAGE_TO_VIDEO, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

const INVALID = { status: 422, code: 'invalid_input', errorCode: 422001, also: ['errors'] };
const SCHEMA = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt: { type: 'string' },
    seconds: { type: 'integer', minimum: 1, maximum: 10 },
    resolution: { type: 'string', enum: ['720p', '4K'] },
    length: { type: 'string', enum: ['4s', '8s'] },
    images: { type: 'array', items: { type: 'string' } },
  },
};
const FREE = { usd: 0, unit: 'output' };

const put = (world: World, id: string, body: object) => world.admin('PUT', `/admin/models/${id}`, body);
const patch = (world: World, id: string, body: object) => world.admin('PATCH', `/admin/models/${id}`, body);

async function listed(world: World, id: string): Promise<any> {
  const { body } = await world.admin('GET', `/admin/models?search=${encodeURIComponent(id)}`);
  return body.items.find((model: { id: string }) => model.id === id);
}

test('the models of RunComfy’s public pages are there from the start', async ({ expect }) => {
  const world = createWorld();
  const { status, body } = await world.admin('GET', '/admin/models?search=dreamina-3-0');
  expect(status).toBe(200);
  expect(Object.keys(body)).toEqual(['items', 'next_cursor']);
  expect(body.items.map(({ id }: { id: string }) => id)).toEqual([IMAGE_TO_VIDEO, TEXT_TO_VIDEO]);
  expect(body.items[1]).toEqual({
    id: TEXT_TO_VIDEO,
    display_name: 'Dreamina 3.0 Pro, text to video',
    description: expect.any(String),
    categories: ['text-to-video'],
    kind: 'model',
    input_schema: expect.objectContaining({ type: 'object', required: ['prompt'] }),
    price: { usd: 0.05, unit: 'second', quantity: 'frames' },
    charge: 'estimate',
    validation: 'enforce',
    media: 'enforce',
    alias_of: null,
    by_hand: [],
    pricing_note: '',
    model_url: '',
    offered: true,
    source: 'builtin',
  });
});

test('PUT makes a model with the defaults, and replaces it whole', async ({ expect }) => {
  const world = createWorld();
  const id = 'acme/put-1/text-to-video';
  const made = await put(world, id, { input_schema: SCHEMA });
  expect(made.status).toBe(201);
  const { notes, ...model } = made.body;
  expect(notes).toEqual([]);
  expect(model).toEqual({
    id,
    display_name: id,
    description: '',
    categories: [],
    kind: 'model',
    input_schema: SCHEMA,
    price: null,
    charge: 'estimate',
    validation: 'enforce',
    media: 'enforce',
    alias_of: null,
    by_hand: [],
    pricing_note: '',
    model_url: '',
    offered: true,
    source: 'operator',
  });
  const whole = {
    input_schema: { ...SCHEMA, required: [] },
    display_name: 'Acme',
    description: 'Makes things.',
    categories: ['text-to-video', 'toys'],
    price: {
      usd: 1.234567,
      unit: 'second',
      quantity: 'seconds',
      max_quantity: 7.5,
      factors: { prompt: { a: 1.5, b: 0.0001, c: 0 } },
      adds: [{ input: 'images', usd: 0.03 }],
    },
    validation: 'advise',
    offered: false,
  };
  const replaced = await put(world, id, whole);
  expect(replaced.status).toBe(200);
  expect(replaced.body).toEqual({ ...model, ...whole, notes: [] });
  expect(await listed(world, id)).toEqual({ ...model, ...whole });
  // A PUT resets absent members to their defaults, unlike a PATCH.
  expect((await put(world, id, { input_schema: SCHEMA })).body).toEqual({ ...model, notes: [] });
  expect((await auditOf(id)).map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    'ops model.put',
    'ops model.put',
    'ops model.put',
  ]);
});

test('PATCH keeps what is absent; price, schema and categories are replaced whole', async ({ expect }) => {
  const world = createWorld();
  const id = 'acme/patch-1/text-to-video';
  const made = await put(world, id, {
    input_schema: SCHEMA,
    display_name: 'Acme',
    description: 'Makes things.',
    categories: ['a', 'b'],
    price: { usd: 2, unit: 'second', quantity: 'seconds', factors: { prompt: { x: 2 } } },
    validation: 'off',
  });
  const model = made.body;
  expect((await patch(world, id, {})).body).toEqual(model);
  expect((await patch(world, id, { offered: false })).body).toEqual({ ...model, offered: false });
  expect((await patch(world, id, { offered: true, display_name: 'New' })).body).toEqual({
    ...model,
    display_name: 'New',
  });
  const price = { usd: 3, unit: 'output' };
  expect((await patch(world, id, { price })).body.price).toEqual(price);
  expect((await patch(world, id, { categories: ['c'] })).body.categories).toEqual(['c']);
  expect((await patch(world, id, { categories: [] })).body.categories).toEqual([]);
  const input_schema = { type: 'object', properties: { text: { type: 'string' } } };
  expect((await patch(world, id, { input_schema })).body.input_schema).toEqual(input_schema);
  expect((await patch(world, id, { price: null })).body.price).toBeNull();
  expect(await listed(world, id)).toMatchObject({
    display_name: 'New',
    description: 'Makes things.',
    categories: [],
    input_schema,
    price: null,
    validation: 'off',
    offered: true,
    source: 'operator',
  });
});

const BY_SECOND = { usd: 0.2, unit: 'second', quantity: 'seconds' };
const WITH_FACTOR = { ...BY_SECOND, hold_factor: 2.5 };

test('PUT with charge cost and a hold_factor: both come back, and a PUT without them takes them away', async ({
  expect,
}) => {
  const world = createWorld();
  const id = 'acme/charge-put/video';
  const cost = { input_schema: SCHEMA, price: WITH_FACTOR, charge: 'cost' };
  const made = await put(world, id, cost);
  expect(made).toMatchObject({ status: 201, body: { price: WITH_FACTOR, charge: 'cost' } });
  expect(await listed(world, id)).toMatchObject({ price: WITH_FACTOR, charge: 'cost' });
  // By cost without a factor: the hold is the estimate.
  const without = await put(world, id, { ...cost, price: BY_SECOND });
  expect(without.body).toMatchObject({ price: BY_SECOND, charge: 'cost' });
  expect(without.body.price).not.toHaveProperty('hold_factor');
  const plain = await put(world, id, { input_schema: SCHEMA, price: BY_SECOND });
  expect(plain.body).toMatchObject({ price: BY_SECOND, charge: 'estimate' });
  // By cost without a price is not sold, and not wrong.
  expect((await put(world, id, { input_schema: SCHEMA, charge: 'cost' })).body).toMatchObject({
    price: null,
    charge: 'cost',
  });
  expect((await auditOf(id)).map(({ change }) => change.charge)).toEqual(['cost', 'cost', undefined, 'cost']);
});

type Step = [fields: object, wanted: { price: object | null; charge: string } | 'refused'];
const byCost = { price: BY_SECOND, charge: 'cost' };
const byCostWithFactor = { price: WITH_FACTOR, charge: 'cost' };
const byEstimate = { price: BY_SECOND, charge: 'estimate' };
const patches: [what: string, from: object, step: Step][] = [
  ['charge alone, with no factor', byEstimate, [{ charge: 'cost' }, byCost]],
  ['charge alone, back again', byCost, [{ charge: 'estimate' }, byEstimate]],
  ['charge alone, with a factor in the price', byCostWithFactor, [{ charge: 'estimate' }, 'refused']],
  ['the same charge, with a factor', byCostWithFactor, [{ charge: 'cost' }, byCostWithFactor]],
  ['a factor by cost', byCost, [{ price: WITH_FACTOR }, byCostWithFactor]],
  ['a factor by the estimate', byEstimate, [{ price: WITH_FACTOR }, 'refused']],
  ['a factor of 1 by the estimate', byEstimate, [{ price: { ...BY_SECOND, hold_factor: 1 } }, 'refused']],
  ['a factor and the charge for it', byEstimate, [byCostWithFactor, byCostWithFactor]],
  [
    'a factor and the other charge',
    byCostWithFactor,
    [{ ...byCostWithFactor, charge: 'estimate' }, 'refused'],
  ],
  ['a price without the factor', byCostWithFactor, [{ price: BY_SECOND }, byCost]],
  ['the factor gone with the charge', byCostWithFactor, [byEstimate, byEstimate]],
  ['no price: the charge stays', byCostWithFactor, [{ price: null }, { price: null, charge: 'cost' }]],
  [
    'no price, and charge back',
    byCostWithFactor,
    [
      { price: null, charge: 'estimate' },
      { price: null, charge: 'estimate' },
    ],
  ],
  ['something else', byCostWithFactor, [{ display_name: 'New' }, byCostWithFactor]],
];

test.for(patches)('PATCH of charge and hold_factor: %s', async ([, from, [fields, wanted]], { expect }) => {
  const world = createWorld();
  const id = 'acme/charge-patch/video';
  await put(world, id, { input_schema: SCHEMA, ...from });
  const before = await listed(world, id);
  const rows = await countAudit();
  const reply = await patch(world, id, fields);
  if (wanted === 'refused') {
    expectRefusal(expect, reply, { ...INVALID, detail: /hold_factor needs charge "cost"/ });
    expect(reply.body.errors).toEqual([
      { path: 'price.hold_factor', rule: 'charge', message: expect.stringMatching(/cost/) },
    ]);
    expect(await listed(world, id)).toEqual(before);
    expect(await countAudit()).toBe(rows);
  } else {
    expect(reply.status).toBe(200);
    const { price, charge } = await listed(world, id);
    expect({ price, charge }).toEqual(wanted);
    expect({ price: reply.body.price, charge: reply.body.charge }).toEqual(wanted);
  }
});

test('two changes at once never leave a hold_factor with charge estimate', async ({ expect }) => {
  const world = createWorld();
  const id = 'acme/charge-raced/video';
  await put(world, id, { input_schema: SCHEMA, ...byCost });
  const replies = await Promise.all([
    patch(world, id, { charge: 'estimate' }),
    world.isolate().admin('PATCH', `/admin/models/${id}`, { price: WITH_FACTOR }),
  ]);
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200, 422]));
  const { price, charge } = await listed(world, id);
  expect([byEstimate, byCostWithFactor]).toContainEqual({ price, charge });
});

test('a required name that is no property is noted, not enforced', async ({ expect }) => {
  const world = createWorld();
  const { status, body } = await put(world, 'acme/defect/edit', {
    input_schema: { ...SCHEMA, required: ['prompt', 'image_urls'] },
    price: FREE,
  });
  expect(status).toBe(201);
  expect(body.notes).toEqual([expect.stringContaining('"image_urls"')]);
});

const wrong: { what: string; body: object; path: string; detail: RegExp }[] = [
  { what: 'no schema', body: {}, path: 'input_schema', detail: /^input_schema: / },
  {
    what: 'a schema that is a list',
    body: { input_schema: [] },
    path: 'input_schema',
    detail: /^input_schema: /,
  },
  {
    what: 'a schema of a text',
    body: { input_schema: { type: 'string' } },
    path: 'input_schema',
    detail: /"object"/,
  },
  { what: 'an empty schema', body: { input_schema: {} }, path: 'input_schema', detail: /"object"/ },
  {
    what: 'a reference',
    body: { input_schema: { type: 'object', properties: { a: { $ref: 'https://x.test/' } } } },
    path: 'input_schema',
    detail: /\$ref/,
  },
  {
    what: 'a pattern that takes for ever and cannot be left out',
    body: { input_schema: { type: 'object', properties: { a: { not: { pattern: '^(a+)+$' } } } } },
    path: 'input_schema',
    detail: /run forever/,
  },
  {
    what: 'a rule that is none',
    body: { input_schema: { type: 'object', properties: { a: { type: 'string', maxLength: 'long' } } } },
    path: 'input_schema',
    detail: /input_schema cannot judge/,
  },
  {
    what: 'a negative price',
    body: { input_schema: SCHEMA, price: { usd: -1, unit: 'output' } },
    path: 'price.usd',
    detail: /^price\.usd: .*0 or more/,
  },
  {
    what: 'a price that would be rounded to free',
    body: { input_schema: SCHEMA, price: { usd: 0.0000001, unit: 'output' } },
    path: 'price.usd',
    detail: /^price\.usd: .*less than half a millionth/,
  },
  {
    what: 'an unknown unit',
    body: { input_schema: SCHEMA, price: { usd: 1, unit: 'hour' } },
    path: 'price.unit',
    detail: /^price\.unit: .*"output".*"image".*"second".*"minute"/,
  },
  {
    what: 'a price by the second of nothing',
    body: { input_schema: SCHEMA, price: { usd: 1, unit: 'second' } },
    path: 'price.quantity',
    detail: /^price\.quantity: .*seconds/,
  },
  {
    what: 'a price that reads an input which is none',
    body: { input_schema: SCHEMA, price: { usd: 1, unit: 'second', quantity: 'wide' } },
    path: 'price',
    detail: /reads the input wide, which input_schema does not have/,
  },
  {
    what: 'an input in another spelling',
    body: { input_schema: SCHEMA, price: { usd: 1, unit: 'second', quantity: 'Seconds' } },
    path: 'price',
    detail: /you may mean "seconds"/,
  },
  {
    what: 'a quantity of a list',
    body: { input_schema: SCHEMA, price: { usd: 1, unit: 'image', quantity: 'images' } },
    path: 'price.quantity',
    detail: /images is of type array/,
  },
  {
    what: 'a quantity with its unit in the text',
    body: { input_schema: SCHEMA, price: { usd: 1, unit: 'second', quantity: 'length' } },
    path: 'price.quantity',
    detail: /"4s", which is not a number/,
  },
  {
    what: 'a factor in another spelling',
    body: { input_schema: SCHEMA, price: { ...FREE, factors: { resolution: { '4k': 2 } } } },
    path: 'price.factors.resolution.4k',
    detail: /you may mean "4K"/,
  },
  {
    what: 'items of what is no list',
    body: { input_schema: SCHEMA, price: { ...FREE, adds: [{ input: 'prompt', usd: 0.03 }] } },
    path: 'price.adds[0].input',
    detail: /prompt is not a list/,
  },
  {
    what: 'a length without an end',
    body: { input_schema: SCHEMA, price: { usd: 1, unit: 'minute' } },
    path: 'price.quantity',
    detail: /max_quantity/,
  },
  {
    what: 'a negative factor',
    body: { input_schema: SCHEMA, price: { ...FREE, factors: { prompt: { x: -1 } } } },
    path: 'price.factors.prompt.x',
    detail: /^price\.factors\.prompt\.x: .*four decimals/,
  },
  {
    what: 'a factor of five decimals',
    body: { input_schema: SCHEMA, price: { ...FREE, factors: { prompt: { x: 1.00001 } } } },
    path: 'price.factors.prompt.x',
    detail: /four decimals/,
  },
  ...[0.9999, 0, -1, 100.0001, 1000].map((hold_factor) => ({
    what: `a hold_factor of ${hold_factor}`,
    body: { input_schema: SCHEMA, charge: 'cost', price: { ...FREE, hold_factor } },
    path: 'price.hold_factor',
    detail: /^price\.hold_factor: must be/,
  })),
  {
    what: 'a hold_factor of five decimals',
    body: { input_schema: SCHEMA, charge: 'cost', price: { ...FREE, hold_factor: 1.00001 } },
    path: 'price.hold_factor',
    detail: /^price\.hold_factor: .*four decimals/,
  },
  {
    what: 'a hold_factor where the estimate is charged',
    body: { input_schema: SCHEMA, charge: 'estimate', price: { ...FREE, hold_factor: 2 } },
    path: 'price.hold_factor',
    detail: /hold_factor needs charge "cost"/,
  },
  {
    what: 'a hold_factor where no charge is named',
    body: { input_schema: SCHEMA, price: { ...FREE, hold_factor: 1 } },
    path: 'price.hold_factor',
    detail: /hold_factor needs charge "cost"/,
  },
  {
    what: 'an unknown charge',
    body: { input_schema: SCHEMA, charge: 'free' },
    path: 'charge',
    detail: /^charge: .*"estimate".*"cost"/,
  },
  {
    what: 'a charge of null',
    body: { input_schema: SCHEMA, charge: null },
    path: 'charge',
    detail: /^charge: /,
  },
  {
    what: 'a price with an unknown member',
    body: { input_schema: SCHEMA, price: { ...FREE, currency: 'EUR' } },
    path: 'price',
    detail: /"currency"/,
  },
  {
    what: 'an unknown mode',
    body: { input_schema: SCHEMA, validation: 'strict' },
    path: 'validation',
    detail: /^validation: .*"enforce"/,
  },
  { what: 'a source', body: { input_schema: SCHEMA, source: 'builtin' }, path: '', detail: /"source"/ },
];

test.for(wrong)(
  '$what is refused by its path, and changes nothing',
  async ({ body, path, detail }, { expect }) => {
    const world = createWorld();
    const before = await listed(world, TEXT_TO_VIDEO);
    const rows = await countAudit();
    const reply = await put(world, TEXT_TO_VIDEO, body);
    expectRefusal(expect, reply, { ...INVALID, detail });
    expect(reply.body.errors).toMatchObject([{ path }]);
    if (Object.keys(body).length > 0) {
      expectRefusal(expect, await patch(world, TEXT_TO_VIDEO, body), { ...INVALID, detail });
    }
    expect(await listed(world, TEXT_TO_VIDEO)).toEqual(before);
    expect(await countAudit()).toBe(rows);
  },
);

const ids = [
  'one',
  'a/..%2fb',
  'a/.b',
  'a%2Fb',
  'a//b',
  'a/b/',
  'a/b%20',
  'a/ü',
  `a/${'x'.repeat(200)}`,
  'a/b;c',
];

test.for(ids)('%s is no id of a model', async (id, { expect }) => {
  const world = createWorld();
  const rows = await countAudit();
  const refusal = {
    status: 400,
    code: 'invalid_parameter',
    errorCode: 400003,
    detail: /2 to 8 segments/,
  };
  expectRefusal(expect, await put(world, id, { input_schema: SCHEMA }), refusal);
  expectRefusal(expect, await patch(world, id, { offered: false }), refusal);
  expect(await countAudit()).toBe(rows);
});

test('a route that is escaped names no model, least of all another one', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  await put(world, 's/escaped/model', { input_schema: SCHEMA, price: FREE });
  for (const method of ['GET', 'POST']) {
    const { status, body } = await world.call('/v1/%6dodels/escaped/model', {
      method,
      token,
      body: undefined,
    });
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'unknown_model' });
  }
  for (const path of ['/%61dmin/models/escaped/model', '/admin/%6dodels/escaped/model']) {
    const { status, body } = await world.admin('PATCH', path, { offered: false });
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_parameter' });
  }
  expect(await listed(world, 's/escaped/model')).toMatchObject({ offered: true });
});

test('PATCH of a model that is not there: 404, and none is made', async ({ expect }) => {
  const world = createWorld();
  const reply = await patch(world, 'acme/nothing', { price: FREE });
  expectRefusal(expect, reply, {
    status: 404,
    code: 'not_found',
    errorCode: 404001,
    detail: /no model acme\/nothing\. PUT makes one/,
  });
  expect(await listed(world, 'acme/nothing')).toBeUndefined();
});

test('a list of models goes through all pages', async ({ expect }) => {
  const world = createWorld();
  const made = ['pages/a', 'pages/b', 'pages/c', 'pages/d', 'pages/e'];
  for (const id of made) {
    await put(world, id, { input_schema: SCHEMA, offered: false });
  }
  const seen: string[] = [];
  let cursor: string | null = '0';
  while (cursor !== null) {
    const { body } = await world.admin('GET', `/admin/models?search=PAGES/&limit=2&cursor=${cursor}`);
    seen.push(...body.items.map(({ id }: { id: string }) => id));
    cursor = body.next_cursor;
  }
  expect(seen).toEqual(made);
});

test('a model that is withdrawn is gone at once here, and within 10 s elsewhere', async ({ expect }) => {
  const world = createWorld();
  const elsewhere = world.isolate();
  const { id, token } = await world.tenant();
  const gone = {
    status: 404,
    code: 'unknown_model',
    errorCode: 400001,
    detail: /not offered here/,
  };
  expect((await world.submit(token)).status).toBe(200);
  expect((await elsewhere.submit(token)).status).toBe(200);
  await world.idle();
  await patch(world, TEXT_TO_VIDEO, { offered: false });
  const books = await booksOf(id);

  expectRefusal(expect, await world.submit(token), gone);
  expectRefusal(expect, await world.call(`/v1/models/${TEXT_TO_VIDEO}`, { token }), gone);
  for (const isolate of [world, elsewhere]) {
    const { body } = await isolate.call('/v1/models?search=dreamina-3-0', { token });
    expect(body.models.map(({ model_id }: { model_id: string }) => model_id)).toEqual([IMAGE_TO_VIDEO]);
    expect(body.total).toBe(1);
  }
  world.clock.advance(10_000);
  expectRefusal(expect, await elsewhere.submit(token), gone);
  expect(await booksOf(id)).toEqual(books);
  expect(world.runcomfy.accepted().count).toBe(2);

  await patch(world, TEXT_TO_VIDEO, { offered: true });
  expect((await world.submit(token)).status).toBe(200);
});

test('a model without a price is sold to nobody; a price of 0 is free', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { price } = await listed(world, TEXT_TO_VIDEO);
  await patch(world, TEXT_TO_VIDEO, { price: null });
  expectRefusal(expect, await world.submit(token), {
    status: 503,
    code: 'model_unpriced',
    errorCode: 500001,
    detail: /no price here.*Ask the operator/,
  });
  expect(await booksOf(id)).toMatchObject({ jobs: 0, holds: 0, requests: {} });
  expect(world.runcomfy.calls().counts.submit).toBe(0);
  await patch(world, TEXT_TO_VIDEO, { price: FREE });
  expect((await world.submit(token)).status).toBe(200);
  expect(await booksOf(id)).toMatchObject({ jobs: 1, holds: 1, heldMicros: 0 });
  await patch(world, TEXT_TO_VIDEO, { price });
  expect((await world.submit(token)).status).toBe(200);
  expect(await booksOf(id)).toMatchObject({ jobs: 2, heldMicros: 250_000 });
});

test('a model that is put again counts at once here', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const path = '/admin/models/acme/put-again';
  const body = { input_schema: { type: 'object' }, price: { usd: 0.02, unit: 'output' } };
  const priceNow = async () => (await world.call('/v1/models/acme/put-again', { token })).body.base_price_usd;
  expect((await world.admin('PUT', path, body)).status).toBe(201);
  expect(await priceNow()).toBe(0.02);
  expect((await world.admin('PUT', path, { ...body, price: { usd: 0.03, unit: 'output' } })).status).toBe(
    200,
  );
  expect(await priceNow()).toBe(0.03);
});

test('a new schema judges the next submit', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { input_schema } = await listed(world, TEXT_TO_VIDEO);
  const short = {
    ...input_schema,
    properties: { ...input_schema.properties, prompt: { type: 'string', maxLength: 3 } },
  };
  expect((await world.submit(token, { prompt: 'long' })).status).toBe(200);
  await patch(world, TEXT_TO_VIDEO, { input_schema: short });
  const refused = await world.submit(token, { prompt: 'long' });
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'prompt', allowed: 3 }] } });
  await patch(world, TEXT_TO_VIDEO, { validation: 'advise' });
  expect((await world.submit(token, { prompt: 'long' })).status).toBe(200);
  // The price reads frames: its rule holds in every mode.
  const frames = await world.submit(token, { prompt: 'long', frames: 100_000 });
  expect(frames).toMatchObject({ status: 422, body: { errors: [{ path: 'frames' }] } });
  await patch(world, TEXT_TO_VIDEO, { validation: 'enforce', input_schema });
  expect(await booksOf(id)).toMatchObject({ jobs: 2 });
});

test('two changes at once both hold: a price set meanwhile does not put a withdrawn model back on sale', async ({
  expect,
}) => {
  const world = createWorld();
  const id = 'acme/raced/model';
  await put(world, id, { input_schema: SCHEMA });
  await Promise.all([
    patch(world, id, { offered: false }),
    world.isolate().admin('PATCH', `/admin/models/${id}`, { price: FREE }),
  ]);
  expect(await listed(world, id)).toMatchObject({ offered: false, price: FREE });
});

test('models are found by source, by whether they are offered and by whether they have a price', async ({
  expect,
}) => {
  const world = createWorld();
  await put(world, 'found/free', { input_schema: SCHEMA, price: FREE });
  await put(world, 'found/unpriced', { input_schema: SCHEMA });
  await put(world, 'found/withdrawn', { input_schema: SCHEMA, price: FREE, offered: false });
  const find = async (query: string) => {
    const { body } = await world.admin('GET', `/admin/models?limit=200&${query}`);
    return body.items.map(({ id }: { id: string }) => id);
  };
  expect(await find('search=found/')).toEqual(['found/free', 'found/unpriced', 'found/withdrawn']);
  expect(await find('search=found/&offered=true')).toEqual(['found/free', 'found/unpriced']);
  expect(await find('search=found/&offered=false')).toEqual(['found/withdrawn']);
  expect(await find('search=found/&priced=true')).toEqual(['found/free', 'found/withdrawn']);
  expect(await find('search=found/&priced=false')).toEqual(['found/unpriced']);
  expect(await find('search=found/&priced=true&offered=true')).toEqual(['found/free']);
  expect(await find('search=found/&source=operator')).toHaveLength(3);
  expect(await find('search=found/&source=sync')).toEqual([]);
  expect(await find('source=builtin')).toEqual(expect.arrayContaining([TEXT_TO_VIDEO]));
  expect(await find('source=builtin')).not.toContain('found/free');
});

const parameters = ['offered=yes', 'offered=', 'priced=1', 'source=mine', 'limit=0', 'limit=201'];

test.for(parameters)('GET /admin/models?%s is refused', async (query, { expect }) => {
  expectRefusal(expect, await createWorld().admin('GET', `/admin/models?${query}`), {
    status: 400,
    code: 'invalid_parameter',
    errorCode: 400003,
    detail: new RegExp(`^${query.split('=')[0]}: `),
    also: ['errors'],
  });
});

test('a model that comes while a list is read moves no other', async ({ expect }) => {
  const world = createWorld();
  for (const letter of ['b', 'c', 'd']) {
    await put(world, `moved/${letter}`, { input_schema: SCHEMA });
  }
  const first = await world.admin('GET', '/admin/models?search=moved/&limit=2');
  await put(world, 'moved/a', { input_schema: SCHEMA });
  await put(world, 'moved/e', { input_schema: SCHEMA });
  const { next_cursor: cursor } = first.body;
  const second = await world.admin('GET', `/admin/models?search=moved/&limit=2&cursor=${cursor}`);
  const seen = [first, second].flatMap(({ body }) => body.items.map(({ id }: { id: string }) => id));
  expect(seen).toEqual(['moved/b', 'moved/c', 'moved/d', 'moved/e']);
});
