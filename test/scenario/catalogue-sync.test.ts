// RunComfy's catalogue in ours: what is taken over, what waits for the operator, and what nonsense changes: nothing.

import { env } from 'cloudflare:workers';
import { afterEach, test } from 'vitest';
import { addAccount } from '../support/accounts.ts';
import { dumpD1 } from '../support/dump.ts';
import { countsOf, recordedIsolate } from '../support/recorder.ts';
import { tapUpstream } from '../support/upstream.ts';
import { createWorld, TEXT_TO_VIDEO, type Isolate, type Reply, type World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SYNC = '/admin/models/sync';

// The catalogue is one for all tests of the file: each begins with what the migrations left.
afterEach(async () => {
  await env.DB.batch([
    env.DB.prepare('DELETE FROM customer_prices WHERE 1 = 1'),
    env.DB.prepare("DELETE FROM models WHERE id NOT LIKE 'bytedance/dreamina-3-0/pro/%'"),
    env.DB.prepare(
      `UPDATE models SET source = 'builtin', by_hand = '[]', entry_hash = '', missed = 0, held_price = NULL,
         findings = NULL, offered = 1, price = '{"usdMicros":50000,"unit":"second","quantity":"frames"}'`,
    ),
    env.DB.prepare(
      'UPDATE catalogue_sync SET lease_until_ms = 0, due_at_ms = 0, progress = NULL, report = NULL',
    ),
  ]);
});

/** Reads the simulator's whole catalogue. */
const catalogueCall = () =>
  new Request('https://runcomfy.test/v1/models?include_schema=true&limit=500', {
    headers: { Authorization: `Bearer ${env.RUNCOMFY_TOKEN}` },
  });

const sync = (world: World, body?: object): Promise<Reply> => world.admin('POST', SYNC, body);

async function rowOf(id: string): Promise<any> {
  return env.DB.prepare('SELECT * FROM models WHERE id = ?1').bind(id).first();
}

/** A RunComfy with these models and no others. */
function catalogueOf(world: World, entries: Record<string, unknown>[]): void {
  tapUpstream(world, (response, request) => {
    const url = new URL(request.url);
    if (url.pathname !== '/v1/models') {
      return response;
    }
    const [limit, offset] = ['limit', 'offset'].map((name) => Number(url.searchParams.get(name)));
    const models = entries.slice(offset, offset! + limit!);
    return Response.json({ models, total: entries.length, limit, offset });
  });
}

const entry = (id: string, more: object = {}): Record<string, unknown> => ({
  model_id: id,
  display_name: `Model ${id}`,
  categories: ['text-to-image'],
  kind: 'model',
  base_price_usd: 0.04,
  price_unit: 'output',
  input_schema: { type: 'object', properties: { prompt: { type: 'string' } } },
  ...more,
});

const many = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, index) => entry(`shop/model-${String(index).padStart(4, '0')}`, more));

test('a sync takes over what RunComfy offers, and it can be bought at once', async ({ expect }) => {
  const world = createWorld();
  const { status, body } = await sync(world);
  expect(status).toBe(200);
  expect(body).toMatchObject({ state: 'done', full: true, withdrawn: [], held: [], gone: [], kept: [] });
  expect(body.models).toBe(body.added.length + 2);
  expect(body.added).toContain('blackforestlabs/flux-3/text-to-video');
  // The report lists the models that it could not price or understand.
  expect(body.unpriced.length).toBeGreaterThan(0);
  for (const { model_id, reason } of body.unpriced) {
    expect(reason).toMatch(/\w/);
    expect((await rowOf(model_id)).price).toBeNull();
  }
  const { token } = await world.tenant({ markup: 1.5 });
  const model = await world.call('/v1/models/blackforestlabs/flux-3/text-to-video', { token });
  expect(model.body).toMatchObject({
    base_price_usd: 0.15,
    price_unit: 'second',
    model_url: expect.stringContaining('https://'),
  });
  const bought = await world.submit(
    token,
    { prompt: 'x', duration: '5' },
    'blackforestlabs/flux-3/text-to-video',
  );
  expect(bought.status).toBe(200);
  const estimate = await world.call('/v1/estimate/blackforestlabs/flux-3/text-to-video', {
    method: 'POST',
    token,
    body: { prompt: 'x', duration: '5' },
  });
  expect(estimate.body.amount_usd).toBe(0.75);
});

test('the built-in models get RunComfy’s price and schema in the place of the provisional ones', async ({
  expect,
}) => {
  const world = createWorld();
  world.runcomfy.putModel({ model_id: TEXT_TO_VIDEO, base_price_usd: 0.5, description: 'Told by RunComfy.' });
  const { body } = await sync(world);
  expect(body.held).toEqual([]);
  expect(await rowOf(TEXT_TO_VIDEO)).toMatchObject({ source: 'sync', description: 'Told by RunComfy.' });
  const shown = await world.admin('GET', `/admin/models?search=${TEXT_TO_VIDEO}`);
  expect(shown.body.items[0].price).toMatchObject({ usd: 0.5, unit: 'second' });
});

test('RunComfy’s words about its price are for customers who pay it', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/noted', { pricing_note: '2K is billed at $0.080.' })]);
  await sync(world);
  const noteFor = async (fields: object, usd?: number) => {
    const { id, token } = await world.tenant(fields);
    if (usd !== undefined) {
      await world.admin('PUT', `/admin/customers/${id}/prices/a/noted`, { usd });
    }
    return (await world.call('/v1/models/a/noted', { token })).body.pricing_note;
  };
  expect(await noteFor({})).toBe('2K is billed at $0.080.');
  expect(await noteFor({ markup: 1.25 })).toBeUndefined();
  expect(await noteFor({}, 0.05)).toBeUndefined();
});

test('a second sync of the same catalogue writes no model', async ({ expect }) => {
  const world = createWorld();
  await sync(world);
  const before = (await dumpD1())['models'];
  world.clock.advance(HOUR);
  const { body } = await sync(world);
  expect(body).toMatchObject({ state: 'done', added: [], changed: [], returned: [] });
  expect((await dumpD1())['models']).toEqual(before);
});

test('the report lists changes by field, and repeats open ones', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/one'), entry('a/two', { price_unit: 'megapixel' })]);
  await sync(world);
  const schema = { type: 'object', properties: { prompt: { type: 'string', maxLength: 5 } } };
  catalogueOf(world, [
    entry('a/one', { input_schema: schema, base_price_usd: 0.05, display_name: 'Other' }),
    entry('a/two', { price_unit: 'megapixel' }),
  ]);
  const { body } = await sync(world);
  expect(body.changed).toEqual([{ model_id: 'a/one', fields: ['display_name', 'input_schema', 'price'] }]);
  expect(body.unpriced).toEqual([{ model_id: 'a/two', reason: 'its unit "megapixel" is not known' }]);
  const { token } = await world.tenant();
  expect((await world.submit(token, { prompt: '123456' }, 'a/one')).status).toBe(422);
});

const prices: [name: string, told: object, price: object | null, reason: RegExp | null][] = [
  ['by the output', {}, { usd: 0.04, unit: 'output' }, null],
  ['less than half a micro-dollar', { base_price_usd: 0.0000001 }, null, /less than can be booked/],
  ['half a micro-dollar', { base_price_usd: 0.0000005 }, { usd: 0.000001, unit: 'output' }, null],
  ['a tenth of a micro-dollar more', { base_price_usd: 0.0400001 }, { usd: 0.04, unit: 'output' }, null],
  ['0.1 + 0.2', { base_price_usd: 0.1 + 0.2 }, { usd: 0.3, unit: 'output' }, null],
  ['by the image', { price_unit: 'image' }, { usd: 0.04, unit: 'image' }, null],
  [
    'images by an input',
    {
      price_unit: 'image',
      input_schema: { type: 'object', properties: { max_images: { type: 'integer', maximum: 4 } } },
    },
    { usd: 0.04, unit: 'image', quantity: 'max_images' },
    null,
  ],
  [
    'by the minute of seconds',
    {
      price_unit: 'minute',
      input_schema: { type: 'object', properties: { duration: { type: 'integer', maximum: 90 } } },
    },
    { usd: 0.04, unit: 'minute', quantity: 'duration' },
    null,
  ],
  ['minutes of nothing', { price_unit: 'minute' }, null, /no input sets the number of minutes/],
  [
    'outputs by an input',
    { input_schema: { type: 'object', properties: { num_images: { type: 'integer', maximum: 4 } } } },
    { usd: 0.04, unit: 'output', quantity: 'num_images' },
    null,
  ],
  [
    'by the second of an input',
    {
      price_unit: 'second',
      input_schema: { type: 'object', properties: { duration: { type: 'integer', maximum: 9 } } },
    },
    { usd: 0.04, unit: 'second', quantity: 'duration' },
    null,
  ],
  [
    'seconds without an end',
    { price_unit: 'second', input_schema: { type: 'object', properties: { duration: { type: 'integer' } } } },
    null,
    /no quantity/,
  ],
  [
    'outputs by an input that may be null',
    {
      input_schema: { type: 'object', properties: { num_images: { type: ['integer', 'null'], maximum: 4 } } },
    },
    { usd: 0.04, unit: 'output', quantity: 'num_images' },
    null,
  ],
  [
    'outputs by an input without a type',
    { input_schema: { type: 'object', properties: { num_images: { minimum: 1, maximum: 4 } } } },
    { usd: 0.04, unit: 'output', quantity: 'num_images' },
    null,
  ],
  [
    'outputs by an input of several kinds',
    {
      input_schema: {
        type: 'object',
        properties: {
          num_images: { anyOf: [{ type: 'integer', maximum: 4 }, { type: 'null' }], default: 1 },
        },
      },
    },
    null,
    /no quantity/,
  ],
  [
    'outputs by a text',
    { input_schema: { type: 'object', properties: { num_images: { type: 'string', pattern: '^[1-4]$' } } } },
    null,
    /no quantity/,
  ],
  [
    'outputs by a list',
    { input_schema: { type: 'object', properties: { num_images: { type: 'array' } } } },
    { usd: 0.04, unit: 'output' },
    null,
  ],
  [
    'frames that make a second at least',
    {
      price_unit: 'second',
      input_schema: {
        type: 'object',
        properties: { frames: { type: 'integer', minimum: 1, maximum: 241 } },
      },
    },
    { usd: 0.04, unit: 'second', quantity: 'frames' },
    null,
  ],
  ['seconds of nothing', { price_unit: 'second' }, null, /no input sets/],
  ['nothing', { base_price_usd: undefined }, null, /names no price/],
  ['0', { base_price_usd: 0 }, null, /0/],
  ['less than 0', { base_price_usd: -1 }, null, /no amount/],
  ['a text', { base_price_usd: '0.04' }, null, /no amount/],
  ['more than can be booked', { base_price_usd: 1e300 }, null, /no amount/],
  ['another unit', { price_unit: 'megapixel' }, null, /unit "megapixel"/],
  ['a unit of the prototype', { price_unit: 'constructor' }, null, /unit/],
];

test.for(prices)('a price of %s', async ([, told, price, reason], { expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/priced', told)]);
  const { body } = await sync(world);
  const { items } = (await world.admin('GET', '/admin/models?search=a/priced')).body;
  expect(items[0].price).toEqual(price);
  expect(body.unpriced).toEqual(
    reason === null ? [] : [{ model_id: 'a/priced', reason: expect.stringMatching(reason) }],
  );
});

const leaps: [name: string, from: object, to: object, isHeld: boolean][] = [
  ['twice as much', { base_price_usd: 0.04 }, { base_price_usd: 0.08 }, false],
  ['more than twice as much', { base_price_usd: 0.04 }, { base_price_usd: 0.080001 }, true],
  ['half as much', { base_price_usd: 0.04 }, { base_price_usd: 0.02 }, false],
  ['less than half as much', { base_price_usd: 0.04 }, { base_price_usd: 0.019999 }, true],
  ['another unit', { base_price_usd: 0.04 }, { price_unit: 'image' }, true],
  ['another unit that is not known', { base_price_usd: 0.04 }, { price_unit: 'megapixel' }, true],
  ['no price any more', { base_price_usd: 0.04 }, { base_price_usd: null }, true],
  ['free', { base_price_usd: 0.04 }, { base_price_usd: 0 }, true],
  ['a price at last', { base_price_usd: null }, { base_price_usd: 9 }, false],
];

test.for(leaps)('a price that becomes %s', async ([, from, to, isHeld], { expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/leap', from)]);
  await sync(world);
  const before = await rowOf('a/leap');
  catalogueOf(world, [entry('a/leap', to)]);
  const { body } = await sync(world);
  const after = await rowOf('a/leap');
  expect(body.held).toHaveLength(isHeld ? 1 : 0);
  expect(after.price === before.price).toBe(isHeld);
  if (!isHeld) {
    return;
  }
  const health = await world.admin('GET', '/admin/health');
  expect(health.body.concerns).toContainEqual(expect.objectContaining({ code: 'catalogue_held' }));
  expect(world.logs).toContainEqual(
    expect.objectContaining({ level: 'error', event: 'catalogue_held', count: 1 }),
  );
  // The word of the operator about another model is none about this one.
  await sync(world, { accept: ['a/other'] });
  expect((await rowOf('a/leap')).price).toBe(before.price);
  await sync(world, { accept: ['a/leap'] });
  const accepted = await rowOf('a/leap');
  expect(accepted.price).not.toBe(before.price);
  expect(accepted.held_price).toBeNull();
  const again = await sync(world);
  expect(again.body).toMatchObject({ held: [], changed: [] });
});

test('a held price is forgotten when RunComfy takes it back', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/wobbles')]);
  await sync(world);
  catalogueOf(world, [entry('a/wobbles', { base_price_usd: 4 })]);
  expect((await sync(world)).body.held).toEqual([
    { model_id: 'a/wobbles', price: { usd: 0.04, unit: 'output' }, new_price: { usd: 4, unit: 'output' } },
  ]);
  catalogueOf(world, [entry('a/wobbles')]);
  expect((await sync(world)).body.held).toEqual([]);
});

test('what the operator set by hand stays, until they give it back', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/mine')]);
  await sync(world);
  const mine = {
    display_name: 'Mine',
    description: 'Mine too',
    categories: ['mine'],
    price: { usd: 7, unit: 'output' },
    input_schema: { type: 'object', properties: { mine: { type: 'string' } } },
    offered: false,
    validation: 'advise',
    media: 'off',
  };
  await world.admin('PATCH', '/admin/models/a/mine', mine);
  catalogueOf(world, [
    entry('a/mine', {
      display_name: 'Theirs',
      base_price_usd: 99,
      kind: 'workflow',
      categories: ['theirs'],
      input_schema: { type: 'object', properties: { theirs: { type: 'string' } } },
    }),
  ]);
  const { body } = await sync(world);
  expect(body).toMatchObject({ held: [], returned: [] });
  const read = async () => (await world.admin('GET', '/admin/models?search=a/mine')).body.items[0];
  expect(await read()).toMatchObject({ ...mine, kind: 'workflow', source: 'sync' });
  await world.admin('PATCH', '/admin/models/a/mine', { by_hand: ['offered'] });
  catalogueOf(world, [entry('a/mine', { display_name: 'Theirs', base_price_usd: 9 })]);
  await sync(world, { accept: 'all' });
  expect(await read()).toMatchObject({ display_name: 'Theirs', price: { usd: 9 }, offered: false });
});

test('a model that the operator made is theirs as a whole', async ({ expect }) => {
  const world = createWorld();
  await world.admin('PUT', '/admin/models/a/own', {
    input_schema: { type: 'object' },
    price: { usd: 1, unit: 'output' },
  });
  const before = await rowOf('a/own');
  catalogueOf(world, [entry('a/own'), entry('a/theirs')]);
  const { body } = await sync(world);
  expect(body).toMatchObject({ kept: ['a/own'], added: ['a/theirs'] });
  expect(await rowOf('a/own')).toEqual(before);
  catalogueOf(world, many(20));
  for (let again = 0; again < 3; again += 1) {
    await sync(world, { accept: 'all' });
  }
  expect(await rowOf('a/own')).toEqual(before);
});

test('a model is withdrawn when two full syncs in a row miss it, stays for its jobs, and can come back', async ({
  expect,
}) => {
  const world = createWorld();
  const shelf = many(20);
  catalogueOf(world, [entry('a/leaves'), ...shelf]);
  await sync(world);
  const { token } = await world.tenant();
  world.runcomfy.putModel({ ...entry('a/leaves'), model_id: 'a/leaves' });
  const { body: job } = await world.submit(token, { prompt: 'x' }, 'a/leaves');
  catalogueOf(world, shelf);
  const first = await sync(world);
  expect(first.body).toMatchObject({ missed: ['a/leaves', ...BUILT_IN], withdrawn: [] });
  // Seen in between, it has to be missed twice again.
  catalogueOf(world, [entry('a/leaves'), ...shelf]);
  await sync(world);
  catalogueOf(world, shelf);
  expect((await sync(world)).body.withdrawn).toEqual([]);
  expect((await rowOf('a/leaves')).offered).toBe(1);
  const last = await sync(world);
  expect(last.body.withdrawn).toEqual(['a/leaves']);
  expect((await world.submit(token, { prompt: 'x' }, 'a/leaves')).status).toBe(404);
  expect((await world.status(token, job.request_id)).status).toBe(200);
  expect((await sync(world)).body).toMatchObject({ missed: [], withdrawn: [] });
  catalogueOf(world, [entry('a/leaves'), ...shelf]);
  expect((await sync(world)).body.returned).toEqual(['a/leaves']);
  expect((await rowOf('a/leaves')).offered).toBe(1);
});

test('a model that comes back unchanged is judged by its own schema', async ({ expect }) => {
  const world = createWorld();
  const two = ['left', 'right'].map((name) =>
    entry(`a/${name}`, {
      input_schema: { type: 'object', required: [name], properties: { [name]: { type: 'string' } } },
    }),
  );
  catalogueOf(world, [...two, ...many(30)]);
  await sync(world);
  catalogueOf(world, many(30));
  await sync(world);
  catalogueOf(world, [...two, ...many(30)]);
  expect((await sync(world)).body.changed).toEqual([]);
  const { token } = await world.tenant();
  for (const name of ['left', 'right']) {
    const call = { method: 'POST', token, body: { [name]: 'x' } };
    expect((await world.call(`/v1/estimate/a/${name}`, call)).status).toBe(200);
  }
});

test('accepting all does not accept a price that was not reported', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/one'), entry('a/two')]);
  await sync(world);
  catalogueOf(world, [entry('a/one', { base_price_usd: 0.4 }), entry('a/two')]);
  await sync(world);
  catalogueOf(world, [entry('a/one', { base_price_usd: 0.4 }), entry('a/two', { base_price_usd: 0.0001 })]);
  const { body } = await sync(world, { accept: 'all' });
  expect(body.held).toHaveLength(1);
  expect(JSON.parse((await rowOf('a/one')).price).usdMicros).toBe(400_000);
  expect(JSON.parse((await rowOf('a/two')).price).usdMicros).toBe(40_000);
});

test('accepting all withdraws no model that was missed once', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/blip'), ...many(30)]);
  await sync(world);
  catalogueOf(world, many(30));
  const { body } = await sync(world, { accept: 'all' });
  expect(body).toMatchObject({ withdrawn: [], missed: ['a/blip'] });
});

test('a held price of a model that is gone waits no more', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/leaves'), ...many(30)]);
  await sync(world);
  catalogueOf(world, [entry('a/leaves', { base_price_usd: 4 }), ...many(30)]);
  await sync(world);
  catalogueOf(world, many(30));
  await sync(world);
  await sync(world);
  await world.admin('PATCH', '/admin/models/a/leaves', { price: { usd: 1, unit: 'output' } });
  const { body } = await sync(world, { accept: 'all' });
  expect(body.held).toEqual([]);
});

test('what the operator puts on sale while the sync ends stays on sale', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/raced'), ...many(30)]);
  await sync(world);
  catalogueOf(world, many(30));
  await sync(world);
  let batches = 0;
  const DB = new Proxy(env.DB, {
    get(target, name) {
      return name === 'batch'
        ? async (statements: D1PreparedStatement[]) => {
            batches += 1;
            if (batches === 3) {
              await world.admin('PATCH', '/admin/models/a/raced', { offered: true });
            }
            return target.batch(statements);
          }
        : (sql: string) => target.prepare(sql);
    },
  });
  const before = (await audits()).length;
  const { body } = await world.isolate({ DB }).admin('POST', SYNC);
  // The end was planned from a row that has changed, so it was planned again.
  expect(batches).toBe(5);
  expect(body).toMatchObject({ state: 'done', withdrawn: [] });
  expect((await audits()).slice(before)).toEqual([]);
  expect((await rowOf('a/raced')).by_hand).toContain('offered');
  expect((await rowOf('a/raced')).offered).toBe(1);
});

test('a withdrawn model that is given back to the sync is on sale again', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/back'), ...many(3)]);
  await sync(world);
  await world.admin('PATCH', '/admin/models/a/back', { offered: false });
  await sync(world);
  expect((await rowOf('a/back')).offered).toBe(0);
  await world.admin('PATCH', '/admin/models/a/back', { by_hand: [] });
  await sync(world);
  expect((await rowOf('a/back')).offered).toBe(1);
});

// Not of the sync's until it has found them once.
const BUILT_IN: string[] = [];

test('a model that the operator keeps on sale, and a renamed one, are not withdrawn', async ({ expect }) => {
  const world = createWorld();
  const shelf = many(30);
  catalogueOf(world, [entry('a/kept'), entry('a/old-name'), entry('a/withdrawn'), ...shelf]);
  await sync(world);
  await world.admin('PATCH', '/admin/models/a/kept', { offered: true });
  await world.admin('PATCH', '/admin/models/a/old-name', { alias_of: 'shop/model-0001' });
  await world.admin('PATCH', '/admin/models/a/withdrawn', { offered: false });
  catalogueOf(world, shelf);
  for (let again = 0; again < 3; again += 1) {
    expect((await sync(world)).body.withdrawn).toEqual([]);
  }
  const { token } = await world.tenant();
  expect((await world.call('/v1/models/a/kept', { token })).status).toBe(200);
  expect((await world.call('/v1/models/a/old-name', { token })).body).toMatchObject({
    model_id: 'a/old-name',
  });
  // A model that the operator withdrew does not come back by itself.
  catalogueOf(world, [entry('a/withdrawn'), ...shelf]);
  await sync(world);
  expect((await rowOf('a/withdrawn')).offered).toBe(0);
});

test('more than a tenth gone at once waits for the operator', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, many(30));
  await sync(world);
  catalogueOf(world, many(26));
  const gone = many(30)
    .slice(26)
    .map(({ model_id }) => model_id);
  for (let again = 0; again < 3; again += 1) {
    const { body } = await sync(world);
    expect(body).toMatchObject({ gone, withdrawn: [], missed: [] });
  }
  expect((await rowOf('shop/model-0029')).offered).toBe(1);
  const health = await world.admin('GET', '/admin/health');
  expect(health.body.concerns).toContainEqual(
    expect.objectContaining({ code: 'catalogue_held', detail: expect.stringContaining('4 models wait') }),
  );
  // Two accepted leave two, and that is no longer too much to be believed.
  const some = await sync(world, { accept: gone.slice(0, 2) });
  expect(some.body).toMatchObject({ withdrawn: gone.slice(0, 2), gone: [] });
  expect((await sync(world)).body.withdrawn).toEqual(gone.slice(2));
});

test('an empty catalogue withdraws nothing, whatever was accepted before', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, many(5));
  await sync(world);
  catalogueOf(world, []);
  for (let again = 0; again < 3; again += 1) {
    expect((await sync(world)).body).toMatchObject({
      withdrawn: [],
      gone: expect.arrayContaining(['shop/model-0001']),
    });
  }
  const all = await sync(world, { accept: 'all' });
  expect(all.body.withdrawn).toHaveLength(5);
});

test('accepting all does not accept unreported withdrawals of a catalogue that is empty once', async ({
  expect,
}) => {
  const world = createWorld();
  catalogueOf(world, many(30));
  await sync(world);
  catalogueOf(world, []);
  expect((await sync(world, { accept: 'all' })).body).toMatchObject({ withdrawn: [] });
  expect((await sync(world, { accept: ['a/other'] })).body).toMatchObject({ withdrawn: [] });
  expect((await rowOf('shop/model-0001')).offered).toBe(1);
});

const page = (body: unknown, init?: ResponseInit) => () =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), init);
const nonsense: [name: string, answer: () => Response][] = [
  ['HTML', page('<html>hello</html>')],
  ['nothing', page('')],
  ['null', page(null)],
  ['a list', page([entry('a/b')])],
  ['an object without models', page({ total: 1 })],
  ['models that are no list', page({ models: { 'a/b': entry('a/b') }, total: 1 })],
  ['no total', page({ models: [entry('a/b')] })],
  ['a total below 0', page({ models: [entry('a/b')], total: -1 })],
  ['a total that is a text', page({ models: [entry('a/b')], total: '1' })],
  ['entries without ids', page({ models: [{ ...entry('a/b'), model_id: undefined }, 7, null], total: 3 })],
  ['ids that are none', page({ models: [entry('../../admin'), entry('x'), entry('a/b?c')], total: 3 })],
  ['entries without schemas', page({ models: [entry('a/b', { input_schema: 'object' })], total: 1 })],
  ['an error in a 200', page({ error_code: 400004, models: [entry('a/b')], total: 1 })],
  ['a 500', page({ models: [entry('a/b')], total: 1 }, { status: 500 })],
  ['a 401', page({}, { status: 401 })],
  ['a redirect', page('', { status: 302, headers: { Location: 'https://elsewhere.example.com/' } })],
  [
    'a schema of 100 KB',
    page({
      models: [entry('a/b', { input_schema: { type: 'object', description: 'x'.repeat(100_000) } })],
      total: 1,
    }),
  ],
];

test.for(nonsense)('nonsense changes nothing: %s', async ([, answer], { expect }) => {
  const world = createWorld();
  catalogueOf(world, many(3));
  await sync(world);
  const before = (await dumpD1())['models'];
  tapUpstream(world, answer);
  for (let again = 0; again < 3; again += 1) {
    const reply = await sync(world, { accept: 'all' });
    expect(reply).toMatchObject({
      status: 502,
      body: { state: 'failed', reason: expect.stringMatching(/\w/) },
    });
  }
  expect((await dumpD1())['models']).toEqual(before);
  const health = await world.admin('GET', '/admin/health');
  expect(health.body.concerns).toContainEqual(expect.objectContaining({ code: 'catalogue_failed' }));
});

test('an invalid entry is skipped and reported, and its model stays', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/odd'), entry('a/even')]);
  await sync(world);
  const before = await rowOf('a/odd');
  catalogueOf(world, [
    entry('a/odd', { input_schema: null }),
    entry('a/even'),
    { model_id: 7 },
    entry('no-slash'),
  ]);
  for (let again = 0; again < 3; again += 1) {
    const { body } = await sync(world);
    expect(body.not_understood).toEqual([
      { model_id: 'a/odd', reason: 'no input_schema' },
      { model_id: '7', reason: 'no usable model_id' },
      { model_id: '"no-slash"', reason: 'no usable model_id' },
    ]);
    expect(body.withdrawn).toEqual([]);
  }
  expect(await rowOf('a/odd')).toEqual(before);
});

test('a schema that cannot judge is stored and reported, and submits are refused until the operator decides', async ({
  expect,
}) => {
  const world = createWorld();
  const input_schema = {
    type: 'object',
    properties: { a: { $ref: 'https://elsewhere.example.com/schema' } },
  };
  catalogueOf(world, [
    entry('a/ref', { input_schema }),
    entry('a/slow', {
      input_schema: { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } },
    }),
  ]);
  const { body } = await sync(world);
  expect(body.not_understood).toEqual([{ model_id: 'a/ref', reason: expect.stringContaining('$ref') }]);
  expect(body.notes).toEqual([{ model_id: 'a/slow', notes: [expect.stringContaining('(a+)+')] }]);
  const { token } = await world.tenant();
  expect((await world.submit(token, { a: 'x' }, 'a/ref')).body.code).toBe('model_unavailable');
  await world.admin('PATCH', '/admin/models/a/ref', { validation: 'off' });
  // The simulator knows no such model: comfygate has let it through.
  expect((await world.submit(token, { a: 'x' }, 'a/ref')).body.code).toBe('model_unavailable');
});

test('the operator can withdraw and price models of the sync', async ({ expect }) => {
  const world = createWorld();
  const price = { usd: 1, unit: 'second', quantity: 'duration' };
  // No input sets the seconds, and the schema cannot be used.
  const input_schema = { type: 'object', properties: { a: { $ref: '#/b' } } };
  catalogueOf(world, [entry('a/broken', { input_schema, price_unit: 'second' })]);
  await sync(world);
  const { token } = await world.tenant();
  expect((await world.submit(token, { duration: 0.001 }, 'a/broken')).status).toBe(503);
  const patch = (change: object) => world.admin('PATCH', '/admin/models/a/broken', change);
  expect((await patch({ offered: false })).status).toBe(200);
  expect((await patch({ price })).status).toBe(422);
  expect((await patch({ validation: 'advise' })).status).toBe(422);
  expect((await patch({ price: { usd: 1, unit: 'output' }, offered: true })).status).toBe(200);
  expect((await world.submit(token, { duration: 0.001 }, 'a/broken')).body.code).toBe('model_unavailable');
});

test('a price by hand whose input RunComfy has taken away sells to nobody', async ({ expect }) => {
  const world = createWorld();
  const sized = { type: 'object', properties: { duration: { type: 'integer', maximum: 9 } } };
  catalogueOf(world, [entry('a/lost-input', { input_schema: sized, price_unit: 'second' })]);
  await sync(world);
  const price = { usd: 1, unit: 'second', quantity: 'duration' };
  await world.admin('PATCH', '/admin/models/a/lost-input', { price });
  catalogueOf(world, [entry('a/lost-input')]);
  await sync(world);
  const { token } = await world.tenant();
  const { body } = await world.admin('GET', SYNC);
  expect(body.last.unpriced).toEqual([
    { model_id: 'a/lost-input', reason: expect.stringContaining('duration') },
  ]);
  const reply = await world.submit(token, { prompt: 'x', duration: 0.001 }, 'a/lost-input');
  expect(reply).toMatchObject({ status: 503, body: { code: 'model_unpriced' } });
});

async function concernsOf(world: World): Promise<Record<string, string>> {
  const { body } = await world.admin('GET', '/admin/health');
  return Object.fromEntries(body.concerns.map(({ code, detail }: any) => [code, detail]));
}

const BROKEN: [what: string, property: object, isIgnored: boolean][] = [
  ['a maximum of null', { type: 'integer', maximum: null }, true],
  ['a bound as in draft 4', { type: 'number', minimum: 0, exclusiveMinimum: true }, true],
  ['an enum of null', { type: 'string', enum: null }, true],
  ['items of null', { type: 'array', items: null }, true],
  ['a type that nobody knows', { type: 'int' }, true],
  ['a reference', { $ref: '#/definitions/a' }, false],
  ['a length in words', { type: 'string', maxLength: 'long' }, false],
];

test.for(BROKEN)(
  'a model goes on selling when its schema breaks: %s',
  async ([, property, isIgnored], { expect }) => {
    const world = createWorld();
    const whole = { type: 'object', required: ['prompt'], properties: { prompt: { type: 'string' } } };
    catalogueOf(world, [entry('a/sells', { input_schema: whole })]);
    await sync(world);
    const { properties } = whole;
    const broken = { ...whole, properties: { ...properties, a: property } };
    catalogueOf(world, [entry('a/sells', { input_schema: broken, base_price_usd: 0.05 })]);
    const { body } = await sync(world);
    const { token } = await world.tenant();
    world.runcomfy.putModel({ model_id: 'a/sells', input_schema: whole });
    expect((await world.submit(token, { prompt: 'x' }, 'a/sells')).status).toBe(200);
    expect((await world.submit(token, { prompt: 5 }, 'a/sells')).status).toBe(422);
    expect(JSON.parse((await rowOf('a/sells')).price).usdMicros).toBe(50_000);
    const concerns = await concernsOf(world);
    const hasA = 'a' in JSON.parse((await rowOf('a/sells')).input_schema).properties;
    expect(hasA).toBe(isIgnored);
    if (isIgnored) {
      expect(concerns).not.toHaveProperty('schema_kept');
      return;
    }
    expect(body.not_understood).toEqual([
      { model_id: 'a/sells', reason: expect.stringContaining('the last usable schema stays') },
    ]);
    expect(concerns['schema_kept']).toMatch(
      /^RunComfy's new schema cannot be used.* a\/sells: .*PATCH \/admin\/models/,
    );
    // It stays so from sync to sync, until RunComfy mends it or the operator sets another.
    expect((await sync(world)).body.changed).toEqual([]);
    expect(await concernsOf(world)).toHaveProperty('schema_kept');
    await world.admin('PATCH', '/admin/models/a/sells', { input_schema: { type: 'object', properties } });
    expect(await concernsOf(world)).not.toHaveProperty('schema_kept');
    await world.admin('PATCH', '/admin/models/a/sells', { by_hand: [] });
    catalogueOf(world, [
      entry('a/sells', { input_schema: { ...whole, properties: { ...properties, b: {} } } }),
    ]);
    await sync(world);
    expect(await concernsOf(world)).not.toHaveProperty('schema_kept');
    expect('b' in JSON.parse((await rowOf('a/sells')).input_schema).properties).toBe(true);
  },
);

test('what cannot be sold stands in health with the reason and the call that mends it, until it is mended', async ({
  expect,
}) => {
  const world = createWorld();
  catalogueOf(world, [
    entry('a/lipsync', { price_unit: 'minute', base_price_usd: 5 }),
    entry('a/unknown', { price_unit: 'megapixel' }),
    entry('a/workflow', { base_price_usd: undefined }),
    entry('a/unjudged', { input_schema: { type: 'object', properties: { a: { $ref: '#/b' } } } }),
    entry('a/sold'),
  ]);
  await world.cron();
  await sync(world);
  const health = await world.admin('GET', '/admin/health');
  expect(health.body.status).toBe('attention');
  expect(health.body.unsold_models).toEqual([
    {
      model_id: 'a/lipsync',
      reason: 'no input sets the number of minutes',
      price: { usd: 5, unit: 'minute', max_quantity: 5 },
    },
    { model_id: 'a/unjudged', reason: expect.stringContaining('$ref'), price: null },
    {
      model_id: 'a/unknown',
      reason: 'its unit "megapixel" is not known',
      price: { usd: 0.04, unit: 'output' },
    },
    { model_id: 'a/workflow', reason: 'RunComfy names no price', price: { usd: null, unit: 'output' } },
  ]);
  const told = (await concernsOf(world))['models_unsold'];
  expect(told).toContain('Models of RunComfy that are not sold: 4.');
  expect(told).toContain(
    'a/lipsync: no input sets the number of minutes; PATCH /admin/models/a/lipsync {"price":{"usd":5,"unit":"minute","max_quantity":5}}',
  );
  expect(told).toContain('PATCH /admin/models/a/workflow {"price":{"usd":…,"unit":"output"}}');
  for (const { model_id, price } of health.body.unsold_models) {
    const change =
      price === null
        ? { input_schema: { type: 'object', properties: { prompt: { type: 'string' } } } }
        : { price: { ...price, usd: price.usd ?? 1 } };
    expect((await world.admin('PATCH', `/admin/models/${model_id}`, change)).status).toBe(200);
  }
  expect(await concernsOf(world)).not.toHaveProperty('models_unsold');
  await sync(world);
  expect(await concernsOf(world)).not.toHaveProperty('models_unsold');
});

test('every model that RunComfy prices can be sold, with a max_quantity at the most', async ({ expect }) => {
  const world = createWorld();
  await sync(world);
  const { unsold_models: unsold } = (await world.admin('GET', '/admin/health')).body;
  const { models } = (await (await world.runcomfy.fetch(catalogueCall())).json()) as { models: any[] };
  const priced = models.filter(({ base_price_usd }) => base_price_usd !== undefined);
  const isPriced = ({ model_id }: any) => priced.some((model) => model.model_id === model_id);
  for (const { model_id, price } of unsold.filter(isPriced)) {
    expect(price).toMatchObject({ usd: expect.any(Number), max_quantity: expect.any(Number) });
    expect((await world.admin('PATCH', `/admin/models/${model_id}`, { price })).status).toBe(200);
  }
  const { body } = await world.admin('GET', '/admin/models?limit=200&offered=true');
  const sold = body.items.filter(({ price }: any) => price !== null).map(({ id }: any) => id);
  expect(sold).toEqual(expect.arrayContaining(priced.map(({ model_id }) => model_id)));
  // Each of them can be quoted for an input that leaves everything to RunComfy.
  for (const { model_id } of priced) {
    const trial = await world.admin('POST', '/admin/models/quote', { model_id, input: {} });
    expect([model_id, trial.body.hold_usd > 0]).toEqual([model_id, true]);
  }
  const left = (await world.admin('GET', '/admin/health')).body.unsold_models;
  expect(left.filter(isPriced)).toEqual([]);
  // A model without a price at RunComfy is still reported.
  expect(left.map(({ reason }: any) => reason)).toContain('RunComfy names no price');
});

test('the same id twice counts once, and a catalogue without an end is none', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/twice'), entry('a/twice', { base_price_usd: 9 })]);
  const { body } = await sync(world);
  expect(body).toMatchObject({ added: ['a/twice'], full: false });
  expect(JSON.parse((await rowOf('a/twice')).price).usdMicros).toBe(40_000);
  let asked = 0;
  tapUpstream(world, () => {
    asked += 1;
    return Response.json({ models: [entry('a/endless')], total: 1_000_000 });
  });
  expect((await sync(world)).body).toMatchObject({ state: 'failed' });
  expect(asked).toBeLessThan(600);
});

test('the cron takes six new models a run, begins an hour after the last sync began, and comes to the same end', async ({
  expect,
}) => {
  const world = createWorld();
  catalogueOf(world, many(20));
  const seen: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    await world.syncCron();
    seen.push((await rowsOf('shop/')).length);
    world.clock.advance(2 * MINUTE);
  }
  expect(seen).toEqual([6, 12, 18, 20, 20]);
  const { body } = await world.admin('GET', SYNC);
  expect(body).toMatchObject({ running: null, last: { state: 'done', models: 20, full: true } });
  expect(Date.parse(body.next_at)).toBe(Date.parse(body.last.started_at) + HOUR);
  // Models that have not changed are passed quickly.
  catalogueOf(world, many(21));
  world.clock.advance(HOUR - 11 * MINUTE);
  await world.syncCron();
  expect(await rowsOf('shop/')).toHaveLength(20);
  world.clock.advance(MINUTE);
  await world.syncCron();
  expect(await rowsOf('shop/')).toHaveLength(21);
});

async function rowsOf(prefix: string): Promise<any[]> {
  const { results } = await env.DB.prepare('SELECT * FROM models WHERE instr(id, ?1) = 1 ORDER BY id')
    .bind(prefix)
    .all();
  return results;
}

/** A gate that reports when a call reaches it, and lets the call pass when it is opened. */
function barrier(): { wait: () => Promise<void>; reached: Promise<void>; open: () => void } {
  const opened = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const wait = () => {
    reached.resolve();
    return opened.promise;
  };
  return { wait, reached: reached.promise, open: opened.resolve };
}

test('one sync at a time: a second one has to wait, and the claim of a dead one expires', async ({
  expect,
}) => {
  const world = createWorld();
  const [first, second] = [barrier(), barrier()];
  let asked = 0;
  tapUpstream(world, async () => {
    asked += 1;
    const number = asked;
    await [first, second][number - 1]?.wait();
    return Response.json({ models: many(3, number === 1 ? { display_name: 'Late' } : {}), total: 3 });
  });
  const late = sync(world);
  await first.reached;
  const told = await world.isolate().admin('POST', SYNC);
  expect(told).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(told.headers.get('Retry-After')).toBe('60');
  world.clock.advance(MINUTE);
  const next = world.isolate().admin('POST', SYNC);
  await second.reached;
  first.open();
  // The late write of the first walker has no effect, though the second one's lease ends at the same instant.
  expect((await late).status).toBe(409);
  expect(await rowsOf('shop/')).toEqual([]);
  second.open();
  expect((await next).body).toMatchObject({ state: 'done', models: 3 });
  expect((await rowsOf('shop/')).map((row) => row.display_name)).not.toContain('Late');
});

test('a page that was on its way to D1 for longer than the hold takes no effect', async ({ expect }) => {
  const world = createWorld();
  const late = barrier();
  catalogueOf(world, [entry('a/late')]);
  const DB = new Proxy(env.DB, {
    get(target, name) {
      return name === 'batch'
        ? async (statements: D1PreparedStatement[]) => {
            await late.wait();
            return target.batch(statements);
          }
        : (sql: string) => target.prepare(sql);
    },
  });
  const before = (await audits()).length;
  const slow = world.isolate({ DB }).admin('POST', SYNC);
  await late.reached;
  world.clock.advance(MINUTE);
  catalogueOf(world, many(3));
  expect((await sync(world)).body).toMatchObject({ state: 'done', models: 3 });
  late.open();
  expect((await slow).status).toBe(409);
  expect(await rowsOf('a/late')).toEqual([]);
  expect((await world.admin('GET', SYNC)).body.running).toBeNull();
  expect((await audits()).slice(before)).toHaveLength(1);
});

test('what the operator changes while a page is on its way is not lost, and the page is planned anew', async ({
  expect,
}) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/raced'), entry('a/other')]);
  await sync(world);
  const other = { display_name: 'Theirs', base_price_usd: 0.05 };
  catalogueOf(world, [entry('a/raced', other), entry('a/other', other)]);
  let batches = 0;
  const DB = new Proxy(env.DB, {
    get(target, name) {
      return name === 'batch'
        ? async (statements: D1PreparedStatement[]) => {
            batches += 1;
            if (batches === 1) {
              const mine = { offered: false, price: { usd: 3, unit: 'output' } };
              await world.admin('PATCH', '/admin/models/a/raced', mine);
            }
            return target.batch(statements);
          }
        : (sql: string) => target.prepare(sql);
    },
  });
  const before = (await audits()).length;
  const { body } = await world.isolate({ DB }).admin('POST', SYNC);
  const changed = [
    { model_id: 'a/raced', fields: ['display_name'] },
    { model_id: 'a/other', fields: ['display_name', 'price'] },
  ];
  expect(body).toMatchObject({ state: 'done', changed });
  expect((await audits()).slice(before)).toMatchObject([
    {
      actor: 'ops',
      change: {
        changed,
        prices: [
          { model_id: 'a/other', from: { usd: 0.04, unit: 'output' }, to: { usd: 0.05, unit: 'output' } },
        ],
      },
    },
  ]);
  const { items } = (await world.admin('GET', '/admin/models?search=a/raced')).body;
  expect(items[0]).toMatchObject({ offered: false, price: { usd: 3 }, display_name: 'Theirs' });
});

test('a walk that is cut at any call goes on, comes to the same end, and each change is audited once', async ({
  expect,
}) => {
  let calls = 0;
  for (let cut = 0; cut < 20; cut += 1) {
    for (const effect of [false, true]) {
      const world = createWorld();
      const version = cut * 2 + Number(effect);
      catalogueOf(world, many(12, { description: `version ${version}` }));
      calls = 0;
      const failing = <T>(run: () => Promise<T>): Promise<T> => {
        calls += 1;
        if (calls - 1 !== cut) {
          return run();
        }
        const lost = new Error('D1_ERROR: Network connection lost.');
        return effect ? run().then(() => Promise.reject(lost)) : Promise.reject(lost);
      };
      const before = (await audits()).length;
      const isolate = world.isolate({ DB: guarded(failing) });
      await isolate.syncCron().catch(() => {});
      await isolate.syncCron().catch(() => {});
      // The hold of a walker that could not let go runs out.
      for (let run = 0; run < 4; run += 1) {
        world.clock.advance(2 * MINUTE);
        await world.syncCron();
      }
      const rows = await rowsOf('shop/');
      expect(new Set(rows.map(({ description }) => description))).toEqual(new Set([`version ${version}`]));
      expect(rows.every(({ missed, offered }) => missed === 0 && offered === 1)).toBe(true);
      const { body } = await world.admin('GET', SYNC);
      expect(body.last).toMatchObject({ state: 'done', models: 12 });
      const kind = version === 0 ? 'added' : 'changed';
      expect(body.last[kind]).toHaveLength(12);
      const told = (await audits()).slice(before).map(({ change }) => change[kind].length);
      expect(told).toEqual([6, 6]);
      await env.DB.prepare(
        'UPDATE catalogue_sync SET due_at_ms = 0, progress = NULL, lease_until_ms = 0',
      ).run();
    }
  }
});

/** D1 whose every call passes `through`. */
function guarded(through: <T>(run: () => Promise<T>) => Promise<T>): D1Database {
  const statements = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get(target, name) {
        if (name === 'bind') {
          return (...values: unknown[]) => statements(target.bind(...values));
        }
        const member: any = Reflect.get(target, name);
        return name === 'first' || name === 'all' || name === 'run'
          ? (...values: unknown[]) => through(() => member.apply(target, values))
          : member;
      },
    });
  return new Proxy(env.DB, {
    get(target, name) {
      return name === 'batch'
        ? (all: D1PreparedStatement[]) => through(() => target.batch(all))
        : (sql: string) => statements(target.prepare(sql));
    },
  });
}

test('without a token for RunComfy the cron asks nobody', async ({ expect }) => {
  const world = createWorld();
  const sent = tapUpstream(world);
  await world.isolate({ RUNCOMFY_TOKEN: '' }).syncCron();
  expect(sent).toEqual([]);
});

test.for([
  { what: 'no good', change: "state = 'bad_token'" },
  { what: 'out of use', change: "status = 'disabled'" },
])(
  'a token of the environment that is $what asks nobody where another account can',
  async ({ change }, { expect }) => {
    const world = createWorld();
    const account = await addAccount(world);
    await env.DB.prepare(`UPDATE accounts SET ${change} WHERE id = 'acct_env'`).run();
    const sent = tapUpstream(world);
    expect((await world.admin('POST', SYNC)).body.state).toBe('done');
    expect(new Set(sent.map(({ headers }) => headers['authorization']))).toEqual(
      new Set([`Bearer ${account.token}`]),
    );
  },
);

const bodies: [name: string, body: unknown, status: number][] = [
  ['accept as a word', { accept: 'none' }, 422],
  ['accept as a number', { accept: [7] }, 422],
  ['an id that is too long', { accept: ['x'.repeat(201)] }, 422],
  ['a member that is not known', { acept: [] }, 422],
  ['a list', '[]', 422],
  ['no JSON', '{', 400],
];

test.for(bodies)('a sync with %s is refused', async ([, body, status], { expect }) => {
  const world = createWorld();
  expect((await world.admin('POST', SYNC, body)).status).toBe(status);
});

async function audits(): Promise<any[]> {
  const sql =
    "SELECT actor, change FROM audit JOIN audit_details ON audit_id = id WHERE action = 'catalogue.sync' ORDER BY id";
  const { results } = await env.DB.prepare(sql).all<any>();
  return results.map(({ actor, change }) => ({ actor, change: JSON.parse(change) }));
}

test('each page that changes something leaves one audit row, whoever walks', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, many(120));
  const before = (await audits()).length;
  await sync(world);
  await sync(world);
  catalogueOf(world, many(121));
  world.clock.advance(HOUR);
  for (let run = 0; run < 10; run += 1) {
    await world.syncCron();
  }
  const rows = (await audits()).slice(before);
  expect(rows.map(({ actor, change }) => [actor, change.added.length])).toEqual([
    ['ops', 100],
    ['ops', 20],
    ['cron', 1],
  ]);
  expect(rows[2]!.change).toEqual({
    added: ['shop/model-0120'],
    changed: [],
    prices: [{ model_id: 'shop/model-0120', from: null, to: { usd: 0.04, unit: 'output' } }],
    returned: [],
  });
});

test('a POST interrupts a page of the cron: audit and report have all 20 prices', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, many(20));
  await sync(world);
  const before = (await audits()).length;
  catalogueOf(world, many(20, { base_price_usd: 0.05 }));
  world.clock.advance(HOUR);
  await world.syncCron();
  const { body } = await sync(world);
  const rows = (await audits()).slice(before);
  expect(rows.map(({ actor, change }) => [actor, change.prices.length])).toEqual([
    ['cron', 6],
    ['ops', 14],
  ]);
  const priced = rows.flatMap(({ change }) => change.prices.map(({ model_id }: any) => model_id));
  expect(priced).toEqual(many(20).map(({ model_id }) => model_id));
  expect(body.changed.map(({ model_id }: any) => model_id)).toEqual(priced);
  // A change is reported once.
  expect((await sync(world)).body.changed).toEqual([]);
});

test('what a sync withdraws is audited with its end', async ({ expect }) => {
  const world = createWorld();
  catalogueOf(world, [entry('a/leaves'), ...many(30)]);
  await sync(world);
  catalogueOf(world, many(30));
  const before = (await audits()).length;
  await sync(world);
  expect((await audits()).slice(before)).toEqual([]);
  await sync(world);
  expect((await audits()).slice(before)).toEqual([{ actor: 'ops', change: { withdrawn: ['a/leaves'] } }]);
});

test('a walk that fails leaves an audit row for the page that it brought', async ({ expect }) => {
  const world = createWorld();
  const before = (await audits()).length;
  tapUpstream(world, (_response, request) =>
    new URL(request.url).searchParams.get('offset') === '0'
      ? Response.json({ models: many(100), total: 200 })
      : new Response('', { status: 500 }),
  );
  expect((await sync(world)).status).toBe(502);
  expect((await audits()).slice(before).map(({ change }) => change.added.length)).toEqual([100]);
});

test('400 models within the free plan: the statements and the rows written of a sync', async ({
  expect,
  task,
}) => {
  const world = createWorld();
  catalogueOf(world, many(400));
  const measured: Record<string, { statements: number; written: number; read: number }> = {};
  const measure = async (name: string, run: (isolate: Isolate) => Promise<unknown>) => {
    const gate = recordedIsolate(world, { RUNCOMFY_BASE_URL: world.deps.settings.runcomfyOrigin });
    await run(gate);
    const { d1Statements: statements, rowsWritten: written, rowsRead: read } = countsOf(gate.calls);
    measured[name] = { statements, written, read };
  };
  await measure('POST, all of it new', (isolate) => isolate.admin('POST', SYNC));
  await measure('POST, nothing new', (isolate) => isolate.admin('POST', SYNC));
  catalogueOf(world, many(400, { description: 'other' }));
  world.clock.advance(HOUR);
  await measure('cron, all of it changed', (isolate) => isolate.syncCron());
  for (let run = 0; run < 65; run += 1) {
    await world.syncCron();
  }
  await measure('cron, the end', (isolate) => isolate.syncCron());
  await measure('cron, nothing due', (isolate) => isolate.syncCron());
  world.clock.advance(HOUR);
  await measure('cron, nothing new', (isolate) => isolate.syncCron());
  // The free plan has 50 queries a run; `npm run bench:sync` prints what it comes to.
  Object.assign(task.meta, { measured });
  for (const { statements } of Object.values(measured)) {
    expect(statements).toBeLessThanOrEqual(36);
  }
  // A row for each new model; besides that only the progress, an entry of the audit with its details for each of four
  // pages, and the index of models that cannot be sold.
  expect(measured['POST, all of it new']!.written).toBeLessThanOrEqual(400 + 40);
  expect(measured['POST, nothing new']!.written).toBeLessThanOrEqual(10);
  expect(measured['cron, nothing due']).toMatchObject({ statements: 1, written: 0 });
});
