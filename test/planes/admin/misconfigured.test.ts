// G12: a Worker whose settings are wrong says so in its log, all mistakes at once, and serves nobody.

import { test } from 'vitest';
import { booksOf } from '../../support/books.ts';
import { expectRefusal } from '../../support/problem.ts';
import { ADMIN_TOKEN, createWorld, TEXT_TO_VIDEO } from '../../support/world.ts';

const CLOSED = {
  status: 503,
  code: 'misconfigured',
  errorCode: 500001,
  detail: /operator has to correct the settings; they are listed in the log/,
};

const wrong: { name: string; value: unknown; reason: RegExp }[] = [
  { name: 'RUNCOMFY_BASE_URL', value: 'http://example.com', reason: /https/ },
  { name: 'RUNCOMFY_BASE_URL', value: 'ftp://model-api.runcomfy.net', reason: /https/ },
  { name: 'RUNCOMFY_BASE_URL', value: 'http://127.0.0.1.example.com', reason: /https/ },
  { name: 'RUNCOMFY_BASE_URL', value: 'http://localhost.example.com', reason: /https/ },
  { name: 'RUNCOMFY_BASE_URL', value: 'model-api.runcomfy.net', reason: /URL/ },
  { name: 'RUNCOMFY_BASE_URL', value: '', reason: /URL/ },
  { name: 'RUNCOMFY_BASE_URL', value: undefined, reason: /required/ },
  { name: 'PUBLIC_URL', value: 'http://gate.example.com', reason: /https/ },
  { name: 'PUBLIC_URL', value: 'gate', reason: /URL/ },
  { name: 'MAX_BODY_BYTES', value: 'lots', reason: /positive whole number/ },
  { name: 'MAX_BODY_BYTES', value: '0', reason: /positive whole number/ },
  { name: 'MAX_BODY_BYTES', value: '1.5', reason: /positive whole number/ },
  { name: 'PLAN', value: 'premium', reason: /free or paid/ },
  { name: 'UNCONFIRMED_HOURS', value: 'a day', reason: /positive whole number/ },
  { name: 'UNKNOWN_OUTCOMES', value: '0', reason: /positive whole number/ },
  { name: 'BALANCE_WARNING_USD', value: 'ten', reason: /number of dollars/ },
  { name: 'BALANCE_WARNING_USD', value: '0.0000001', reason: /six decimals/ },
  { name: 'RUNCOMFY_ACCOUNT_URL', value: 'http://example.com', reason: /https/ },
];

test.for(wrong)('$name = $value: 503 on everything', async ({ name, value, reason }, { expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  const books = await booksOf(id);
  world.runcomfy.resetCalls();
  const isolate = world.isolate({ [name]: value });
  expect(world.logs.filter(({ event }) => event === 'setting_wrong')).toEqual([
    { level: 'error', event: 'setting_wrong', reason: expect.stringMatching(reason) },
  ]);
  expect(world.logs.find(({ event }) => event === 'setting_wrong')?.['reason']).toMatch(`${name}: `);
  for (const reply of [
    await isolate.submit(token),
    await isolate.status(token, body.request_id),
    await isolate.result(token, body.request_id),
    await isolate.cancel(token, body.request_id),
    await isolate.call('/v1/models', { token }),
    await isolate.call('/v1/models'),
    await isolate.call('/prod/v2/balance', { token }),
    await isolate.call('/admin/settings', { token: ADMIN_TOKEN }),
    await isolate.call('/admin/settings'),
    await isolate.call('/nowhere'),
    await isolate.call(`/v1/models/${TEXT_TO_VIDEO}`, { method: 'DELETE', token }),
  ]) {
    expectRefusal(expect, reply, CLOSED);
  }
  expect(Object.values(world.runcomfy.calls().counts)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(await booksOf(id)).toEqual(books);
});

test('all mistakes are listed at once, and no value of a secret with them', async ({ expect }) => {
  const world = createWorld();
  world.isolate({
    RUNCOMFY_BASE_URL: 'http://example.com',
    PUBLIC_URL: 'gate',
    MAX_BODY_BYTES: 'lots',
    PLAN: 'premium',
    ADMIN_TOKENS: 'ops:short-and-secret',
    RUNCOMFY_TOKEN: 'short-secret',
  });
  const reasons = world.logs.map(({ event, reason }) => {
    expect(event).toBe('setting_wrong');
    return String(reason);
  });
  expect(new Set(reasons.map((reason) => reason.split(':')[0]))).toEqual(
    new Set(['ADMIN_TOKENS', 'MAX_BODY_BYTES', 'PLAN', 'PUBLIC_URL', 'RUNCOMFY_BASE_URL', 'RUNCOMFY_TOKEN']),
  );
  expect(reasons.join()).toContain('shorter than 32 characters');
  expect(reasons.join()).toContain('shorter than 16 characters');
  expect(reasons.join()).not.toMatch(/short-and-secret|short-secret/);
});

test('settings that are right leave no line in the log', ({ expect }) => {
  const world = createWorld();
  for (const url of ['http://127.0.0.1:8788', 'http://localhost:1', 'http://[::1]:1', 'https://rc.test/']) {
    const { deps } = world.isolate({ RUNCOMFY_BASE_URL: url });
    expect({ usable: deps.usable, mistakes: deps.mistakes }).toEqual({ usable: true, mistakes: [] });
  }
  expect(world.logs).toEqual([]);
});

const tokens: { what: string; value: unknown; isMistake?: false }[] = [
  { what: 'missing', value: undefined, isMistake: false },
  { what: 'empty', value: '', isMistake: false },
  { what: 'short', value: 'rc-short-token1' },
  { what: 'with a space', value: 'rc-test-token 0123456789' },
  { what: 'with a line break', value: 'rc-test-token-0123456789\n' },
  { what: 'beyond ASCII', value: 'rc-test-tökən-0123456789' },
];

test.for(tokens)('RUNCOMFY_TOKEN $what: no submit, nothing spent', async (one, { expect }) => {
  const { value, isMistake = true } = one;
  const world = createWorld();
  const { id, token } = await world.tenant();
  const isolate = world.isolate({ RUNCOMFY_TOKEN: value });
  const told = world.logs.filter(({ event }) => event === 'setting_wrong');
  expect(told.map(({ reason }) => String(reason).split(':')[0])).toEqual(isMistake ? ['RUNCOMFY_TOKEN'] : []);
  const reply = await isolate.submit(token);
  expectRefusal(expect, reply, {
    status: 503,
    code: 'upstream_unavailable',
    errorCode: 500001,
    detail: /takes no jobs for now\. Nothing was spent/,
  });
  expect(reply.headers.get('retry-after')).toBe('60');
  expect(await booksOf(id)).toMatchObject({ jobs: 0, holds: 0, heldMicros: 0, requests: {} });
  expect(world.runcomfy.calls().counts.submit).toBe(0);
  expect(world.logs).toContainEqual({ level: 'error', event: 'no_account', customer: id });
  // Calls without RunComfy still work, and so do refusals of invalid inputs.
  expect((await isolate.call('/v1/models', { token })).status).toBe(200);
  expect((await isolate.admin('GET', '/admin/settings')).status).toBe(200);
  const { status, body } = await isolate.admin('GET', '/admin/health');
  expect([status, body.status]).toEqual([503, 'failing']);
  expect(body.concerns).toContainEqual({
    code: 'no_account',
    detail: expect.stringContaining('every submit is refused: set RUNCOMFY_TOKEN'),
  });
  expect((await isolate.submit(token, {})).status).toBe(422);
});

const keys: { name: string; env: Record<string, unknown>; mistake: RegExp }[] = [
  { name: 'empty', env: { VAULT_KEY: '' }, mistake: /^VAULT_KEY: must be 32 bytes in base64/ },
  { name: 'of 31 bytes', env: { VAULT_KEY: btoa('k'.repeat(31)) }, mistake: /^VAULT_KEY: must be 32 bytes/ },
  { name: 'no base64', env: { VAULT_KEY: 'k'.repeat(44) }, mistake: /^VAULT_KEY: must be 32 bytes/ },
  { name: 'no text', env: { VAULT_KEY: 5 }, mistake: /^VAULT_KEY: must be 32 bytes/ },
  {
    name: 'right, and the previous one is not',
    env: { VAULT_KEY_PREVIOUS: 'secret-of-before' },
    mistake: /^VAULT_KEY_PREVIOUS: must be 32 bytes/,
  },
  {
    name: 'missing, and the previous one is there',
    env: { VAULT_KEY: undefined, VAULT_KEY_PREVIOUS: btoa('k'.repeat(32)) },
    mistake: /^VAULT_KEY: is not set, and VAULT_KEY_PREVIOUS only opens/,
  },
];

test.for(keys)(
  'VAULT_KEY $name: it is named, never shown, and the rest is served',
  async (one, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    const isolate = world.isolate(one.env);
    const told = world.logs.filter(({ event }) => event === 'setting_wrong');
    expect(told.map(({ reason }) => reason)).toEqual([expect.stringMatching(one.mistake)]);
    expect(JSON.stringify(world.logs)).not.toMatch(/secret-of-before|kkkk|a2tra/);
    expect((await isolate.submit(token)).status).toBe(200);
    await world.idle();
    const { body } = await isolate.admin('GET', '/admin/health');
    expect(body.concerns[0]).toMatchObject({
      code: 'setting_wrong',
      detail: expect.stringMatching(one.mistake),
    });
  },
);

test('a key may have the line break of the file that it comes from', ({ expect }) => {
  const world = createWorld();
  const { deps } = world.isolate({ VAULT_KEY: `${btoa('k'.repeat(32))}\n` });
  expect([deps.mistakes, deps.settings.vaultKeys]).toEqual([[], [btoa('k'.repeat(32))]]);
});
