// /admin/accounts: tokens are tried, sealed and never shown; what keeps an account from taking jobs is said.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { readVaultKey, unseal } from '../../../src/lib/seal.ts';
import { addAccount, setUpstreamAccount, type TestAccount } from '../../support/accounts.ts';
import { auditOf } from '../../support/audit.ts';
import { booksOf } from '../../support/books.ts';
import { dumpD1 } from '../../support/dump.ts';
import { expectRefusal } from '../../support/problem.ts';
import { failingDb } from '../../support/stores.ts';
import { createWorld, type Isolate, type World } from '../../support/world.ts';

const MINUTE = 60_000;
const TOKEN = 'rc-second-token-0123456789';
const KEY = btoa('v'.repeat(32));

const create = (gate: Isolate, fields: object = {}) =>
  gate.admin('POST', '/admin/accounts', { label: 'second', token: TOKEN, ...fields });
const read = async (gate: Isolate, id: string) => (await gate.admin('GET', `/admin/accounts/${id}`)).body;
const patch = (gate: Isolate, id: string, body: object) => gate.admin('PATCH', `/admin/accounts/${id}`, body);
const check = (gate: Isolate, id: string) => gate.admin('POST', `/admin/accounts/${id}/check`);
const sealedOf = (id: string) =>
  env.DB.prepare('SELECT sealed, vault_key_id FROM accounts WHERE id = ?1')
    .bind(id)
    .first<{ sealed: string; vault_key_id: string }>();

const putSealed = (id: string, text: string) =>
  env.DB.prepare('UPDATE accounts SET sealed = ?2 WHERE id = ?1').bind(id, text).run();

/** A job that runs with this account, placed there by hand. */
async function jobOn(world: World, account: TestAccount): Promise<{ id: string; token: string }> {
  const { token } = await world.tenant();
  const { body } = await world.isolate({ RUNCOMFY_TOKEN: account.token }).submit(token);
  await world.idle();
  await env.DB.prepare('UPDATE jobs SET account_id = ?2 WHERE id = ?1')
    .bind(body.request_id, account.id)
    .run();
  await env.OWNERS.delete(`job:${body.request_id}`);
  world.runcomfy.settings({ hold: 'in_progress' });
  return { id: body.request_id, token };
}

test('an account is tried at RunComfy, sealed, and shown without its token', async ({ expect }) => {
  const world = createWorld();
  setUpstreamAccount(world, { name: 'second', token: TOKEN, balanceUsd: 12.5 });
  const { status, body } = await create(world, {
    priority: 7,
    limits: { max_concurrent: 3, spend_per_day_usd: 9.5 },
  });
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.stringMatching(/^acct_[0-9A-Za-z]{22}$/),
    label: 'second',
    hint: '6789',
    status: 'active',
    takes_jobs: true,
    why_not: null,
    verified: true,
    priority: 7,
    limits: { max_concurrent: 3, spend_per_day_usd: 9.5 },
    state: 'ok',
    since: new Date(world.clock.now()).toISOString(),
    silent_since: null,
    busy_until: null,
    balance_usd: 12.5,
    balance_read_at: new Date(world.clock.now()).toISOString(),
    open_jobs: 0,
    last_error: null,
    last_error_at: null,
    created_at: new Date(world.clock.now()).toISOString(),
  });
  expect(await read(world, body.id)).toEqual(body);
  expect((await world.admin('GET', '/admin/accounts')).body.items).toEqual([
    expect.objectContaining({ id: 'acct_env', hint: '6789', created_at: null, takes_jobs: true }),
    body,
  ]);
  expect(world.runcomfy.calls().last.balance?.headers['authorization']).toBe(`Bearer ${TOKEN}`);
  const row = await sealedOf(body.id);
  const key = await readVaultKey(env.VAULT_KEY);
  expect(row?.vault_key_id).toBe(key.id);
  const place = { table: 'accounts', row: body.id };
  expect(await unseal([key], place, row!.sealed)).toEqual({ ok: true, text: TOKEN });
  expect(await auditOf(body.id)).toEqual([
    expect.objectContaining({
      actor: 'ops',
      action: 'account.create',
      change: expect.objectContaining({ label: 'second', token: '(secret)', priority: 7 }),
    }),
  ]);
});

test('a token that RunComfy refuses is refused with its reason, and nothing is stored', async ({
  expect,
}) => {
  const world = createWorld();
  const before = await dumpD1();
  const reply = await create(world);
  expectRefusal(expect, reply, {
    status: 422,
    code: 'invalid_input',
    errorCode: 422001,
    detail: /^token: RunComfy refuses the token: invalid authentication\. Nothing was stored\.$/,
    also: ['errors'],
  });
  expect(reply.body.errors).toEqual([expect.objectContaining({ path: 'token', rule: 'runcomfy' })]);
  expect(await dumpD1()).toEqual(before);
});

test.for([
  { kind: 'cut_before' } as const,
  { kind: 'status', status: 503 } as const,
  { kind: 'status', status: 429 } as const,
  { kind: 'html' } as const,
  { kind: 'garbage' } as const,
])('a token is taken unverified while RunComfy does not tell: %o', async (fault, { expect }) => {
  const world = createWorld();
  setUpstreamAccount(world, { name: 'second', token: TOKEN, balanceUsd: 12.5 });
  world.runcomfy.fault({ on: 'balance', fault, times: 1 });
  const { status, body } = await create(world);
  expect(status).toBe(201);
  expect(body).toMatchObject({ verified: false, state: 'ok', balance_usd: null, takes_jobs: true });
  // The next run of the cron asks again; the account of the environment is due as well.
  await world.cron();
  await world.cron();
  expect(await read(world, body.id)).toMatchObject({ verified: true, balance_usd: 12.5 });
});

test('an account without a balance is added but accepts no jobs', async ({ expect }) => {
  const world = createWorld();
  setUpstreamAccount(world, { name: 'second', token: TOKEN, balanceUsd: 0 });
  const { status, body } = await create(world);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    verified: true,
    state: 'no_balance',
    balance_usd: 0,
    takes_jobs: false,
    why_not:
      'It takes only one submit a minute, as a probe. RunComfy says that its balance is spent: top it up.',
  });
});

test.for([
  { body: { label: 'x' }, path: 'token' },
  { body: { label: 'x', token: 'short' }, path: 'token' },
  { body: { label: 'x', token: 'rc-test tökén-0123456789' }, path: 'token' },
  { body: { label: 'x', token: 'rc-two\r\nX-Admin: 1-0123456789' }, path: 'token' },
  { body: { label: 'x', token: `rc-${'x'.repeat(500)}` }, path: 'token' },
  { body: { label: 'x', token: 5 }, path: 'token' },
  { body: { label: ' ', token: TOKEN }, path: 'label' },
  { body: { label: 'x', token: TOKEN, status: 'deleted' }, path: 'status' },
  { body: { label: 'x', token: TOKEN, priority: -1 }, path: 'priority' },
  { body: { label: 'x', token: TOKEN, priority: 0.5 }, path: 'priority' },
  { body: { label: 'x', token: TOKEN, limits: { spend: 1 } }, path: 'limits' },
  { body: { label: 'x', token: TOKEN, sealed: 'x' }, path: '' },
])('not valid: $body', async ({ body, path }, { expect }) => {
  const world = createWorld();
  const before = await dumpD1();
  const reply = await world.admin('POST', '/admin/accounts', body);
  expect([reply.status, reply.body.errors[0].path]).toEqual([422, path]);
  expect(JSON.stringify(reply.body)).not.toContain('0123456789');
  expect(await dumpD1()).toEqual(before);
  expect(world.runcomfy.calls().counts.balance).toBe(0);
});

test('a token may come with the spaces and the line break of copying', async ({ expect }) => {
  const world = createWorld();
  setUpstreamAccount(world, { name: 'second', token: TOKEN, balanceUsd: 1 });
  expect((await create(world, { token: ` ${TOKEN}\n` })).body).toMatchObject({
    verified: true,
    hint: '6789',
  });
});

test('without VAULT_KEY the vault is closed, and says what to do', async ({ expect }) => {
  const world = createWorld();
  const sealed = await addAccount(world);
  const bare = world.isolate({ VAULT_KEY: undefined });
  const before = await dumpD1();
  const closed = { status: 503, code: 'vault_closed', errorCode: 500001, detail: /openssl rand -base64 32/ };
  for (const reply of [
    await create(bare),
    await patch(bare, sealed.id, { token: TOKEN }),
    await check(bare, sealed.id),
    await bare.admin('POST', '/admin/vault/rewrap'),
  ]) {
    expectRefusal(expect, reply, closed);
  }
  expect(await dumpD1()).toEqual(before);
  expect(world.runcomfy.calls().counts.balance).toBe(0);
  // Calls that need no vault still work, and so does the account of the environment.
  expect(await read(bare, sealed.id)).toMatchObject({
    takes_jobs: false,
    why_not: 'VAULT_KEY is not set: set the key that its token was sealed with.',
  });
  expect((await patch(bare, sealed.id, { status: 'disabled' })).status).toBe(200);
  expect((await check(bare, 'acct_env')).body.check).toEqual({
    ok: true,
    detail: 'RunComfy accepts the token.',
  });
  expect((await bare.submit((await world.tenant()).token)).status).toBe(200);
  await world.idle();
});

test('under another VAULT_KEY an account is refused by name, in health too, until its key is back', async ({
  expect,
}) => {
  const world = createWorld();
  const { id } = await addAccount(world);
  const other = world.isolate({ VAULT_KEY: KEY });
  const [mine, theirs] = [await readVaultKey(env.VAULT_KEY), await readVaultKey(KEY)];
  const why =
    `Its token was sealed with the key ${mine.id}, which is not ${theirs.id}: ` +
    'set that key as VAULT_KEY_PREVIOUS, or give the account a new token.';
  expectRefusal(expect, await check(other, id), {
    status: 409,
    code: 'conflict',
    errorCode: 409001,
    detail: new RegExp(`^${why.replaceAll('.', '\\.')}$`),
  });
  expect(await read(other, id)).toMatchObject({ takes_jobs: false, why_not: why });
  const { concerns } = (await other.admin('GET', '/admin/health')).body;
  expect(concerns).toContainEqual({
    code: 'account_unreadable',
    detail: `Account ${id} cannot be used. ${why}`,
  });
  // One account in a run, and acct_env is due as well.
  await other.cron();
  await other.cron();
  await other.cron();
  expect(world.logs).toContainEqual({
    level: 'error',
    event: 'account_without_token',
    account: id,
    reason: 'unknown_key',
  });
  const both = world.isolate({ VAULT_KEY: KEY, VAULT_KEY_PREVIOUS: env.VAULT_KEY });
  expect((await check(both, id)).body).toMatchObject({ takes_jobs: true, check: { ok: true } });
});

test('a sealed token that lies in another row, or was changed, opens nowhere', async ({ expect }) => {
  const world = createWorld();
  const [first, second] = [await addAccount(world), await addAccount(world)];
  const { sealed } = (await sealedOf(first.id))!;
  await putSealed(second.id, sealed);
  await putSealed(first.id, sealed.slice(0, -4));
  for (const { id } of [first, second]) {
    const reply = await check(world, id);
    expectRefusal(expect, reply, {
      status: 409,
      code: 'conflict',
      errorCode: 409001,
      detail: /cannot be opened: it was changed in D1, or copied from another row/,
    });
  }
  expect(world.runcomfy.calls().counts.balance).toBe(0);
  expect(world.logs.filter(({ event }) => event === 'account_without_token')).toEqual(
    [first, second].map(({ id }) => ({
      level: 'error',
      event: 'account_without_token',
      account: id,
      reason: 'broken',
    })),
  );
});

test('terms are changed one by one, limits as a merge patch', async ({ expect }) => {
  const world = createWorld();
  const { id } = await addAccount(world, { limits: { max_concurrent: 2 } });
  expect((await patch(world, id, { label: 'spare', priority: 3 })).body).toMatchObject({
    label: 'spare',
    priority: 3,
    status: 'active',
    limits: { max_concurrent: 2 },
  });
  const { body } = await patch(world, id, {
    status: 'draining',
    limits: { max_concurrent: null, requests_per_day: 0 },
  });
  expect(body).toMatchObject({
    status: 'draining',
    takes_jobs: false,
    why_not: 'It is draining: it takes no new jobs.',
    limits: { requests_per_day: 0 },
  });
  expect((await patch(world, id, { status: 'disabled' })).body.why_not).toBe('It is disabled.');
  expect((await auditOf(id)).map(({ action, change }) => [action, change])).toEqual([
    ['account.change', { label: 'spare', priority: 3 }],
    ['account.change', { status: 'draining', limits: { max_concurrent: null, requests_per_day: 0 } }],
    ['account.change', { status: 'disabled' }],
  ]);
  for (const missing of ['acct_none', 'nothing']) {
    expect((await patch(world, missing, { label: 'x' })).status).toBe(404);
    expect((await check(world, missing)).status).toBe(404);
    expect((await world.admin('GET', `/admin/accounts/${missing}`)).status).toBe(404);
    expect((await world.admin('DELETE', `/admin/accounts/${missing}`)).status).toBe(404);
  }
});

test('replacing a token resets the state of the account, and jobs continue', async ({ expect }) => {
  const world = createWorld();
  const account = await addAccount(world);
  const job = await jobOn(world, account);
  const far = world.isolate();
  // Both isolates have opened the old token.
  for (const gate of [world, far]) {
    expect((await check(gate, account.id)).body.check.ok).toBe(true);
  }
  await env.DB.prepare("UPDATE accounts SET state = 'bad_token', last_error = 'x' WHERE id = ?1")
    .bind(account.id)
    .run();
  setUpstreamAccount(world, { name: account.name, token: TOKEN, balanceUsd: 5 });
  const { status, body } = await patch(world, account.id, { token: TOKEN });
  expect([status, body]).toMatchObject([
    200,
    { hint: '6789', state: 'ok', verified: true, balance_usd: 5, last_error: null, open_jobs: 1 },
  ]);
  expect((await auditOf(account.id)).at(-1)).toMatchObject({
    action: 'account.change',
    change: { token: '(secret)' },
  });
  world.runcomfy.resetCalls();
  await world.status(job.token, job.id);
  expect(world.runcomfy.calls().last.status?.headers['authorization']).toBe(`Bearer ${TOKEN}`);
  // The other isolate learns it from the refusal of the old token, and asks once more.
  world.runcomfy.resetCalls();
  await far.status(job.token, job.id);
  expect(world.runcomfy.calls().counts.status).toBe(2);
  expect(world.runcomfy.calls().last.status?.headers['authorization']).toBe(`Bearer ${TOKEN}`);
  await world.idle();
});

test('while a token stays bad, D1 is asked for another one once in five seconds', async ({ expect }) => {
  const world = createWorld();
  const account = await addAccount(world);
  const job = await jobOn(world, account);
  const { db, calls } = failingDb(env.DB);
  calls.match = 'SELECT sealed FROM accounts';
  const isolate = world.isolate({ DB: db });
  await isolate.status(job.token, job.id);
  world.runcomfy.fault({ on: 'any', fault: { kind: 'bad_token' } });
  for (let second = 0; second < 10; second += 1) {
    world.clock.advance(1001);
    await isolate.status(job.token, job.id);
  }
  await world.idle();
  // The first opening, and of ten polls in ten seconds every fifth.
  expect(calls.calls).toBe(1 + 2);
});

test('while a token does not open, D1 is asked for another one once in five seconds', async ({ expect }) => {
  const world = createWorld();
  const account = await addAccount(world);
  const job = await jobOn(world, account);
  const { db, calls } = failingDb(env.DB);
  calls.match = 'SELECT sealed FROM accounts';
  const isolate = world.isolate({ DB: db, VAULT_KEY: KEY });
  for (let second = 0; second < 10; second += 1) {
    expect((await isolate.status(job.token, job.id)).status).toBe(200);
    world.clock.advance(1001);
  }
  await world.idle();
  expect(calls.calls).toBe(2);
});

test('a token that RunComfy refuses once is used again, also while D1 does not answer', async ({
  expect,
}) => {
  const world = createWorld();
  const account = await addAccount(world);
  const job = await jobOn(world, account);
  const { db, calls } = failingDb(env.DB);
  const isolate = world.isolate({ DB: db });
  await isolate.status(job.token, job.id);
  calls.match = 'SELECT sealed FROM accounts';
  calls.decide = () => 'before';
  world.runcomfy.fault({ on: 'status', fault: { kind: 'bad_token' }, times: 1 });
  world.runcomfy.resetCalls();
  for (const count of [1, 2, 3]) {
    world.clock.advance(1001);
    expect((await isolate.status(job.token, job.id)).status).toBe(200);
    expect(world.runcomfy.calls().counts.status).toBe(count);
  }
  await world.idle();
});

test('an opened token is used for 60 s without D1, and read again after that', async ({ expect }) => {
  const world = createWorld();
  const account = await addAccount(world);
  const job = await jobOn(world, account);
  const { db, calls } = failingDb(env.DB);
  calls.match = 'SELECT sealed FROM accounts';
  const isolate = world.isolate({ DB: db });
  for (const ms of [0, 30_000, 28_000]) {
    world.clock.advance(ms);
    await isolate.status(job.token, job.id);
  }
  expect(calls.calls).toBe(1);
  world.clock.advance(2_000);
  await isolate.status(job.token, job.id);
  expect(calls.calls).toBe(2);
  // D1 does not answer: jobs are read with the token as it was last.
  calls.failure = 'before';
  world.clock.advance(2 * MINUTE);
  world.runcomfy.resetCalls();
  await isolate.status(job.token, job.id);
  expect(world.runcomfy.calls().counts.status).toBe(1);
  await world.idle();
});

test('while D1 does not answer, an isolate that never opened the token answers with the last known state', async ({
  expect,
}) => {
  const world = createWorld();
  await patch(world, 'acct_env', { status: 'disabled' });
  await addAccount(world);
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  const { db, calls } = failingDb(env.DB);
  calls.match = 'SELECT sealed FROM accounts';
  calls.failure = 'before';
  const cold = world.isolate({ DB: db });
  world.runcomfy.resetCalls();
  const { status, body: answered } = await cold.status(token, body.request_id);
  expect([status, answered.status]).toEqual([200, 'in_progress']);
  expect(world.runcomfy.calls().counts.status).toBe(0);
  expect(world.logs).toContainEqual(
    expect.objectContaining({ event: 'account_without_token', reason: 'unread' }),
  );
  calls.failure = 'none';
  world.clock.advance(2_000);
  await cold.status(token, body.request_id);
  expect(world.runcomfy.calls().counts.status).toBe(1);
  await world.idle();
});

test('the account of the environment has its token there, and stays', async ({ expect }) => {
  const world = createWorld();
  expectRefusal(expect, await patch(world, 'acct_env', { token: TOKEN }), {
    status: 409,
    code: 'conflict',
    errorCode: 409001,
    detail: /is the secret RUNCOMFY_TOKEN/,
  });
  expectRefusal(expect, await world.admin('DELETE', '/admin/accounts/acct_env'), {
    status: 409,
    code: 'conflict',
    errorCode: 409001,
    detail: /Set its status to draining or disabled/,
  });
  expect((await patch(world, 'acct_env', { priority: 1, status: 'draining' })).body).toMatchObject({
    priority: 1,
    status: 'draining',
  });
  const without = world.isolate({ RUNCOMFY_TOKEN: undefined });
  expect(without.deps.mistakes).toEqual([]);
  expect((await patch(without, 'acct_env', { status: 'active' })).body).toMatchObject({
    takes_jobs: false,
    why_not: 'RUNCOMFY_TOKEN is not set.',
  });
  expect((await check(without, 'acct_env')).body.detail).toBe('RUNCOMFY_TOKEN is not set.');
});

test('a deleted account has no token, is listed no more, and is found for the jobs that name it', async ({
  expect,
}) => {
  const world = createWorld();
  const { id } = await addAccount(world);
  await check(world, id);
  expect((await world.admin('DELETE', `/admin/accounts/${id}`)).status).toBe(204);
  expect((await sealedOf(id))!).toEqual({ sealed: null, vault_key_id: null });
  expect(await read(world, id)).toMatchObject({ status: 'deleted', takes_jobs: false, hint: '' });
  const { body } = await world.admin('GET', '/admin/accounts');
  expect(body.items.map((one: { id: string }) => one.id)).toEqual(['acct_env']);
  // Again is nothing new; nothing else can be done with it.
  expect((await world.admin('DELETE', `/admin/accounts/${id}`)).status).toBe(204);
  expect((await patch(world, id, { status: 'active', token: 'rc-test-token-0123456789' })).status).toBe(404);
  expect((await check(world, id)).status).toBe(404);
  expect((await sealedOf(id))!.sealed).toBeNull();
  expect((await auditOf(id)).map(({ action }) => action)).toEqual(['account.check', 'account.delete']);
});

test('while a job of it is open, or waits for its cost, an account is not deleted', async ({ expect }) => {
  const world = createWorld();
  const account = await addAccount(world);
  const { id } = account;
  const job = await jobOn(world, account);
  const remove = () => world.admin('DELETE', `/admin/accounts/${id}`);
  const states = ['reserved', 'running', 'unconfirmed'];
  for (const state of states) {
    await env.DB.prepare('UPDATE jobs SET state = ?2 WHERE id = ?1').bind(job.id, state).run();
    expectRefusal(expect, await remove(), {
      status: 409,
      code: 'conflict',
      errorCode: 409001,
      detail: /Jobs of this account are open/,
    });
  }
  await env.DB.prepare("UPDATE jobs SET state = 'succeeded', ended_at_ms = 1 WHERE id = ?1")
    .bind(job.id)
    .run();
  expect((await remove()).status).toBe(409);
  expect((await sealedOf(id))!.sealed).not.toBeNull();
  expect((await auditOf(id)).map(({ action }) => action)).toEqual([]);
  await env.DB.prepare(
    'UPDATE jobs SET settled_at_ms = 1, charge_micros = 0, check_at_ms = NULL WHERE id = ?1',
  )
    .bind(job.id)
    .run();
  expect((await remove()).status).toBe(204);
});

test('each account’s balance is read within the hour, one in a run, and one that fails hinders none', async ({
  expect,
}) => {
  const world = createWorld();
  const accounts = [];
  for (const balanceUsd of [5, 0, 500, 40]) {
    accounts.push(await addAccount(world, { balanceUsd }));
  }
  const [low, empty, silent, last] = accounts;
  await addAccount(world, { token: 'rc-nobody-0123456789', status: 'draining' });
  const bad = await addAccount(world);
  setUpstreamAccount(world, { name: bad.name, token: 'rc-replaced-at-runcomfy-1', balanceUsd: 1 });
  world.runcomfy.fault({ on: 'balance', account: silent!.name, fault: { kind: 'status', status: 500 } });
  for (let run = 1; run <= 7; run += 1) {
    await world.cron();
    expect(world.runcomfy.calls().counts.balance).toBe(run);
    world.clock.advance(MINUTE);
  }
  await world.cron();
  expect(world.runcomfy.calls().counts.balance).toBe(7);
  const of = (one: { id: string } | undefined) => read(world, one!.id);
  expect(await of(low)).toMatchObject({ state: 'ok', balance_usd: 5, takes_jobs: true });
  expect(await of(empty)).toMatchObject({ state: 'no_balance', balance_usd: 0, takes_jobs: false });
  expect(await of(silent)).toMatchObject({
    state: 'ok',
    balance_usd: null,
    last_error: 'RunComfy answered 500 without a balance',
  });
  expect(await of(last)).toMatchObject({ state: 'ok', balance_usd: 40 });
  expect(await of(bad)).toMatchObject({
    state: 'bad_token',
    takes_jobs: false,
    why_not: 'It takes only one submit a minute, as a probe. RunComfy refuses its token: replace it.',
    last_error: 'RunComfy refuses the token: invalid authentication',
  });
  const { body } = await world.admin('GET', '/admin/health');
  const about = (one: { id: string } | undefined) =>
    body.concerns
      .filter(({ detail }: { detail: string }) => detail.includes(one!.id))
      .map(({ code }: { code: string }) => code);
  expect([low, empty, silent, last, bad].map(about)).toEqual([
    ['balance_low'],
    ['account_no_balance', 'balance_low'],
    ['balance_unknown'],
    [],
    ['account_bad_token', 'balance_unknown'],
  ]);
  expect(body.accounts.find(({ id }: { id: string }) => id === bad.id)).toMatchObject({
    status: 'active',
    takes_jobs: false,
    state: 'bad_token',
  });
});

test('a check reports RunComfy’s answer and reopens a recovered account', async ({ expect }) => {
  const world = createWorld();
  const account = await addAccount(world, { balanceUsd: 3 });
  setUpstreamAccount(world, { ...account, token: 'rc-other-token-0123456789', balanceUsd: 3 });
  expect((await check(world, account.id)).body).toMatchObject({
    state: 'bad_token',
    check: { ok: false, detail: 'RunComfy refuses the token: invalid authentication.' },
  });
  world.runcomfy.fault({ on: 'balance', fault: { kind: 'cut_before' }, times: 1 });
  expect((await check(world, account.id)).body.check).toEqual({
    ok: false,
    detail: 'RunComfy did not answer.',
  });
  setUpstreamAccount(world, { ...account, balanceUsd: 3 });
  expect((await check(world, account.id)).body).toMatchObject({
    state: 'ok',
    balance_usd: 3,
    verified: true,
    check: { ok: true },
  });
  expect((await auditOf(account.id)).map(({ action }) => action)).toEqual(
    Array.from({ length: 3 }, () => 'account.check'),
  );
});

test.for([
  { what: 'took', balanceUsd: 7, old: 'a-good-old-token-0123456789' },
  { what: 'refuses', balanceUsd: 7, old: 'a-bad-old-token-0123456789' },
  { what: 'took, with a balance,', balanceUsd: 0, old: 'a-good-old-token-0123456789' },
])(
  'what RunComfy says of a token that it $what is not said of the one that replaced it',
  async (row, { expect }) => {
    const world = createWorld();
    const account = await addAccount(world, { token: row.old, balanceUsd: 3 });
    await env.DB.prepare("UPDATE accounts SET state = 'bad_token' WHERE id = ?1").bind(account.id).run();
    if (row.what === 'refuses') {
      setUpstreamAccount(world, {
        name: account.name,
        token: 'a-token-in-between-0123456789',
        balanceUsd: 3,
      });
    }
    setUpstreamAccount(world, { name: 'new', token: TOKEN, balanceUsd: row.balanceUsd });
    const { call } = world.deps.upstream;
    const far = world.isolate();
    let replaced: any = null;
    world.deps.upstream = {
      async call(sent) {
        const answer = await call(sent);
        world.clock.advance(1000);
        replaced ??= (await patch(far, account.id, { token: TOKEN })).body;
        return answer;
      },
    };
    expect((await check(world, account.id)).body.check.ok).toBe(row.what !== 'refuses');
    expect(replaced).toMatchObject({ balance_usd: row.balanceUsd, last_error: null });
    expect(await read(far, account.id)).toEqual(replaced);
  },
);

test('with no account left that can be read, health says so', async ({ expect }) => {
  const world = createWorld();
  await patch(world, 'acct_env', { status: 'disabled' });
  const { concerns } = (await world.admin('GET', '/admin/health')).body;
  expect(concerns.map(({ code }: { code: string }) => code)).toContain('no_account');
  await addAccount(world);
  const after = (await world.admin('GET', '/admin/health')).body.concerns;
  expect(after.map(({ code }: { code: string }) => code)).not.toContain('no_account');
});

test('an account says which of its limits is used up, and how much of it', async ({ expect }) => {
  const world = createWorld();
  await patch(world, 'acct_env', { status: 'disabled' });
  const { id } = await addAccount(world, { limits: { max_concurrent: 1, spend_per_day: 1_000_000 } });
  const { token } = await world.tenant();
  expect((await read(world, id)).takes_jobs).toBe(true);
  expect((await world.submit(token)).status).toBe(200);
  await world.idle();
  expect(await read(world, id)).toMatchObject({
    takes_jobs: false,
    why_not: 'Its limit max_concurrent is used up: 1 of 1.',
    open_jobs: 1,
  });
  const { body } = await patch(world, id, { limits: { max_concurrent: null, spend_per_day_usd: 0.25 } });
  expect(body.why_not).toBe('Its limit spend_per_day_usd is used up: 0.25 of 0.25 USD.');
  const health = (await world.admin('GET', '/admin/health')).body.accounts;
  expect(health.find((one: { id: string }) => one.id === id)).toMatchObject({
    takes_jobs: false,
    why_not: body.why_not,
  });
});

test('jobs that an account has are read, cancelled and settled while it takes no others', async ({
  expect,
}) => {
  const world = createWorld();
  await patch(world, 'acct_env', { status: 'disabled' });
  const account = await addAccount(world);
  const { id: customer, token } = await world.tenant();
  for (const status of ['draining', 'disabled']) {
    await patch(world, account.id, { status: 'active' });
    const { body } = await world.submit(token);
    await world.idle();
    await patch(world, account.id, { status });
    expect((await world.submit(token)).status).toBe(503);
    const far = world.isolate();
    expect((await far.status(token, body.request_id)).body.status).toBe('in_queue');
    world.runcomfy.finish(world.runcomfy.accepted().jobs.at(-1)!.id, { as: 'succeeded' });
    world.clock.advance(2 * MINUTE);
    await far.cron();
    expect((await far.result(token, body.request_id)).body.status).toBe('succeeded');
    await world.idle();
  }
  expect(await booksOf(customer)).toMatchObject({ states: { succeeded: 2 }, heldMicros: 0 });
});
