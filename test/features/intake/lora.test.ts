// Whose LoRA files a payload may name: RunComfy looks a bare name up in the operator's account.

import { test } from 'vitest';
import { booksOf } from '../../support/books.ts';
import { expectRefusal } from '../../support/problem.ts';
import { tapUpstream } from '../../support/upstream.ts';
import { createWorld, PROMPT } from '../../support/world.ts';

/** RunComfy's own page for `tongyi-mai/z-image/turbo/controlnet/lora` sends this input. */
const HUGGING_FACE = 'alibaba-pai/Z-Image-Turbo-Fun-Controlnet-Union';

const withLora = (lora: unknown) => ({ ...PROMPT, lora });

type Case = [name: string, input: Record<string, unknown>, isAllowed: boolean];
const cases: Case[] = [
  ['a public URL', withLora({ path: 'https://cdn.example.com/mine.safetensors', scale: 1 }), true],
  ['a name given to this customer', withLora({ path: 'ours.safetensors' }), true],
  ['a name that starts with a prefix of theirs', withLora({ path: 'acme-style.safetensors' }), true],
  ['a public Hugging Face repository', { ...PROMPT, loras: [{ path: HUGGING_FACE, scale: 1 }] }, true],
  ['no LoRA at all', PROMPT, true],
  ['a lora without a file', withLora({ scale: 0.5, fuse: true, seed: null }), true],
  ['an empty name', withLora({ path: '' }), true],
  ['a name of nobody', withLora({ path: 'secret.safetensors' }), false],
  ['the file by another name', withLora({ name: 'someone_elses.safetensors' }), false],
  ['one of several', withLora([{ path: 'ours.safetensors' }, { path: 'secret.safetensors' }]), false],
  ['a text that is JSON', { ...PROMPT, options: '{"lora": {"path": "secret.safetensors"}}' }, false],
];

test.for(cases)('%s: %j', async ([, input, isAllowed], { expect }) => {
  const world = createWorld();
  const sent = tapUpstream(world);
  const { id, token } = await world.tenant({ loras: ['ours.safetensors', 'acme-*'] });
  const reply = await world.submit(token, input);
  if (isAllowed) {
    expect(reply.status).toBe(200);
    return;
  }
  expectRefusal(expect, reply, { status: 403, code: 'lora_not_allowed', errorCode: 403001, detail: /LoRA/ });
  // Nothing was sent, written or counted.
  expect(sent).toEqual([]);
  expect(await booksOf(id)).toMatchObject({ jobs: 0, holds: 0, requests: {} });
});

test('a customer without LoRA names may use none, in any mode of the model', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const other = await world.tenant({ loras: ['*'] });
  const input = withLora({ path: 'ours.safetensors' });
  expectRefusal(expect, await world.submit(token, input), {
    status: 403,
    code: 'lora_not_allowed',
    errorCode: 403001,
    detail: /LoRA/,
  });
  expect((await world.submit(other.token, input)).status).toBe(200);
});

test('the refusal is short however long the names of the inputs are', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.submit(token, { ...PROMPT, ['x'.repeat(100_000)]: withLora('secret') });
  expect(body.code).toBe('lora_not_allowed');
  expect(body.detail.length).toBeLessThan(500);
});

test('LoRA files that the schema of the model lists are open to everyone', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const styles = { type: 'string', enum: ['anime.safetensors', 'oil.safetensors'] };
  const schema = {
    type: 'object',
    properties: { prompt: { type: 'string' }, lora_style: styles },
  };
  const model = { input_schema: schema, price: { usd: 0.1, unit: 'output' }, validation: 'off' };
  expect((await world.admin('PUT', '/admin/models/a/styled', model)).status).toBe(201);
  const submit = (input: object) => world.submit(token, { ...PROMPT, ...input }, 'a/styled');
  expect((await submit({ lora_style: 'oil.safetensors' })).status).not.toBe(403);
  expect((await submit({ lora_style: 'secret.safetensors' })).status).toBe(403);
  // Listed there, and only there.
  expect((await submit({ lora: 'oil.safetensors' })).status).toBe(403);
});

test('an operator gives a name and takes it back', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const input = withLora({ path: 'a.safetensors' });
  const patched = await world.admin('PATCH', `/admin/customers/${id}`, { loras: ['a.safetensors'] });
  expect(patched.body.loras).toEqual(['a.safetensors']);
  expect((await world.submit(token, input)).status).toBe(200);
  await world.admin('PATCH', `/admin/customers/${id}`, { name: 'Other' });
  expect((await world.submit(token, input)).status).toBe(200);
  await world.admin('PATCH', `/admin/customers/${id}`, { loras: [] });
  expectRefusal(expect, await world.submit(token, input), {
    status: 403,
    code: 'lora_not_allowed',
    errorCode: 403001,
    detail: /LoRA/,
  });
  for (const loras of [['a*b'], [''], ['x\n'], 'x', [1], ['**']]) {
    expect((await world.admin('PATCH', `/admin/customers/${id}`, { loras })).status).toBe(422);
  }
});

test('the estimate refuses a LoRA file that the submit would refuse', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const reply = await world.call('/v1/estimate/bytedance/dreamina-3-0/pro/text-to-video', {
    method: 'POST',
    token,
    body: withLora({ path: 'secret.safetensors' }),
  });
  expectRefusal(expect, reply, { status: 403, code: 'lora_not_allowed', errorCode: 403001, detail: /LoRA/ });
});
