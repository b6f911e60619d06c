// The judge in the gateway: compiled once for each schema, not needed where nothing reads the input, and the bytes of
// the input stay what they were.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { booksOf } from '../../support/books.ts';
import { expectRefusal } from '../../support/problem.ts';
import { tapUpstream } from '../../support/upstream.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

const FREE = { usd: 0, unit: 'output' };
const put = (world: World, id: string, body: object) => world.admin('PUT', `/admin/models/${id}`, body);

const hashOf = (id: string) =>
  env.DB.prepare('SELECT schema_hash FROM models WHERE id = ?1').bind(id).first<string>('schema_hash');

test('models with the same schema, titles and order apart, share one judge', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const prompt = { type: 'string', maxLength: 3 };
  await put(world, 'acme/one', {
    input_schema: { type: 'object', properties: { prompt: { title: 'A', ...prompt } } },
    price: FREE,
  });
  await put(world, 'acme/two', {
    input_schema: { properties: { prompt }, type: 'object' },
    price: FREE,
  });
  const hash = await hashOf('acme/one');
  expect(await hashOf('acme/two')).toBe(hash);
  // Only the first compiled schema has the limit of three characters.
  await env.DB.prepare('UPDATE models SET input_schema = ?1 WHERE id = ?2')
    .bind('{"type":"object"}', 'acme/two')
    .run();
  for (const id of ['acme/one', 'acme/two']) {
    const refused = await world.submit(token, { prompt: 'long' }, id);
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'prompt', allowed: 3 }] } });
  }
});

test('a schema that cannot judge is no obstacle in mode off at a price that reads no input', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const input_schema = { type: 'object', properties: { seconds: { $ref: '#/$defs/seconds' } } };
  const model = { input_schema, validation: 'off', price: FREE };
  const INVALID = {
    status: 422,
    code: 'invalid_input',
    errorCode: 422001,
    detail: /references/,
    also: ['errors'],
  };

  for (const validation of ['enforce', 'advise']) {
    expectRefusal(expect, await put(world, TEXT_TO_VIDEO, { ...model, validation }), INVALID);
  }
  const price = { usd: 1, unit: 'second', quantity: 'seconds' };
  expectRefusal(expect, await put(world, TEXT_TO_VIDEO, { ...model, price }), INVALID);

  const { status, body } = await put(world, TEXT_TO_VIDEO, model);
  expect(status).toBe(200);
  expect(body.notes).toEqual([expect.stringContaining('references')]);
  expect((await world.submit(token, { ...PROMPT, anything: [1] })).status).toBe(200);
  expect((await world.submit(token, '[1]')).status).toBe(400);

  // However such a row came to be, another mode than off needs a judge.
  await env.DB.prepare("UPDATE models SET validation = 'advise' WHERE id = ?1").bind(TEXT_TO_VIDEO).run();
  expectRefusal(expect, await world.isolate().submit(token, PROMPT), {
    status: 503,
    code: 'model_unavailable',
    errorCode: 500001,
    detail: /schema of this model cannot be used/,
  });
  expect(await booksOf(id)).toMatchObject({ jobs: 1 });
});

test('RunComfy receives the bytes as they came: no default is put in, no number is rounded', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  await put(world, TEXT_TO_VIDEO, {
    input_schema: {
      type: 'object',
      properties: {
        prompt: { type: 'string', default: 'a sample' },
        seed: { type: 'integer', default: -1 },
        scale: { type: 'float', default: 1 },
        lora: { type: 'object', properties: { weight: { type: 'number', default: 1 } } },
      },
    },
    price: FREE,
  });
  const sent = tapUpstream(world);
  const text =
    ' {"seed" : 9007199254740993,\n\t"scale":1.0000000000000000001, "lora":{ }, "e":1E2, "prompt":"\\u00e9\\ud83c\\udfac é"} ';
  expect((await world.submit(token, text)).status).toBe(200);
  expect(sent.map(({ body }) => new TextDecoder().decode(body))).toEqual([text]);
});
