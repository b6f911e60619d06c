// Whose LoRA files a payload may name: RunComfy looks a bare name up in the operator's account.

import { test } from 'vitest';
import { booksOf } from '../../support/books.ts';
import { expectRefusal } from '../../support/problem.ts';
import { tapUpstream } from '../../support/upstream.ts';
import { createWorld, PROMPT } from '../../support/world.ts';

const withLora = (lora: unknown) => ({ ...PROMPT, lora });

type Case = [name: string, input: Record<string, unknown>, isAllowed: boolean];
const cases: Case[] = [
  ['a public URL', withLora({ path: 'https://cdn.example.com/mine.safetensors', scale: 1 }), true],
  ['a name given to this customer', withLora({ path: 'ours.safetensors' }), true],
  ['a name that starts with a prefix of theirs', withLora({ path: 'acme-style.safetensors' }), true],
  ['no LoRA at all', PROMPT, true],
  ['a lora without a path', withLora({ scale: 0.5 }), true],
  ['a name of nobody', withLora({ path: 'secret.safetensors' }), false],
  ['a name that has theirs in it', withLora({ path: 'not-ours.safetensors' }), false],
  ['a name in other letters', withLora({ path: 'Ours.safetensors' }), false],
  ['a prefix that climbs out', withLora({ path: 'acme-/../../secret.safetensors' }), false],
  ['the same, escaped', withLora({ path: 'acme-%2e%2e/secret.safetensors' }), false],
  ['the same, by backslash', withLora({ path: 'acme-\\..\\secret.safetensors' }), false],
  ['a URL that is not https', withLora({ path: 'http://cdn.example.com/mine.safetensors' }), false],
  ['a URL of a private host', withLora({ path: 'https://127.0.0.1/mine.safetensors' }), false],
  ['a blank before a URL', withLora({ path: ' https://cdn.example.com/mine.safetensors' }), false],
  ['an empty name', withLora({ path: '' }), false],
  ['a bare text', withLora('secret.safetensors'), false],
  ['one of several', withLora([{ path: 'ours.safetensors' }, { path: 'secret.safetensors' }]), false],
  ['another spelling of the input', { ...PROMPT, loras: [{ path: 'secret.safetensors' }] }, false],
  ['a path of its own', { ...PROMPT, lora_path: 'secret.safetensors' }, false],
  ['words about a lora', withLora({ path: 'ours.safetensors', name: 'x', triggers: ['a', 'b'] }), true],
  ['a path of its own in a lora', withLora({ lora_path: 'secret.safetensors' }), false],
  ['a lora in a lora', { ...PROMPT, loras: [{ lora: { path: 'secret.safetensors' } }] }, false],
  ['a path deep in a lora', withLora({ weights: [{ Path: 'secret.safetensors' }] }), false],
  ['deep inside', { ...PROMPT, advanced: { lora: { path: 'secret.safetensors' } } }, false],
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
  expectRefusal(expect, reply, { status: 403, code: 'lora_not_allowed', errorCode: 403001, detail: /lora/ });
  // Nothing was sent, written or counted.
  expect(sent).toEqual([]);
  expect(await booksOf(id)).toMatchObject({ jobs: 0, holds: 0, requests: {} });
});

test('whoever was given no name may use none, whatever the model’s mode', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const other = await world.tenant({ loras: ['*'] });
  const input = withLora({ path: 'ours.safetensors' });
  expectRefusal(expect, await world.submit(token, input), {
    status: 403,
    code: 'lora_not_allowed',
    errorCode: 403001,
    detail: /lora/,
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
    detail: /lora/,
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
  expectRefusal(expect, reply, { status: 403, code: 'lora_not_allowed', errorCode: 403001, detail: /lora/ });
});
