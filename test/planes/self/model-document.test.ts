// GET /v1/models/{model_id}/openapi.json: one model as a document, with the inputs and the price that this customer has.

import { test } from 'vitest';
import { ADMIN_TOKEN, createWorld, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

const MODEL = 'acme/painter';
const SCHEMA = {
  type: 'object',
  required: ['prompt', 'gone'],
  properties: {
    prompt: {
      type: 'string',
      title: 'Prompt',
      description: 'What to paint.',
      default: 'a cat',
      maxLength: 500,
    },
    size: { type: 'string', enum: ['1K', '2K'], default: '1K' },
    guidance: { type: 'float', minimum: 0 },
    negative: { type: 'string', default: null },
    picture: { type: 'string', format: 'image_uri', validations: [] },
  },
};

async function putModel(world: World, fields: object = {}): Promise<void> {
  const model = { display_name: 'Painter', description: 'Paints.', input_schema: SCHEMA };
  const price = { usd: 0.02, unit: 'output', factors: { size: { '2K': 2 } } };
  await world.call(`/admin/models/${MODEL}`, {
    method: 'PUT',
    token: ADMIN_TOKEN,
    body: { ...model, price, ...fields },
  });
  world.clock.advance(10_001);
}

const documentOf = async (world: World, token: string, model = MODEL) =>
  (await world.call(`/v1/models/${model}/openapi.json`, { token })).body;

test('the four calls about a job of this model, on this gateway', async ({ expect }) => {
  const world = createWorld();
  await putModel(world);
  const { token } = await world.tenant();
  const document = await documentOf(world, token);
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'Painter', version: '1' },
    servers: [{ url: 'https://gate.test' }],
  });
  const calls = Object.entries<object>(document.paths).map(([path, methods]) => [path, Object.keys(methods)]);
  expect(calls).toEqual([
    [`/v1/models/${MODEL}`, ['post']],
    ['/v1/requests/{request_id}/status', ['get']],
    ['/v1/requests/{request_id}/result', ['get']],
    ['/v1/requests/{request_id}/cancel', ['post']],
  ]);
  const { parameters } = document.paths[`/v1/models/${MODEL}`].post;
  expect(parameters.map(({ name }: { name: string }) => name)).toEqual(['Idempotency-Key']);
});

test('the body is described as it is judged, in the standard that tools read', async ({ expect }) => {
  const world = createWorld();
  await putModel(world);
  const { token } = await world.tenant();
  const { post } = (await documentOf(world, token)).paths[`/v1/models/${MODEL}`];
  expect(post.requestBody).toEqual({
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['prompt'],
          properties: {
            prompt: {
              type: 'string',
              title: 'Prompt',
              description: 'What to paint.',
              default: 'a cat',
              maxLength: 500,
            },
            size: { type: 'string', enum: ['1K', '2K'], default: '1K' },
            guidance: { type: 'number', minimum: 0 },
            negative: { type: ['string', 'null'], default: null },
            picture: { type: 'string', format: 'image_uri' },
          },
        },
      },
    },
  });
});

test.for<[string, object, object, string]>([
  [
    'the list price, with its factors',
    {},
    {},
    'Price: 0.02 USD per output. The input size multiplies it by 2 for 2K.',
  ],
  [
    'the mark-up',
    { markup: 1.5 },
    {},
    'Price: 0.03 USD per output. The input size multiplies it by 2 for 2K.',
  ],
  [
    'a price by the frame',
    {},
    { price: { usd: 0.05, unit: 'second', quantity: 'frames' } },
    'Price: 0.05 USD per second. The input frames sets the number of frames, at 24 a second.',
  ],
  [
    'a price by the number of outputs',
    {},
    { price: { usd: 0.01, unit: 'output', quantity: 'count' } },
    'Price: 0.01 USD per output. The input count sets the number of outputs.',
  ],
  [
    'a charge by the cost',
    {},
    { price: { usd: 0.02, unit: 'output', hold_factor: 2 }, charge: 'cost' },
    'Price: 0.02 USD per output. The charge follows what RunComfy reports and is at most what /v1/estimate says.',
  ],
])('%s is in the description', async ([, customer, model, sentence], { expect }) => {
  const world = createWorld();
  const properties = { ...SCHEMA.properties, frames: { type: 'integer' }, count: { type: 'integer' } };
  await putModel(world, { input_schema: { ...SCHEMA, properties }, charge: 'estimate', ...model });
  const { token } = await world.tenant(customer);
  expect((await documentOf(world, token)).info.description).toBe(`Paints.\n\n${sentence}`);
});

test("a price of the customer's own stands in the place of the list's, and is charged by the estimate", async ({
  expect,
}) => {
  const world = createWorld();
  await putModel(world, { charge: 'cost' });
  const { id, token } = await world.tenant();
  await world.admin('PUT', `/admin/customers/${id}/prices/${MODEL}`, { usd: 0.5 });
  expect((await documentOf(world, token)).info.description).toMatch(/Price: 0\.5 USD per output\..*2K\.$/);
});

test('a model without a price says so', async ({ expect }) => {
  const world = createWorld();
  await putModel(world, { price: null });
  const { token } = await world.tenant();
  expect((await documentOf(world, token)).info.description).toContain('no price here, so it is not sold');
});

test('an alias is described under the id that was asked for', async ({ expect }) => {
  const world = createWorld();
  await world.admin('PUT', '/admin/models/old/video', { alias_of: TEXT_TO_VIDEO });
  const { token } = await world.tenant();
  const { paths } = await documentOf(world, token, 'old/video');
  expect(Object.keys(paths)[0]).toBe('/v1/models/old/video');
});

test('a model that is unknown, not offered or not for this key has no document', async ({ expect }) => {
  const world = createWorld();
  await putModel(world, { offered: false });
  const { token } = await world.tenant({}, { name: 'server', models: ['other/*'] });
  const codes = async (model: string) => (await documentOf(world, token, model)).code;
  expect(await codes(MODEL)).toBe('unknown_model');
  expect(await codes('no/such')).toBe('unknown_model');
  expect(await codes('a%2fb')).toBe('unknown_model');
  expect(await codes(TEXT_TO_VIDEO)).toBe('model_not_allowed');
});

test('no id of a model ends like the path of a document, so the one never hides the other', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const path = `${MODEL}/openapi.json`;
  const model = { input_schema: { type: 'object' }, price: { usd: 0, unit: 'output' } };
  expect(await world.admin('PUT', `/admin/models/${path}`, model)).toMatchObject({
    status: 400,
    body: { code: 'invalid_parameter' },
  });
  expect(await world.submit(token, {}, path)).toMatchObject({ status: 404, body: { code: 'unknown_model' } });
  // Such names are fine elsewhere.
  await world.admin('PUT', '/admin/models/openapi.json/painter', model);
  expect((await world.call('/v1/models/openapi.json/painter', { token })).body.model_id).toBe(
    'openapi.json/painter',
  );
  expect(Object.keys((await documentOf(world, token, 'openapi.json/painter')).paths)[0]).toBe(
    '/v1/models/openapi.json/painter',
  );
});
