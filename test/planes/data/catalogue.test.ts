// RunComfy's catalogue as one customer sees it: its models, its price. The official clients read it before they
// submit: runcomfy-api.md, section 0, item 11.

import { test } from 'vitest';
import { browserToken } from '../../support/browser-token.ts';
import { expectRefusal } from '../../support/problem.ts';
import { createWorld, IMAGE_TO_VIDEO, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

const SCHEMA = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string' }, n: { type: 'integer' } },
};

type Shelf = { world: World; ids: string[] };

/** Five models of one word that no other test uses. */
async function shelf(word: string): Promise<Shelf> {
  const world = createWorld();
  const ids = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${word}/${letter}/make`);
  for (const [index, id] of ids.entries()) {
    await world.admin('PUT', `/admin/models/${id}`, {
      input_schema: SCHEMA,
      display_name: `Model ${index} of ${word}`,
      categories: index % 2 === 0 ? [`${word}-even`] : [`${word}-odd`, `${word}-both`],
      price: { usd: 0.1, unit: 'output' },
    });
  }
  return { world, ids };
}

const idsOf = (body: any) => body.models.map(({ model_id }: { model_id: string }) => model_id);

test('a list of all models of a customer, in RunComfy’s shape', async ({ expect }) => {
  const { world, ids } = await shelf('shape');
  const { token } = await world.tenant({ markup: 1.5 });
  const { status, body } = await world.call('/v1/models?search=shape/', { token });
  expect(status).toBe(200);
  expect(Object.keys(body)).toEqual(['models', 'total', 'limit', 'offset']);
  expect(body).toMatchObject({ total: 5, limit: 100, offset: 0 });
  expect(idsOf(body)).toEqual(ids);
  expect(body.models[1]).toEqual({
    model_id: 'shape/b/make',
    display_name: 'Model 1 of shape',
    description: '',
    categories: ['shape-odd', 'shape-both'],
    kind: 'model',
    base_price_usd: 0.15,
    price_unit: 'output',
    inputs: ['text', 'n'],
    required_inputs: ['text'],
  });
});

test('paging goes through all models, and total counts what the filter lets through', async ({ expect }) => {
  const { world, ids } = await shelf('paged');
  const { token } = await world.tenant();
  const seen: string[] = [];
  for (let offset = 0; offset < 6; offset += 2) {
    const { body } = await world.call(`/v1/models?search=paged/&limit=2&offset=${offset}`, { token });
    expect(body).toMatchObject({ total: 5, limit: 2, offset });
    seen.push(...idsOf(body));
  }
  expect(seen).toEqual(ids);
  const beyond = await world.call('/v1/models?search=paged/&offset=5', { token });
  expect(beyond.body).toMatchObject({ models: [], total: 5, offset: 5 });
});

test('filters: search in any case over id and name, category, kind, and all of them together', async ({
  expect,
}) => {
  const { world, ids } = await shelf('sieve');
  const { token } = await world.tenant();
  const find = async (query: string) => {
    const { body } = await world.call(`/v1/models?${query}`, { token });
    expect(body.total).toBe(body.models.length);
    return idsOf(body);
  };
  expect(await find('search=SIEVE/')).toEqual(ids);
  expect(await find('search=model%203%20of%20sieve')).toEqual([ids[3]]);
  expect(await find('category=sieve-even')).toEqual([ids[0], ids[2], ids[4]]);
  expect(await find('category=sieve-both')).toEqual([ids[1], ids[3]]);
  expect(await find('category=sieve-eve')).toEqual([]);
  expect(await find('search=sieve&kind=model')).toEqual(ids);
  expect(await find('search=sieve&kind=workflow')).toEqual([]);
  expect(await find('category=sieve-both&search=/d/')).toEqual([ids[3]]);
  // Neither a pattern of SQL nor SQL.
  expect(await find('search=sieve%25a')).toEqual([]);
  expect(await find('search=sieve_a')).toEqual([]);
  expect(await find("search=sieve'%20OR%20'1'='1")).toEqual([]);
});

test('include_schema, however a program writes yes, adds the schema to a list, and a single model always has it', async ({
  expect,
}) => {
  const { world, ids } = await shelf('schemed');
  const { token } = await world.tenant();
  for (const [value, isThere] of [
    ['true', true],
    ['True', true],
    ['1', true],
    ['yes', true],
    ['false', false],
    ['False', false],
    ['0', false],
    ['no', false],
  ] as const) {
    const { body } = await world.call(`/v1/models?search=schemed/&include_schema=${value}`, { token });
    for (const model of body.models) {
      expect(model.input_schema).toEqual(isThere ? SCHEMA : undefined);
    }
  }
  const { body } = await world.call(`/v1/models/${ids[0]}`, { token });
  expect(body.input_schema).toEqual(SCHEMA);
});

const limits: [asked: string, given: number][] = [
  ['1', 1],
  ['500', 500],
  ['501', 500],
  ['100000', 500],
];

test.for(limits)('limit=%s is answered with %i', async ([asked, given], { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { status, body } = await world.call(`/v1/models?limit=${asked}`, { token });
  expect({ status, limit: body.limit }).toEqual({ status: 200, limit: given });
});

const wrong = [
  'limit=0',
  'limit=-1',
  'limit=x',
  'limit=1.5',
  'offset=-1',
  'offset=x',
  'include_schema=maybe',
];

test.for(wrong)('GET /v1/models?%s is refused', async (query, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  expectRefusal(expect, await world.call(`/v1/models?${query}`, { token }), {
    status: 400,
    code: 'invalid_parameter',
    errorCode: 400003,
    detail: new RegExp(`^${query.split('=')[0]}: `),
    also: ['errors'],
  });
});

test('categories: each once, in order, of offered models only', async ({ expect }) => {
  const { world, ids } = await shelf('sorted');
  const { token } = await world.tenant({}, { models: ids });
  const all = await world.call('/v1/models/categories', { token });
  expect(all.body).toEqual({ categories: ['sorted-both', 'sorted-even', 'sorted-odd'] });
  for (const id of [ids[1], ids[3]]) {
    await world.admin('PATCH', `/admin/models/${id}`, { offered: false });
  }
  expect((await world.call('/v1/models/categories', { token })).body).toEqual({
    categories: ['sorted-even'],
  });
});

test('the categories are found however their path is escaped', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const plain = await world.call('/v1/models/categories', { token });
  const escaped = await world.call('/v1/models/c%61tegories', { token });
  expect([escaped.status, escaped.body]).toEqual([200, plain.body]);
});

test('PN: a single model echoes its id, with a number and the same unit as in the list', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant({ markup: 1.25 });
  const list = (await world.call('/v1/models?limit=500&include_schema=true', { token })).body.models;
  expect(list.length).toBeGreaterThanOrEqual(2);
  for (const listed of list) {
    const { status, headers, body } = await world.call(`/v1/models/${listed.model_id}`, { token });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(body).toEqual(listed);
    expect(body).not.toHaveProperty('error_code');
  }
  const one = list.find(({ model_id }: { model_id: string }) => model_id === TEXT_TO_VIDEO);
  expect(one).toMatchObject({ model_id: TEXT_TO_VIDEO, base_price_usd: 0.0625, price_unit: 'second' });
  expect(one.input_schema).toMatchObject({ type: 'object', required: ['prompt'] });
});

const prices: { usd: number; markup: number; shown: number }[] = [
  { usd: 0.05, markup: 1, shown: 0.05 },
  { usd: 0.05, markup: 1.25, shown: 0.0625 },
  { usd: 0.05, markup: 0, shown: 0 },
  { usd: 0, markup: 100, shown: 0 },
  { usd: 0.000001, markup: 1.5, shown: 0.000002 },
  { usd: 0.000001, markup: 1.4999, shown: 0.000001 },
  { usd: 0.1, markup: 3, shown: 0.3 },
  { usd: 1.1, markup: 1.1, shown: 1.21 },
  { usd: 123_456.789_012, markup: 1.0001, shown: 123_469.134_691 },
];

test.for(prices)(
  '$usd × $markup is shown as $shown, and that is what is charged',
  async (price, { expect }) => {
    const world = createWorld();
    const { usd, markup, shown } = price;
    const { token } = await world.tenant({ markup });
    await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, { price: { usd, unit: 'output' } });
    const { body } = await world.call(`/v1/models/${TEXT_TO_VIDEO}`, { token });
    expect(body).toMatchObject({ base_price_usd: shown, price_unit: 'output' });
    const submitted = await world.submit(token);
    await world.idle();
    const job = await world.admin('GET', `/admin/jobs/${submitted.body.request_id}`);
    expect(job.body).toMatchObject({ unit_usd: shown, hold_usd: shown });
  },
);

test('G10: two customers see their own price, and neither the list price nor the mark-up', async ({
  expect,
}) => {
  const world = createWorld();
  await world.admin('PATCH', `/admin/models/${IMAGE_TO_VIDEO}`, { price: { usd: 0.7, unit: 'output' } });
  for (const [markup, shown] of [
    [2, 1.4],
    [0.5, 0.35],
  ] as const) {
    const { token } = await world.tenant({ markup });
    const { body } = await world.call(`/v1/models/${IMAGE_TO_VIDEO}`, { token });
    expect(body.base_price_usd).toBe(shown);
    expect(Object.keys(body).toSorted()).toEqual([
      'base_price_usd',
      'categories',
      'description',
      'display_name',
      'input_schema',
      'inputs',
      'kind',
      'model_id',
      'price_unit',
      'required_inputs',
    ]);
  }
});

test('a model without a price shows none, rather than 0', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  await world.admin('PUT', '/admin/models/unpriced/model', { input_schema: SCHEMA });
  const { body } = await world.call('/v1/models/unpriced/model', { token });
  expect(body).not.toHaveProperty('base_price_usd');
  expect(body).not.toHaveProperty('price_unit');
});

test('a key with a list of models sees those, a browser token those of its key too', async ({ expect }) => {
  const { world, ids } = await shelf('shared');
  const [a, b, c] = ids as [string, string, string];
  const tenant = await world.tenant({}, { models: [a, b, 'shared/not/there'] });
  const narrow = await browserToken(world, tenant, { models: [b, c] });
  const wide = await browserToken(world, tenant);
  const empty = await world.key(tenant, { models: [] });
  const seen: { token: string; models: string[]; categories: string[] }[] = [
    { token: tenant.token, models: [a, b], categories: ['shared-both', 'shared-even', 'shared-odd'] },
    { token: wide.token, models: [a, b], categories: ['shared-both', 'shared-even', 'shared-odd'] },
    { token: narrow.token, models: [b], categories: ['shared-both', 'shared-odd'] },
    { token: empty.key, models: [], categories: [] },
  ];
  for (const { token, models, categories } of seen) {
    const { body } = await world.call('/v1/models', { token });
    expect(body.total).toBe(models.length);
    expect(idsOf(body)).toEqual(models);
    expect((await world.call('/v1/models?search=shared', { token })).body.total).toBe(models.length);
    expect((await world.call('/v1/models/categories', { token })).body).toEqual({ categories });
    for (const id of ids) {
      const { status } = await world.call(`/v1/models/${id}`, { token });
      expect({ id, status }).toEqual({ id, status: models.includes(id) ? 200 : 403 });
    }
  }
});

test('an id in other letters, or the page’s path of one, is no model', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  for (const id of [TEXT_TO_VIDEO.toUpperCase(), `${TEXT_TO_VIDEO}/api`, 'bytedance', 'categories/x']) {
    expectRefusal(expect, await world.call(`/v1/models/${id}`, { token }), {
      status: 404,
      code: 'unknown_model',
      errorCode: 400001,
      detail: /GET \/v1\/models lists all/,
    });
  }
});
