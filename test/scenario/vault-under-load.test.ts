// The vault changes while 500 submits are under way: none fails, none is sent twice, none is sent with a bad token.
//
// Changes between the gate, which returns the sealed row, and the POST of a submit:
//   the row is resealed               → the text that the gate returned still opens, for the isolate has both keys
//   the token is replaced             → the old one is refused (400004), the job moves to another account with room
//   the account is drained            → the job was admitted before; it is sent
// and during a poll: the token in memory is refused → the row is read again, and RunComfy is asked once more.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { addAccount, setUpstreamAccount, type TestAccount } from '../support/accounts.ts';
import { booksOf, differences } from '../support/books.ts';
import { createWorld, type Isolate, type World } from '../support/world.ts';

const MINUTE = 60_000;
const SUBMITS = 500;
const BOTH = { VAULT_KEY: btoa('b'.repeat(32)), VAULT_KEY_PREVIOUS: env.VAULT_KEY };

/** A world whose jobs run only on accounts of the vault. */
async function vaulted(): Promise<{ world: World; accounts: TestAccount[] }> {
  const world = createWorld();
  await env.DB.prepare('DELETE FROM vault').run();
  await world.admin('PATCH', '/admin/accounts/acct_env', { status: 'disabled' });
  const accounts = [await addAccount(world), await addAccount(world), await addAccount(world)];
  return { world, accounts };
}

/** So many submits at once over several isolates, and in their middle what happens. */
async function under(
  world: World,
  { token, gates, happens }: { token: string; gates: Isolate[]; happens: () => Promise<unknown> },
): Promise<{ ids: string[]; statuses: Record<number, number> }> {
  const replies = Array.from({ length: SUBMITS }, async (_one, index) => {
    if (index === SUBMITS / 2) {
      await happens();
    }
    return gates[index % gates.length]!.submit(token);
  });
  const answers = await Promise.all(replies);
  await world.idle();
  const statuses: Record<number, number> = {};
  for (const { status } of answers) {
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  return {
    ids: answers.flatMap(({ body }) => (body.request_id === undefined ? [] : [body.request_id])),
    statuses,
  };
}

test('a rewrap under 500 submits: none fails, each is one job at RunComfy', async ({ expect }) => {
  const { world, accounts } = await vaulted();
  const { id, token } = await world.tenant();
  const gates = [world.isolate(BOTH), world.isolate(BOTH), world.isolate(BOTH)];
  await gates[0]!.cron();
  world.clock.advance(5 * MINUTE);
  const rewraps: object[] = [];
  const happens = async () => {
    const all = await Promise.all(gates.map((gate) => gate.admin('POST', '/admin/vault/rewrap')));
    rewraps.push(...all.map(({ status, body }) => ({ status, left: body.left })));
  };
  const { ids, statuses } = await under(world, { token, gates, happens });
  expect(statuses).toEqual({ 200: SUBMITS });
  expect(rewraps).toEqual(gates.map(() => ({ status: 200, left: 0 })));
  expect(new Set(ids).size).toBe(SUBMITS);
  const { jobs } = world.runcomfy.accepted();
  expect(jobs).toHaveLength(SUBMITS);
  // All of the accounts took some, and their jobs are read with either text.
  expect(new Set(jobs.map(({ account }) => account))).toEqual(new Set(accounts.map(({ name }) => name)));
  expect(await booksOf(id)).toMatchObject({ jobs: SUBMITS, holds: SUBMITS, states: { running: SUBMITS } });
  const alone = world.isolate({ VAULT_KEY: BOTH.VAULT_KEY });
  const reads = await Promise.all(ids.slice(0, 30).map((one) => alone.status(token, one)));
  expect(reads.every(({ status }) => status === 200)).toBe(true);
  expect(world.logs.filter(({ level }) => level === 'error')).toEqual([]);
  expect(await differences(world, id)).toEqual([]);
}, 180_000);

test('a token that is replaced under 500 submits loses none, sends none twice, and jobs go on', async ({
  expect,
}) => {
  const { world, accounts } = await vaulted();
  const { id, token } = await world.tenant();
  const [account] = accounts;
  const gates = [world.isolate(), world.isolate(), world.isolate()];
  const before = await Promise.all(Array.from({ length: 9 }, () => gates[0]!.submit(token)));
  await world.idle();
  const fresh = 'rc-fresh-token-0123456789';
  // At RunComfy the old token is gone first: until the new one is sealed, the account refuses.
  const happens = async () => {
    setUpstreamAccount(world, { ...account!, token: fresh, balanceUsd: 1_000 });
    const { status, body } = await gates[1]!.admin('PATCH', `/admin/accounts/${account!.id}`, {
      token: fresh,
    });
    expect([status, body.verified]).toEqual([200, true]);
  };
  const { ids, statuses } = await under(world, { token, gates, happens });
  expect(statuses).toEqual({ 200: SUBMITS });
  expect(new Set(ids).size).toBe(SUBMITS);
  expect(world.runcomfy.accepted().jobs).toHaveLength(SUBMITS + before.length);
  expect(await booksOf(id)).toMatchObject({
    jobs: SUBMITS + before.length,
    states: { running: SUBMITS + before.length },
  });
  // Jobs that were sent with the old token are read with the new one, whatever an isolate has in memory.
  world.runcomfy.settings({ hold: 'in_progress' });
  for (const gate of gates) {
    world.clock.advance(1_001);
    const reads = await Promise.all(before.map(({ body }) => gate.status(token, body.request_id)));
    expect(reads.map(({ body }) => body.status)).toEqual(before.map(() => 'in_progress'));
  }
  // The refusal of the old token does not count against the new one.
  await world.cron();
  expect((await world.admin('GET', `/admin/accounts/${account!.id}`)).body).toMatchObject({
    takes_jobs: true,
    state: 'ok',
  });
  expect(await differences(world, id)).toEqual([]);
}, 180_000);
