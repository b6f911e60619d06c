// An account whose submits RunComfy refuses or does not answer takes one probe at a time; the operator is alerted, the
// customer reads the same answer whatever the reason is.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import type { Fault } from '../../simulator/fault.ts';
import { booksOf, differences } from '../support/books.ts';
import { createWorld, type Reply, type World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Stop = { state: string; fault: Fault };
const stops: Stop[] = [
  { state: 'no_balance', fault: { kind: 'no_balance' } },
  { state: 'no_balance', fault: { kind: 'status', status: 402 } },
  { state: 'bad_token', fault: { kind: 'bad_token' } },
  { state: 'bad_token', fault: { kind: 'status', status: 401 } },
];

const stoppedLines = (world: World) => world.logs.filter(({ event }) => event === 'account_stopped');

async function accountOf(world: World): Promise<Record<string, unknown>> {
  const { body } = await world.admin('GET', '/admin/health');
  return body.accounts[0];
}

async function concernsOf(world: World): Promise<string[]> {
  const { body } = await world.admin('GET', '/admin/health');
  return body.concerns.map(({ code }: { code: string }) => code);
}

async function submits(world: World, token: string, count: number): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    replies.push(await world.submit(token));
    await world.idle();
  }
  return replies;
}

test.for(stops)('$state ($fault.kind $fault.status) stops submits', async (stop, { expect }) => {
  const { state, fault } = stop;
  const world = createWorld();
  const { id, token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault });
  await submits(world, token, 1);
  const books = await booksOf(id);
  world.runcomfy.resetCalls();

  const refused = await world.isolate().submit(token);

  expect(refused).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
  expect(refused.headers.get('retry-after')).toBe('60');
  // G10: nothing of the operator's trouble.
  expect(JSON.stringify(refused.body)).not.toMatch(/balance|token|account|unknown/i);
  expect(world.runcomfy.calls().counts.submit).toBe(0);
  expect(await booksOf(id)).toEqual(books);
  expect(stoppedLines(world)).toEqual([
    { level: 'error', event: 'account_stopped', account: 'acct_env', outcome: state },
  ]);
  expect(await accountOf(world)).toMatchObject({ state, since: new Date(world.clock.now()).toISOString() });
  expect(await concernsOf(world)).toContain(`account_${state}`);

  // Half a minute later the wait is half as long; after it one probe goes through and frees the account.
  world.clock.advance(MINUTE / 2);
  expect((await world.submit(token)).headers.get('retry-after')).toBe('30');
  world.clock.advance(MINUTE / 2);
  world.runcomfy.clearFaults();
  expect((await submits(world, token, 3)).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await accountOf(world)).toMatchObject({ state: 'ok', silent_since: null });
  expect(await differences(world)).toEqual([]);
});

test('while all is well a submit writes nothing about the account', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const before = await env.DB.prepare('SELECT * FROM accounts').first();
  await submits(world, token, 3);
  expect(await env.DB.prepare('SELECT * FROM accounts').first()).toEqual(before);
});

test('one probe at a time, of 50 submits at once over three isolates', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'no_balance' } });
  await submits(world, token, 1);
  const isolates = [world.isolate(), world.isolate(), world.isolate()];
  for (let round = 0; round < 3; round += 1) {
    world.clock.advance(MINUTE);
    world.runcomfy.resetCalls();
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) => isolates[index % 3]!.submit(token)),
    );
    await world.idle();
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 503));
    expect(world.runcomfy.calls().counts.submit).toBe(1);
  }
  expect(stoppedLines(world)).toHaveLength(1);
  expect(await differences(world)).toEqual([]);
});

test('a probe that no limit admits is no probe: the next submit may be it', async ({ expect }) => {
  const world = createWorld();
  const poor = await world.tenant({ prepaid: true });
  const { token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'no_balance' }, times: 1 });
  await submits(world, token, 1);
  world.clock.advance(MINUTE);
  expect((await world.submit(poor.token)).status).toBe(402);
  expect((await world.submit(token)).status).toBe(200);
});

test.for([
  { what: 'an acceptance', faults: [], status: 200 },
  { what: 'a refusal', faults: [{ kind: 'status', status: 422 }] as const, status: 422 },
])(
  '$what from before the stop neither lifts it nor lends a probe',
  async ({ faults, status }, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    const answered = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const late = world.isolate();
    const { call } = late.deps.upstream;
    late.deps.upstream = {
      async call(sent) {
        const answer = await call(sent);
        answered.resolve();
        await released.promise;
        return answer;
      },
    };
    for (const fault of faults) {
      world.runcomfy.fault({ on: 'submit', fault, times: 1 });
    }
    const slow = late.submit(token);
    await answered.promise;
    world.clock.advance(1000);
    world.runcomfy.fault({ on: 'submit', fault: { kind: 'no_balance' }, times: 1 });
    expect((await world.submit(token)).status).toBe(503);
    released.resolve();
    expect((await slow).status).toBe(status);
    await world.idle();
    expect(await accountOf(world)).toMatchObject({ state: 'no_balance' });
    expect((await world.submit(token)).body.code).toBe('upstream_unavailable');
  },
);

test('the balance is read once an hour, by one of two crons, and shown', async ({ expect }) => {
  const world = createWorld();
  world.runcomfy.settings({ balance_usd: 123.456789 });
  expect(await concernsOf(world)).toEqual(expect.arrayContaining(['balance_unknown', 'cron_silent']));
  await Promise.all([world.cron(), world.isolate().cron()]);
  expect(world.runcomfy.calls().counts.balance).toBe(1);
  expect(await accountOf(world)).toMatchObject({
    balance_usd: 123.456789,
    balance_read_at: '2026-03-05T12:00:00.000Z',
  });
  expect(await concernsOf(world)).not.toContain('balance_unknown');
  world.clock.advance(HOUR - 1);
  await world.cron();
  expect(world.runcomfy.calls().counts.balance).toBe(1);
  world.clock.advance(1);
  await world.cron();
  expect(world.runcomfy.calls().counts.balance).toBe(2);
  expect(await concernsOf(world)).not.toContain('cron_silent');
  expect(world.logs.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a balance that has not been read for hours shows its age', async ({ expect }) => {
  const world = createWorld();
  world.runcomfy.settings({ balance_usd: 3 });
  await world.cron();
  const detailsOf = async () => {
    const { body } = await world.admin('GET', '/admin/health');
    const concerns: { code: string; detail: string }[] = body.concerns;
    return concerns.filter(({ code }) => code.startsWith('balance_')).map(({ detail }) => detail);
  };
  expect(await detailsOf()).toEqual(['Account acct_env has 3 USD left at RunComfy.']);
  world.clock.advance(26 * HOUR);
  expect(await detailsOf()).toEqual([
    'Account acct_env has 3 USD left at RunComfy, as read 26 hours ago.',
    'The balance of account acct_env has not been read for 26 hours.',
  ]);
});

test('a low balance is warned about before it is empty; an empty one stops submits', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  world.runcomfy.settings({ balance_usd: 9.99 });
  await world.cron();
  expect(world.logs.filter(({ event }) => event === 'balance_low')).toEqual([
    { level: 'error', event: 'balance_low', account: 'acct_env', balance_usd: 9.99 },
  ]);
  expect(await concernsOf(world)).toContain('balance_low');
  expect((await world.submit(token)).status).toBe(200);

  world.clock.advance(HOUR);
  world.runcomfy.settings({ balance_usd: -0.5 });
  await world.cron();
  expect(await accountOf(world)).toMatchObject({ state: 'no_balance', balance_usd: -0.5 });
  expect((await world.submit(token)).status).toBe(503);

  // The next reading finds money: no probe is needed.
  world.clock.advance(HOUR);
  world.runcomfy.settings({ balance_usd: 50 });
  await world.cron();
  expect(await accountOf(world)).toMatchObject({ state: 'ok' });
  expect((await world.submit(token)).status).toBe(200);
});

test.for<{ fault: Fault; state: string; event: string }>([
  { fault: { kind: 'bad_token' }, state: 'bad_token', event: 'account_stopped' },
  { fault: { kind: 'status', status: 401 }, state: 'bad_token', event: 'account_stopped' },
  { fault: { kind: 'html' }, state: 'ok', event: 'balance_unread' },
  { fault: { kind: 'status', status: 500 }, state: 'ok', event: 'balance_unread' },
  { fault: { kind: 'cut' }, state: 'ok', event: 'balance_unread' },
])('a balance that cannot be read ($fault.kind): $event', async ({ fault, state, event }, { expect }) => {
  const world = createWorld();
  world.runcomfy.fault({ on: 'balance', fault });
  await world.cron();
  expect(await accountOf(world)).toMatchObject({ state, balance_usd: null });
  expect(world.logs.map((line) => line.event)).toContain(event);
});

test('a probe that RunComfy refuses for its input leaves the probe to the next', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'no_balance' }, times: 1 });
  await submits(world, token, 1);
  world.clock.advance(MINUTE);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  expect((await submits(world, token, 2)).map(({ status }) => status)).toEqual([422, 200]);
  expect(await accountOf(world)).toMatchObject({ state: 'ok' });
});
