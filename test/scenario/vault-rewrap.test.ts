// A new VAULT_KEY, while everything is running. The keys are A, then B with A as the previous one, then B alone.
//
// Interleavings of a rewrap, per row:
//   opened with A, UPDATE … WHERE sealed = what was opened       → the row is sealed with B
//   opened with A, token replaced (new sealed text), UPDATE          → no row is hit, the new token stays
//   opened with A, account deleted (sealed NULL), UPDATE         → no row is hit, nothing comes back
//   two rewraps open the same row                                → one UPDATE hits, the other does not
//   the UPDATE is cut before                                     → A still opens; the next call does it
//   the UPDATE is cut after (its answer is lost)                 → B opens; the next call finds nothing to do
// An isolate that has A alone must open every row until the new secrets have reached it: for five minutes after B was
// first seen nothing is sealed with B, neither by a rewrap nor for a new account.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { readVaultKey, sealedBy } from '../../src/lib/seal.ts';
import { addAccount, setUpstreamAccount, type TestAccount } from '../support/accounts.ts';
import { auditOf } from '../support/audit.ts';
import { expectRefusal } from '../support/problem.ts';
import { failingDb, guardedDb } from '../support/stores.ts';
import { createWorld, type Isolate, type World } from '../support/world.ts';

const MINUTE = 60_000;
const NEW_KEY = btoa('b'.repeat(32));
const BOTH = { VAULT_KEY: NEW_KEY, VAULT_KEY_PREVIOUS: env.VAULT_KEY };
const ALONE = { VAULT_KEY: NEW_KEY };

const rewrap = (gate: Isolate) => gate.admin('POST', '/admin/vault/rewrap');
const opens = async (gate: Isolate, { id }: TestAccount) =>
  (await gate.admin('POST', `/admin/accounts/${id}/check`)).body.check?.ok === true;
const sealedIn = (id: string) =>
  env.DB.prepare('SELECT sealed FROM accounts WHERE id = ?1').bind(id).first<string>('sealed');
const idOf = async (key: string) => (await readVaultKey(key)).id;

const concerns = async (gate: Isolate) =>
  (await gate.admin('GET', '/admin/health')).body.concerns.map(({ code }: { code: string }) => code);

async function accountsIn(world: World, count: number): Promise<TestAccount[]> {
  await env.DB.prepare('DELETE FROM vault').run();
  const accounts = [];
  for (let number = 0; number < count; number += 1) {
    accounts.push(await addAccount(world));
  }
  return accounts;
}

/** An isolate with both keys, of which the new one is known for long enough. */
async function rotated(world: World): Promise<Isolate> {
  const isolate = world.isolate(BOTH);
  await isolate.cron();
  world.clock.advance(5 * MINUTE);
  return isolate;
}

test('the whole rotation: no isolate meets a token that it cannot open', async ({ expect }) => {
  const world = createWorld();
  const [account] = await accountsIn(world, 1);
  const old = world.isolate();
  const both = world.isolate(BOTH);
  // The cron of the first isolate that has the new key notes it; isolates with the old one go on.
  await both.cron();
  world.clock.advance(MINUTE);
  await old.cron();
  expectRefusal(expect, await rewrap(both), {
    status: 409,
    code: 'conflict',
    errorCode: 409001,
    detail: /VAULT_KEY is new: until .* Nothing was changed; call again after that/,
  });
  expect((await rewrap(both)).headers.get('retry-after')).toBe('240');
  // An account that is added meanwhile is sealed with the key that every isolate has.
  setUpstreamAccount(world, { name: 'third', token: 'rc-third-token-0123456789', balanceUsd: 1 });
  const { body: third } = await both.admin('POST', '/admin/accounts', {
    label: 'third',
    token: 'rc-third-token-0123456789',
  });
  const all = [account!, { id: third.id, name: 'third', token: 'rc-third-token-0123456789' }];
  for (const one of all) {
    expect([await opens(old, one), await opens(both, one)]).toEqual([true, true]);
  }
  expect(await concerns(both)).toContain('vault_previous_key');
  world.clock.advance(4 * MINUTE);
  expect((await rewrap(both)).body).toEqual({ rewrapped: 2, left: 0 });
  expect(await concerns(both)).not.toContain('vault_previous_key');
  const alone = world.isolate(ALONE);
  for (const one of all) {
    expect([await opens(both, one), await opens(alone, one)]).toEqual([true, true]);
    expect(sealedBy((await sealedIn(one.id))!)).toBe(await idOf(NEW_KEY));
  }
  // Twice is once.
  const before = await sealedIn(account!.id);
  expect((await rewrap(both)).body).toEqual({ rewrapped: 0, left: 0 });
  expect((await rewrap(alone)).body).toEqual({ rewrapped: 0, left: 0 });
  expect(await sealedIn(account!.id)).toBe(before);
  expect((await auditOf('vault')).map(({ action, change }) => [action, change])).toEqual([
    ['vault.rewrap', { key: await idOf(NEW_KEY), texts: 2 }],
  ]);
});

test('a key that comes back is as new as one that was never there', async ({ expect }) => {
  const world = createWorld();
  await accountsIn(world, 1);
  const there = await rotated(world);
  expect((await rewrap(there)).body).toEqual({ rewrapped: 1, left: 0 });
  const back = world.isolate({ VAULT_KEY: env.VAULT_KEY, VAULT_KEY_PREVIOUS: NEW_KEY });
  expect((await rewrap(back)).status).toBe(409);
  world.clock.advance(5 * MINUTE);
  expect((await rewrap(back)).body).toEqual({ rewrapped: 1, left: 0 });
});

test('without the key that sealed them, texts are left as they are, and counted', async ({ expect }) => {
  const world = createWorld();
  const [account] = await accountsIn(world, 1);
  const before = await sealedIn(account!.id);
  expect((await rewrap(world.isolate(ALONE))).body).toEqual({ rewrapped: 0, left: 1 });
  expect(await sealedIn(account!.id)).toBe(before);
});

test('a text that was changed is left, named in the log, and hinders no other', async ({ expect }) => {
  const world = createWorld();
  const [bad, good] = await accountsIn(world, 2);
  await env.DB.prepare("UPDATE accounts SET sealed = sealed || 'AAAA' WHERE id = ?1").bind(bad!.id).run();
  const isolate = await rotated(world);
  expect((await rewrap(isolate)).body).toEqual({ rewrapped: 1, left: 1 });
  expect(await opens(isolate, good!)).toBe(true);
  expect(world.logs).toContainEqual({
    level: 'error',
    event: 'account_without_token',
    account: bad!.id,
    reason: 'broken',
  });
});

test('a hundred tokens at a time', async ({ expect }) => {
  const world = createWorld();
  await accountsIn(world, 103);
  const isolate = await rotated(world);
  expect((await rewrap(isolate)).body).toEqual({ rewrapped: 100, left: 3 });
  expect((await rewrap(isolate)).body).toEqual({ rewrapped: 3, left: 0 });
});

test.for(['before', 'after'] as const)(
  'cut %s its write, a rewrap is simply called again',
  async (failure, { expect }) => {
    const world = createWorld();
    const accounts = await accountsIn(world, 2);
    const whole = await rotated(world);
    const { db, calls } = failingDb(env.DB);
    calls.match = 'UPDATE accounts SET sealed';
    calls.failure = failure;
    expect((await rewrap(world.isolate({ ...BOTH, DB: db }))).status).toBe(503);
    for (const account of accounts) {
      expect(await opens(whole, account)).toBe(true);
    }
    expect((await rewrap(whole)).body).toEqual({ rewrapped: failure === 'before' ? 2 : 0, left: 0 });
    const alone = world.isolate(ALONE);
    for (const account of accounts) {
      expect(await opens(alone, account)).toBe(true);
    }
  },
);

/** An isolate in which something happens right before its rewrap writes. */
function interrupted(world: World, happens: () => Promise<unknown>): Isolate {
  const db = guardedDb(env.DB, async (call, run) => {
    if (call.text.includes('UPDATE accounts SET sealed')) {
      await happens();
    }
    return run();
  });
  return world.isolate({ ...BOTH, DB: db });
}

test('a token that is replaced in the middle of a rewrap stays replaced', async ({ expect }) => {
  const world = createWorld();
  const [account, other] = await accountsIn(world, 2);
  const whole = await rotated(world);
  const token = 'rc-replaced-token-0123456789';
  setUpstreamAccount(world, { ...account!, token, balanceUsd: 1 });
  const replace = () => whole.admin('PATCH', `/admin/accounts/${account!.id}`, { token });
  const { body } = await rewrap(interrupted(world, replace));
  // The new token was sealed with the new key by its own call.
  expect(body).toEqual({ rewrapped: 1, left: 0 });
  world.runcomfy.resetCalls();
  const alone = world.isolate(ALONE);
  expect([await opens(alone, account!), await opens(alone, other!)]).toEqual([true, true]);
});

test('an account that is deleted in the middle of a rewrap stays without a token', async ({ expect }) => {
  const world = createWorld();
  const [account] = await accountsIn(world, 2);
  const whole = await rotated(world);
  const remove = () => whole.admin('DELETE', `/admin/accounts/${account!.id}`);
  expect((await rewrap(interrupted(world, remove))).body).toEqual({ rewrapped: 1, left: 0 });
  expect(await sealedIn(account!.id)).toBeNull();
});

test('two rewraps at once seal each text once', async ({ expect }) => {
  const world = createWorld();
  const [account] = await accountsIn(world, 2);
  const whole = await rotated(world);
  let sealed: string | null = null;
  const first = async () => {
    expect((await rewrap(whole)).body).toEqual({ rewrapped: 2, left: 0 });
    sealed = await sealedIn(account!.id);
  };
  expect((await rewrap(interrupted(world, first))).body).toEqual({ rewrapped: 0, left: 0 });
  expect(await sealedIn(account!.id)).toBe(sealed);
  expect(await opens(world.isolate(ALONE), account!)).toBe(true);
});
