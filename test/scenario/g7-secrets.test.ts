// G7: secrets that can be told from everything else go through every route, in every way in which a call can go well or
// badly, through the cron, a failover and a new VAULT_KEY. Then they are looked for in all that left the gateway and in all
// that it keeps. They may be found in the Authorization header to RunComfy, and nowhere else.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { newKeyText } from '../../src/features/keys/key.ts';
import { playAll } from '../support/all-routes.ts';
import { addAccount, resetAccounts, setUpstreamAccount, type TestAccount } from '../support/accounts.ts';
import { dumpD1, dumpKv } from '../support/dump.ts';
import { pathOf, ROUTES } from '../support/routes.ts';
import { witness, type Testimony } from '../support/witness.ts';
import { ADMIN_TOKEN, createWorld, PROMPT, READ_TOKEN, type World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NEXT_KEY = btoa('next-vault-key-0123456789abcdefg');
const REPLACED = 'rc-canary-of-a-new-token-0123456789';
/** A customer's key or a browser token: nothing else looks so. */
const KEY = /\bcgt?_[0-9A-Za-z]{49}\b/;

/** A secret in each spelling in which it might get out. */
function spellingsOf(secret: string): string[] {
  const hex = Array.from(secret, (one) => one.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  const base64 = btoa(secret).replace(/=+$/, '');
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), hex, base64];
}

/** The spellings of VAULT_KEY are those of its text and those of its bytes. */
const ofKey = (key: string) => [...spellingsOf(key), ...spellingsOf(atob(key)), key.replace(/=+$/, '')];

const OPERATORS = [
  ...spellingsOf(ADMIN_TOKEN),
  ...spellingsOf(READ_TOKEN),
  ...spellingsOf(env.RUNCOMFY_TOKEN),
  ...ofKey(env.VAULT_KEY),
  ...ofKey(NEXT_KEY),
  ...spellingsOf(REPLACED),
  ...spellingsOf('rc-plan-token-0123456789'),
  ...spellingsOf('rc-plan-token-9876543210'),
];
/** Tokens of the accounts that tests add: rc-, and their id. */
const ACCOUNT_TOKEN = /rc-acct_[0-9A-Za-z]{22}/;

/** The secrets in a text, recognised by the words around them. */
function secretsIn(text: string): string[] {
  const places = [
    ...OPERATORS.map((secret) => text.indexOf(secret)),
    text.search(KEY),
    text.search(ACCOUNT_TOKEN),
  ].filter((place) => place >= 0);
  return places.map((place) => text.slice(Math.max(0, place - 80), place + 60));
}

/** The answers in which a key or a browser token is shown. */
const ISSUING =
  /^POST \/(?:admin\/customers\/\w+\/keys|admin\/keys\/\w+\/rotate|v1\/keys\/rotate|v1\/tokens)$/;
const isIssued = ({ call, text }: { call: string; text: string }) =>
  text.startsWith('201') && ISSUING.test(call);

const withoutKey = (one: { call: string; text: string }) =>
  isIssued(one) ? one.text.replace(/"(?:key|token)":"cgt?_[0-9A-Za-z]{49}"/, '') : one.text;

/** Everything that left the gateways or that they store, if it contains a secret. */
async function leaks({ answers, sent, logs }: Testimony): Promise<object> {
  const tables = Object.entries({ ...(await dumpD1()), ...(await dumpKv()) });
  return {
    answers: answers.flatMap((one) => secretsIn(withoutKey(one)).map((found) => [one.call, found])),
    sent: sent.flatMap(({ rest }) => secretsIn(rest)),
    logs: logs.flatMap(secretsIn),
    kept: tables.flatMap(([name, rows]) => secretsIn(JSON.stringify(rows)).map((found) => [name, found])),
  };
}

const NONE = { answers: [], sent: [], logs: [], kept: [] };

/** The hosts and the tokens that they were called with. Tokens of accounts that tests add count as one. */
function authorizations({ sent }: Testimony): string[] {
  const told = sent.map(({ host, authorization }) => {
    const whose = host.endsWith('.runcomfy.test') ? 'RunComfy' : 'elsewhere';
    return `${whose}: ${authorization?.replace(ACCOUNT_TOKEN, 'rc-acct_…') ?? 'nothing'}`;
  });
  return [...new Set(told)].toSorted();
}

test('the search finds each secret, in each of its spellings', ({ expect }) => {
  for (const secret of OPERATORS) {
    expect(secretsIn(`{"a":"${secret}"}`)).not.toEqual([]);
  }
  expect(secretsIn(`x ${newKeyText('secret')} y`)).toHaveLength(1);
  expect(secretsIn(`x ${newKeyText('browser')} y`)).toHaveLength(1);
  expect(secretsIn('rc-acct_0123456789ABCDEFGHIJKL')).toHaveLength(1);
  expect(secretsIn(`acct_0123456789ABCDEFGHIJKL cg_abc…`)).toEqual([]);
});

test('every route where it goes well, and both crons: no secret gets out or is kept', async ({ expect }) => {
  const seen = witness();
  await playAll();
  expect(await leaks(seen)).toEqual(NONE);
  expect(seen.answers.length).toBeGreaterThan(ROUTES.length);
  expect(seen.logs.length).toBeGreaterThan(ROUTES.length);
  expect(authorizations(seen)).toEqual([
    'RunComfy: Bearer rc-acct_…',
    'RunComfy: Bearer rc-plan-token-0123456789',
    'RunComfy: Bearer rc-plan-token-9876543210',
    `RunComfy: Bearer ${env.RUNCOMFY_TOKEN}`,
    'elsewhere: nothing',
  ]);
}, 120_000);

test('every route where it goes badly, with secrets wherever a caller can put one', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const { id: account } = await addAccount(world, { status: 'disabled' });
  const seen = witness();
  const mine = [ADMIN_TOKEN, env.RUNCOMFY_TOKEN, env.VAULT_KEY, tenant.token];
  for (const route of ROUTES) {
    const isAdmin = route.door === 'admin';
    const path = pathOf(route, {
      customer: tenant.id,
      key: tenant.keyId,
      account,
      job: 'x',
      request_id: 'x',
    });
    const credentials = isAdmin ? ADMIN_TOKEN : tenant.token;
    const call = (token: string, more: { path?: string; body?: unknown } = {}) =>
      world.call(more.path ?? path, { method: route.method, token, body: more.body });
    for (const secret of mine) {
      // As somebody else's credential, and a little changed as one's own.
      if (secret !== credentials) {
        await call(secret);
      }
      await call(`${secret}x`);
      // What a caller sends to the operator's routes by mistake; a model's input is the customer's own words.
      if (isAdmin) {
        await call(credentials, { path: `${path}?${encodeURIComponent('q')}=${encodeURIComponent(secret)}` });
      }
      if (isAdmin && route.takesBody) {
        await call(credentials, {
          body: { token: secret, name: 5, label: '', input_schema: secret, usd: secret },
        });
        await call(credentials, {
          body: { token: [secret], priority: secret, limits: { spend: secret } },
        });
        await call(credentials, { body: `{"token": "${secret}", ` });
      }
    }
  }
  await world.idle();
  expect(seen.answers.length).toBeGreaterThan(ROUTES.length * mine.length);
  expect(await leaks(seen)).toEqual(NONE);
}, 120_000);

/** RunComfy says no, and repeats the token in its words. */
function repeatToken(world: World, { name, token }: TestAccount): void {
  for (const on of ['submit', 'reads', 'cancel', 'balance'] as const) {
    world.runcomfy.fault({
      on,
      account: name,
      fault: {
        kind: 'status',
        status: 401,
        error_code: 400004,
        error_message: `invalid token ${token}: Bearer ${token}`,
      },
    });
  }
}

test('RunComfy repeats tokens in its refusals: failover, reads, checks, the cron and health', async ({
  expect,
}) => {
  await resetAccounts();
  const world = createWorld();
  const tenant = await world.tenant();
  const first = await addAccount(world, { priority: 1 });
  const second = await addAccount(world, { priority: 2 });
  const seen = witness();
  const { body: earlier } = await world.submit(tenant.token);
  await world.idle();
  repeatToken(world, first);
  expect((await world.submit(tenant.token)).status).toBe(200);
  await world.idle();
  expect(world.runcomfy.accepted().jobs.map(({ account }) => account)).toEqual([first.name, second.name]);
  for (const verb of ['status', 'result', 'cancel'] as const) {
    await world.isolate()[verb](tenant.token, earlier.request_id);
  }
  await world.admin('POST', `/admin/accounts/${first.id}/check`);
  repeatToken(world, second);
  world.runcomfy.fault({
    on: 'any',
    account: 'main',
    fault: { kind: 'status', status: 400, error_code: 400004, error_message: env.RUNCOMFY_TOKEN },
  });
  expect((await world.submit(tenant.token)).status).toBe(503);
  world.clock.advance(2 * HOUR);
  await world.cron();
  await world.syncCron();
  await world.admin('POST', '/admin/models/sync', {});
  await world.admin('POST', '/admin/accounts', { label: 'third', token: first.token });
  await world.admin('PATCH', `/admin/accounts/${second.id}`, { token: first.token });
  for (const path of ['/admin/accounts', `/admin/accounts/${first.id}`, '/admin/jobs']) {
    expect((await world.admin('GET', path)).status).toBe(200);
  }
  // No account takes jobs any more.
  expect((await world.admin('GET', '/admin/health')).status).toBe(503);
  const { body } = await world.admin('GET', `/admin/accounts/${first.id}`);
  expect(body.last_error).toContain('[removed]');
  expect(await leaks(seen)).toEqual(NONE);
});

test('a token that is replaced, a new VAULT_KEY and a wrong one', async ({ expect }) => {
  await resetAccounts();
  await env.DB.prepare('DELETE FROM vault').run();
  const world = createWorld();
  const tenant = await world.tenant();
  const account = await addAccount(world, { priority: 1 });
  const seen = witness();
  const { body } = await world.submit(tenant.token);
  await world.idle();
  setUpstreamAccount(world, { ...account, token: REPLACED, balanceUsd: 5 });
  const old = world.isolate();
  await old.status(tenant.token, body.request_id);
  await world.admin('PATCH', `/admin/accounts/${account.id}`, { token: REPLACED });
  const both = world.isolate({ VAULT_KEY: NEXT_KEY, VAULT_KEY_PREVIOUS: env.VAULT_KEY });
  await both.admin('POST', '/admin/vault/rewrap');
  world.clock.advance(5 * MINUTE);
  expect((await both.admin('POST', '/admin/vault/rewrap')).body).toEqual({ rewrapped: 1, left: 0 });
  for (const gate of [old, both, world.isolate({ VAULT_KEY: btoa('w'.repeat(32)) })]) {
    await gate.admin('POST', `/admin/accounts/${account.id}/check`);
    await gate.submit(tenant.token, PROMPT);
    await gate.status(tenant.token, body.request_id);
    await gate.admin('GET', '/admin/health');
    await gate.cron();
  }
  await world.admin('DELETE', `/admin/accounts/${account.id}`);
  await world.idle();
  // Settings that are wrong are named, and not shown.
  world.isolate({
    VAULT_KEY: `${env.VAULT_KEY}x`,
    RUNCOMFY_TOKEN: `${REPLACED} x`,
    ADMIN_TOKENS: `ops:${ADMIN_TOKEN}.`,
  });
  expect(await leaks(seen)).toEqual(NONE);
  expect(authorizations(seen)).toContain(`RunComfy: Bearer ${REPLACED}`);
});
