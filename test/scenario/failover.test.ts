// G2, G3, G6, G10: if an account refuses a submit over its own state, the job moves to the next account.
//
// Events that can cross, and why they do no harm. The gate and each move are one D1 transaction, so one of two is first:
// - Two submits race for the last room of an account: the second finds it taken and goes to the next account.
// - An account is disabled between gate and POST: the job was admitted before that, and is sent. Deleted: D1 refuses that
//   while a job is open there, so the gate or the move comes first and keeps the account, or finds it gone. Its token is
//   replaced: the old one is sent, and a refusal of it says nothing of the new one, so the account is not marked.
// - Key, customer or all submits are stopped between a refusal and the second POST: the move checks them again, does not
//   move, and nothing is posted. Stopped after the move: as after the gate, the job is sent.
// - A retry with the same Idempotency-Key in the middle of a move finds the job reserved: 409, nothing is sent.
// - The cron frees the reservation of a submit that sleeps for minutes in the middle of a move: the move finds the job
//   reserved no more, and nothing is posted. It also looks for 8 s of the submit's 27 before each POST.
// Where it can be cut:
// - before the move takes effect, or in the refusal's answer: the row stays at the old account, and the cron frees it.
// - after it, and the answer is lost: the row says where the job is. Unreadable: nothing is posted, the job ends unsent, in
//   D1 or by its mark in KV. A move that D1 applies after that finds the job ended.
// - after it, and the isolate dies: the row is at an account that never got the job, and becomes unconfirmed like every
//   other job whose outcome is unknown.
// - the mark `end:` is written once no further POST can follow: after the last account, never between two.

import { env } from 'cloudflare:workers';
import { beforeEach, test } from 'vitest';
import type { Fault } from '../../simulator/fault.ts';
import {
  addAccount,
  resetAccounts,
  setUpstreamAccount,
  type AccountFields,
  type TestAccount,
} from '../support/accounts.ts';
import { booksOf, differences } from '../support/books.ts';
import { slowIsolate } from '../support/slow-stores.ts';
import { failingDb } from '../support/stores.ts';
import { tapUpstream, type Sent } from '../support/upstream.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type Isolate, type World } from '../support/world.ts';

const MINUTE = 60_000;

beforeEach(async () => {
  await resetAccounts();
  // Jobs that another test left open are not checked any more, and acct_env takes no part.
  await env.DB.batch([
    env.DB.prepare('UPDATE jobs SET check_at_ms = NULL'),
    env.DB.prepare("UPDATE accounts SET status = 'disabled' WHERE id = 'acct_env'"),
  ]);
});

type Stage = { world: World; accounts: TestAccount[]; sent: Sent[] };

/** Accounts in the order in which they are taken: `fields` are those of each. */
function openStage(...fields: AccountFields[]): Promise<Stage> {
  return openStageAt(undefined, ...fields);
}

async function openStageAt(startMs: number | undefined, ...fields: AccountFields[]): Promise<Stage> {
  const world = createWorld(startMs);
  const sent = tapUpstream(world);
  const accounts: TestAccount[] = [];
  for (const [index, one] of fields.entries()) {
    accounts.push(await addAccount(world, { name: `account ${index + 1}`, priority: index + 1, ...one }));
  }
  return { world, accounts, sent };
}

/** The numbers of the accounts that were sent a submit, in that order. */
function posts({ accounts, sent }: Stage): number[] {
  return sent
    .filter(({ method, url }) => method === 'POST' && url.includes('/v1/models/'))
    .map(
      ({ headers }) => accounts.findIndex(({ token }) => headers['authorization'] === `Bearer ${token}`) + 1,
    );
}

function strike(
  { world, accounts }: Stage,
  account: number,
  { times, ...fault }: Fault & { times?: number },
): void {
  const rule = { on: 'submit', account: accounts[account - 1]!.name, fault } as const;
  world.runcomfy.fault(times === undefined ? rule : { ...rule, times });
}

/** The rows of the accounts. */
async function statesOf({ accounts }: Stage): Promise<{ state: string; busy_until_ms: number }[]> {
  const rows = await Promise.all(
    accounts.map(({ id }) =>
      env.DB.prepare('SELECT state, busy_until_ms FROM accounts WHERE id = ?1').bind(id).first<any>(),
    ),
  );
  return rows;
}

/** The number of the account that each job of the customer lies at, and its state. */
async function jobsOf({ accounts }: Stage, customer: string): Promise<string[]> {
  const { results } = await env.DB.prepare(
    'SELECT account_id, state FROM jobs WHERE customer_id = ?1 ORDER BY created_at_ms, id',
  )
    .bind(customer)
    .all<{ account_id: string; state: string }>();
  return results.map((row) => `${row.state} at ${accounts.findIndex(({ id }) => id === row.account_id) + 1}`);
}

const post = (isolate: Isolate, token: string, key?: string) =>
  isolate.call(`/v1/models/${TEXT_TO_VIDEO}`, {
    method: 'POST',
    token,
    body: PROMPT,
    headers: key === undefined ? {} : { 'Idempotency-Key': key },
  });

/** Between RunComfy's first answer to a submit and what the isolate does about it. */
function afterFirstPost(isolate: Isolate, act: () => Promise<unknown>): void {
  const { call } = isolate.deps.upstream;
  let isFirst = true;
  isolate.deps.upstream = {
    async call(sent) {
      const answer = await call(sent);
      if (isFirst && sent.method === 'POST') {
        isFirst = false;
        await act();
      }
      return answer;
    },
  };
}

type Answer = {
  what: string;
  fault: Fault | null;
  /** The answer that the customer reads. */
  status: number;
  code?: string;
  job: string;
  /** The job moves to another account, and this one gets such a state. */
  moves?: 'no_balance' | 'bad_token' | 'busy';
  accepted?: 0 | 1;
};

const status = (code: number, accept = false): Fault => ({ kind: 'status', status: code, accept });

const answers: Answer[] = [
  { what: '200', fault: null, status: 200, job: 'running', accepted: 1 },
  { what: '400 bad token', fault: { kind: 'bad_token' }, status: 503, job: 'refused', moves: 'bad_token' },
  { what: '401', fault: status(401), status: 503, job: 'refused', moves: 'bad_token' },
  { what: '400 no balance', fault: { kind: 'no_balance' }, status: 503, job: 'refused', moves: 'no_balance' },
  { what: '402', fault: status(402), status: 503, job: 'refused', moves: 'no_balance' },
  { what: '429', fault: status(429), status: 429, code: 'upstream_busy', job: 'refused', moves: 'busy' },
  { what: '422', fault: status(422), status: 422, code: 'invalid_input', job: 'refused' },
  { what: '404', fault: status(404), status: 503, code: 'model_unavailable', job: 'refused' },
  { what: '403', fault: status(403), status: 503, code: 'upstream_unavailable', job: 'refused' },
  { what: '405', fault: status(405), status: 503, code: 'upstream_unavailable', job: 'refused' },
  ...[408, 409, 425, 499, 500, 503].map((code) => ({
    what: `${code}`,
    fault: status(code),
    status: 502,
    code: 'outcome_unknown',
    job: 'unconfirmed',
  })),
  { what: '500, accepted', fault: status(500, true), status: 502, job: 'unconfirmed', accepted: 1 },
  { what: 'a cut', fault: { kind: 'cut' }, status: 502, job: 'unconfirmed', accepted: 1 },
  { what: 'a cut before', fault: { kind: 'cut_before' }, status: 502, job: 'unconfirmed' },
  { what: 'garbage', fault: { kind: 'garbage' }, status: 502, job: 'unconfirmed', accepted: 1 },
  { what: 'no id', fault: { kind: 'no_id' }, status: 502, job: 'unconfirmed', accepted: 1 },
];

/** The account after such an answer. */
function stateAfter({ moves }: Answer, nowMs: number): { state: string; busy_until_ms: number } {
  const isBusy = moves === 'busy';
  return { state: moves === undefined || isBusy ? 'ok' : moves, busy_until_ms: isBusy ? nowMs + 1000 : 0 };
}

test.for(answers)('$what at the only account', async (answer, { expect }) => {
  const stage = await openStage({});
  const { world } = stage;
  const { id, token } = await world.tenant();
  if (answer.fault !== null) {
    strike(stage, 1, answer.fault);
  }
  const reply = await world.submit(token);
  await world.idle();
  expect({ status: reply.status, posts: posts(stage) }).toEqual({ status: answer.status, posts: [1] });
  expect(reply.body.code).toBe(
    answer.moves === undefined ? (answer.code ?? reply.body.code) : codeOf(answer),
  );
  expect(world.runcomfy.accepted().count).toBe(answer.accepted ?? 0);
  expect(await jobsOf(stage, id)).toEqual([`${answer.job} at 1`]);
  expect(await statesOf(stage)).toEqual([stateAfter(answer, world.clock.now())]);
  expect(await differences(world)).toEqual([]);
});

function codeOf({ moves }: Answer): string {
  return moves === 'busy' ? 'upstream_busy' : 'upstream_unavailable';
}

test.for(answers)('$what at the first of two accounts', async (answer, { expect }) => {
  const stage = await openStage({}, {});
  const { world, accounts } = stage;
  const { id, token } = await world.tenant();
  if (answer.fault !== null) {
    strike(stage, 1, answer.fault);
  }
  const reply = await world.submit(token);
  await world.idle();
  const isMoved = answer.moves !== undefined;
  expect({ status: reply.status, posts: posts(stage) }).toEqual(
    isMoved ? { status: 200, posts: [1, 2] } : { status: answer.status, posts: [1] },
  );
  expect(world.runcomfy.accepted().count).toBe(isMoved ? 1 : (answer.accepted ?? 0));
  expect(await jobsOf(stage, id)).toEqual([isMoved ? 'running at 2' : `${answer.job} at 1`]);
  const fresh = { state: 'ok', busy_until_ms: 0 };
  expect(await statesOf(stage)).toEqual([stateAfter(answer, world.clock.now()), fresh]);
  expect(await differences(world)).toEqual([]);
  if (reply.status === 200) {
    const copy: any = await env.OWNERS.get(`job:${reply.body.request_id}`, 'json');
    expect(copy.account).toBe(accounts[isMoved ? 1 : 0]!.id);
    // Whoever knows nothing of it asks the account that took it.
    expect((await world.isolate().status(token, reply.body.request_id)).status).toBe(200);
  }
});

test.for(answers)(
  '$what at the second account, after the first had no balance',
  async (answer, { expect }) => {
    const stage = await openStage({}, {});
    const { world } = stage;
    const { id, token } = await world.tenant();
    strike(stage, 1, { kind: 'no_balance' });
    if (answer.fault !== null) {
      strike(stage, 2, answer.fault);
    }
    const reply = await world.submit(token);
    await world.idle();
    expect({ status: reply.status, posts: posts(stage) }).toEqual({ status: answer.status, posts: [1, 2] });
    expect(world.runcomfy.accepted().count).toBe(answer.accepted ?? 0);
    expect(await jobsOf(stage, id)).toEqual([`${answer.job} at 2`]);
    expect((await statesOf(stage))[0]!.state).toBe('no_balance');
    expect((await statesOf(stage))[1]).toEqual(stateAfter(answer, world.clock.now()));
    expect(await differences(world)).toEqual([]);
    // G10: nothing of the operator's trouble, nor of how many accounts there are.
    expect(JSON.stringify(reply.body)).not.toMatch(/balance|token|account|acct_/i);
  },
);

test('each account once, and the least Retry-After of those that are busy', async ({ expect }) => {
  const stage = await openStage({}, {}, {});
  const { world } = stage;
  const { id, token } = await world.tenant({ limits: { requests_per_day: 1 } });
  strike(stage, 1, { kind: 'status', status: 429, retry_after: 42 });
  strike(stage, 2, { kind: 'status', status: 429, retry_after: 7 });
  strike(stage, 3, { kind: 'bad_token' });
  const reply = await world.submit(token);
  expect(reply).toMatchObject({ status: 429, body: { code: 'upstream_busy' } });
  expect(reply.headers.get('retry-after')).toBe('7');
  expect(reply.headers.get('ratelimit')).toContain('"customer-day";r=1');
  expect(posts(stage)).toEqual([1, 2, 3]);
  await world.idle();
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0, requests: { day: 0 } });
  expect(await differences(world)).toEqual([]);
});

test('a busy account is spared until its Retry-After, five minutes at most', async ({ expect }) => {
  const stage = await openStage({}, {});
  const { world } = stage;
  const { token } = await world.tenant();
  strike(stage, 1, { kind: 'status', status: 429, retry_after: 3600, times: 1 });
  await world.submit(token);
  world.clock.advance(5 * MINUTE - 1);
  await world.submit(token);
  world.clock.advance(1);
  await world.submit(token);
  expect(posts(stage)).toEqual([1, 2, 2, 1]);
});

test('while all accounts are busy each submit asks one of them: RunComfy’s 429 stays a 429', async ({
  expect,
}) => {
  const stage = await openStage({}, {});
  const { world } = stage;
  const { token } = await world.tenant();
  strike(stage, 1, { kind: 'status', status: 429, retry_after: 60 });
  strike(stage, 2, { kind: 'status', status: 429, retry_after: 60 });
  await world.submit(token);
  expect(await world.submit(token)).toMatchObject({ status: 429, body: { code: 'upstream_busy' } });
  expect(posts(stage)).toEqual([1, 2, 1]);
});

test('a stopped account gets no probes while another account accepts jobs', async ({ expect }) => {
  const stage = await openStage({}, {});
  const { world } = stage;
  const { token } = await world.tenant();
  strike(stage, 1, { kind: 'no_balance', times: 2 });
  for (const ms of [0, MINUTE, MINUTE]) {
    world.clock.advance(ms);
    expect((await world.submit(token)).status).toBe(200);
    await world.idle();
    expect((await world.submit(token)).status).toBe(200);
    await world.idle();
  }
  // The probe of each minute goes to the account of the lower number; the third one finds it well again.
  expect(posts(stage)).toEqual([1, 2, 2, 1, 2, 2, 1, 1]);
  expect((await statesOf(stage))[0]!.state).toBe('ok');
});

test.for([
  {
    what: 'the key',
    act: (world: World, { keyId }: { keyId: string }) =>
      world.isolate().admin('DELETE', `/admin/keys/${keyId}`),
    refusal: { status: 401, body: { code: 'invalid_key' } },
    seesLimits: false,
  },
  {
    what: 'the customer',
    act: (world: World, { id }: { id: string }) =>
      world.isolate().admin('PATCH', `/admin/customers/${id}`, { status: 'suspended' }),
    refusal: { status: 403, body: { code: 'customer_suspended' } },
    seesLimits: false,
  },
  {
    what: 'every submit',
    act: (world: World) => world.isolate().admin('PATCH', '/admin/settings', { submits: 'off' }),
    refusal: { status: 503, body: { code: 'submits_off' } },
    seesLimits: true,
  },
])(
  'G6: $what is stopped between the refusal and the second POST: nothing is posted',
  async (row, { expect }) => {
    const stage = await openStage({}, {});
    const { world } = stage;
    const tenant = await world.tenant();
    strike(stage, 1, { kind: 'no_balance' });
    afterFirstPost(world, () => row.act(world, tenant));
    const reply = await world.submit(tenant.token);
    await world.admin('PATCH', '/admin/settings', { submits: 'on' });
    await world.idle();
    expect(reply).toMatchObject(row.refusal);
    expect(reply.headers.has('comfygate-committed-usd')).toBe(row.seesLimits);
    expect(posts(stage)).toEqual([1]);
    expect(await booksOf(tenant.id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0 });
    // The account is marked anyway.
    expect((await statesOf(stage))[0]!.state).toBe('no_balance');
    expect(await differences(world)).toEqual([]);
  },
);

test('a probe of the only account for which RunComfy is too busy leaves its turn to the next one', async ({
  expect,
}) => {
  const stage = await openStage({});
  const { world } = stage;
  const { token } = await world.tenant();
  strike(stage, 1, { kind: 'no_balance', times: 1 });
  expect((await world.submit(token)).status).toBe(503);
  await world.idle();
  world.clock.advance(MINUTE);
  strike(stage, 1, { kind: 'status', status: 429, retry_after: 1, times: 1 });
  expect((await world.submit(token)).status).toBe(429);
  await world.idle();
  world.clock.advance(1000);
  expect((await world.submit(token)).status).toBe(200);
  await world.idle();
  expect((await statesOf(stage))[0]!.state).toBe('ok');
});

test('a pinned customer goes to no other account, and nobody else’s failure moves them', async ({
  expect,
}) => {
  const stage = await openStage({}, {}, { status: 'draining' });
  const { world, accounts } = stage;
  const { id, token } = await world.tenant({ account: accounts[1]!.id });
  expect((await world.submit(token)).status).toBe(200);
  strike(stage, 2, { kind: 'no_balance', times: 1 });
  expect(await world.submit(token)).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
  // The account waits for its probe now.
  const waiting = await world.submit(token);
  expect(waiting).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
  expect(waiting.headers.get('retry-after')).toBe('60');
  expect(posts(stage)).toEqual([2, 2]);

  await world.admin('PATCH', `/admin/customers/${id}`, { account: accounts[2]!.id });
  expect((await world.submit(token)).status).toBe(503);
  expect(world.logs).toContainEqual({ level: 'error', event: 'no_account', customer: id });
  expect(posts(stage)).toEqual([2, 2]);

  await world.admin('PATCH', `/admin/customers/${id}`, { account: null });
  expect((await world.submit(token)).status).toBe(200);
  expect(posts(stage)).toEqual([2, 2, 1]);
});

test('accounts of one priority number share the jobs', async ({ expect }) => {
  const stage = await openStage({ priority: 5 }, { priority: 5 }, { priority: 5 }, { priority: 6 });
  const { world } = stage;
  const { token } = await world.tenant();
  await Promise.all(Array.from({ length: 120 }, () => world.submit(token)));
  const counts = [1, 2, 3, 4].map((number) => posts(stage).filter((one) => one === number).length);
  expect(counts.reduce((sum, count) => sum + count)).toBe(120);
  expect(counts[3]).toBe(0);
  // A fair die shows 15 or fewer of 120 about once in 10,000,000 rolls.
  expect(Math.min(...counts.slice(0, 3))).toBeGreaterThan(15);
});

const limits: { limit: object; room: number }[] = [
  { limit: { requests_per_minute: 7 }, room: 7 },
  { limit: { requests_per_day: 7 }, room: 7 },
  { limit: { spend_per_day: 250_000 * 7 + 1 }, room: 7 },
  { limit: { spend_total: 250_000 * 7 }, room: 7 },
  { limit: { max_concurrent: 7 }, room: 7 },
];

test.for(limits)(
  'G2: $limit of an account is exact, of 60 submits at once',
  async ({ limit, room }, { expect }) => {
    const stage = await openStage({ limits: limit }, { limits: limit });
    const { world } = stage;
    const { id, token } = await world.tenant();
    const isolates = [world, world.isolate()];
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, index) => isolates[index % 2]!.submit(token)),
    );
    await world.idle();
    expect(posts(stage).filter((number) => number === 1)).toHaveLength(room);
    expect(posts(stage).filter((number) => number === 2)).toHaveLength(room);
    const refused = replies.filter((reply) => reply.status !== 200);
    expect(new Set(refused.map(({ status: code, body }) => `${code} ${body.code}`))).toEqual(
      new Set(['503 upstream_unavailable']),
    );
    expect(JSON.stringify([refused[0]!.body, ...refused[0]!.headers])).not.toMatch(/limit|account|acct_/i);
    expect(await booksOf(id)).toMatchObject({ jobs: 2 * room });
    expect(await differences(world)).toEqual([]);
  },
);

test('what acct_env has used is what the gateway has used and no other account', async ({ expect }) => {
  const stage = await openStage({ priority: 1 });
  const { world } = stage;
  const { token } = await world.tenant();
  const total = Number(
    await env.DB.prepare(
      "SELECT SUM(requests) AS n FROM counters WHERE subject = 'gateway' AND grain = 'day'",
    ).first('n'),
  );
  const others = Number(
    await env.DB.prepare(
      "SELECT SUM(requests) AS n FROM counters WHERE subject LIKE 'acct_%' AND grain = 'day'",
    ).first('n'),
  );
  const used = total - others;
  const set = (priority: number) =>
    env.DB.prepare("UPDATE accounts SET status = 'active', priority = ?2, limits = ?1 WHERE id = 'acct_env'")
      .bind(JSON.stringify({ requests_per_day: used + 3 }), priority)
      .run();
  await set(9);
  await world.submit(token);
  await world.submit(token);
  await set(0);
  for (let sent = 0; sent < 5; sent += 1) {
    expect((await world.submit(token)).status).toBe(200);
  }
  // 0 is acct_env.
  expect(posts(stage)).toEqual([1, 1, 0, 0, 0, 1, 1]);
  expect(await differences(world)).toEqual([]);
});

test('the room that a job took moves with it, and comes back when it is refused', async ({ expect }) => {
  const stage = await openStage({ limits: { requests_per_day: 1 } }, { limits: { requests_per_day: 2 } });
  const { world } = stage;
  const { token } = await world.tenant();
  strike(stage, 1, { kind: 'status', status: 429, retry_after: 1, times: 1 });
  // To the second account; then the first one has its room again.
  expect((await world.submit(token)).status).toBe(200);
  world.clock.advance(1000);
  expect((await world.submit(token)).status).toBe(200);
  strike(stage, 2, { kind: 'status', status: 422, times: 1 });
  expect((await world.submit(token)).status).toBe(422);
  expect((await world.submit(token)).status).toBe(200);
  expect((await world.submit(token)).status).toBe(503);
  expect(posts(stage)).toEqual([1, 2, 1, 2, 2]);
  expect(await differences(world)).toEqual([]);
});

test.for([
  {
    what: 'day',
    start: '2026-03-05T23:59:00.000Z',
    beforeMs: 58_000,
    refusalMs: 3000,
    limit: 'requests_per_day',
  },
  {
    what: 'day',
    start: '2026-03-05T23:59:00.000Z',
    beforeMs: 58_000,
    refusalMs: 3000,
    limit: 'spend_per_day',
  },
  {
    what: 'month',
    start: '2026-03-31T23:59:00.000Z',
    beforeMs: 58_000,
    refusalMs: 3000,
    limit: 'requests_per_month',
  },
  {
    what: 'week',
    start: '2026-03-08T23:59:00.000Z',
    beforeMs: 58_000,
    refusalMs: 3000,
    limit: 'requests_per_week',
  },
  {
    what: 'minute',
    start: '2026-03-05T12:00:00.000Z',
    beforeMs: 55_000,
    refusalMs: 17_000,
    limit: 'requests_per_minute',
  },
])(
  'G2: $limit of an account is exact for a job of the $what before, whose hold counts there',
  async ({ start, beforeMs, refusalMs, limit }, { expect }) => {
    const max = limit === 'spend_per_day' ? 250_000 : 1;
    const stage = await openStageAt(Date.parse(start), {}, { limits: { [limit]: max } });
    const { world } = stage;
    const { token } = await world.tenant();
    strike(stage, 1, { kind: 'status', status: 429, retry_after: 1 });
    expect((await world.submit(token)).status).toBe(200);
    world.clock.advance(beforeMs);
    const late = world.isolate();
    afterFirstPost(late, async () => world.clock.advance(refusalMs));
    expect(await late.submit(token)).toMatchObject({ status: 429, body: { code: 'upstream_busy' } });
    expect(posts(stage)).toEqual([1, 2, 1]);
    await world.idle();
    expect(await differences(world)).toEqual([]);
  },
);

test('an account without room, or one that drains, is disabled or has no token, gets no job, and its jobs are read', async ({
  expect,
}) => {
  const stage = await openStage({}, { limits: { max_concurrent: 0 } }, { status: 'draining' }, {});
  const { world, accounts } = stage;
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  for (const state of ['draining', 'disabled']) {
    await env.DB.prepare('UPDATE accounts SET status = ?2 WHERE id = ?1').bind(accounts[0]!.id, state).run();
    expect((await world.submit(token)).status).toBe(200);
    expect((await world.isolate().status(token, body.request_id)).status).toBe(200);
  }
  expect((await world.isolate().cancel(token, body.request_id)).status).toBe(202);
  await world.idle();
  expect(posts(stage)).toEqual([1, 4, 4]);
  expect(await world.isolate({ VAULT_KEY: undefined }).submit(token)).toMatchObject({
    status: 503,
    body: { code: 'upstream_unavailable' },
  });
  expect(posts(stage)).toEqual([1, 4, 4]);
});

test('a job that moves to an account with an unreadable token moves on, and never back', async ({
  expect,
}) => {
  const stage = await openStage({}, {}, {});
  const { world, accounts } = stage;
  const { token } = await world.tenant();
  await env.DB.prepare(
    'UPDATE accounts SET sealed = (SELECT sealed FROM accounts WHERE id = ?2) WHERE id = ?1',
  )
    .bind(accounts[1]!.id, accounts[0]!.id)
    .run();
  strike(stage, 1, { kind: 'status', status: 429, retry_after: 9 });
  expect((await world.submit(token)).status).toBe(200);
  expect(posts(stage)).toEqual([1, 3]);
});

test('an account with an unreadable token is skipped: the next one gets the job', async ({ expect }) => {
  const stage = await openStage({}, {});
  const { world, accounts } = stage;
  const { id, token } = await world.tenant();
  await env.DB.prepare(
    'UPDATE accounts SET sealed = (SELECT sealed FROM accounts WHERE id = ?2) WHERE id = ?1',
  )
    .bind(accounts[0]!.id, accounts[1]!.id)
    .run();
  expect((await world.submit(token)).status).toBe(200);
  await env.DB.prepare("UPDATE accounts SET status = 'disabled' WHERE id = ?1").bind(accounts[1]!.id).run();
  expect(await world.submit(token)).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
  await world.idle();
  expect(posts(stage)).toEqual([2]);
  expect(await booksOf(id)).toMatchObject({ states: { running: 1, refused: 1 } });
  expect(await differences(world)).toEqual([]);
});

test.for([
  { what: 'bad', fault: null },
  { what: 'busy', fault: { kind: 'status', status: 429, retry_after: 60 } as const },
])(
  'a token that is replaced while the old one is on its way is not marked as $what',
  async ({ fault }, { expect }) => {
    const stage = await openStage({}, {});
    const { world, accounts } = stage;
    const { token } = await world.tenant();
    const { id, name } = accounts[0]!;
    const replaced = { token: 'a-new-token-0123456789' };
    if (fault === null) {
      setUpstreamAccount(world, { name, ...replaced, balanceUsd: 10 });
    } else {
      strike(stage, 1, { ...fault, times: 1 });
    }
    afterFirstPost(world, async () => {
      setUpstreamAccount(world, { name, ...replaced, balanceUsd: 10 });
      expect((await world.isolate().admin('PATCH', `/admin/accounts/${id}`, replaced)).status).toBe(200);
    });
    expect((await world.submit(token)).status).toBe(200);
    expect(posts(stage)).toEqual([1, 2]);
    expect((await statesOf(stage))[0]).toEqual({ state: 'ok', busy_until_ms: 0 });
  },
);

test('G6: a key that expires while the first account refuses its job is not posted again', async ({
  expect,
}) => {
  const stage = await openStage({}, {});
  const { world } = stage;
  const expires_at = new Date(world.clock.now() + 5_000).toISOString();
  const { id, token } = await world.tenant({}, { expires_at });
  strike(stage, 1, { kind: 'status', status: 429, retry_after: 1 });
  const isolate = world.isolate();
  afterFirstPost(isolate, async () => world.clock.advance(5_000));
  expect(await post(isolate, token)).toMatchObject({ status: 401, body: { code: 'invalid_key' } });
  expect(posts(stage)).toEqual([1]);
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0 });
});

test('a move takes the account that is free by then, however busy it was at the gate', async ({ expect }) => {
  const stage = await openStage({}, {});
  const { world, accounts } = stage;
  const { token } = await world.tenant();
  await env.DB.prepare('UPDATE accounts SET busy_until_ms = ?2 WHERE id = ?1')
    .bind(accounts[1]!.id, world.clock.now() + 5_000)
    .run();
  strike(stage, 1, { kind: 'status', status: 429, retry_after: 1 });
  const isolate = world.isolate();
  afterFirstPost(isolate, async () => world.clock.advance(5_000));
  expect((await post(isolate, token)).status).toBe(200);
  expect(posts(stage)).toEqual([1, 2]);
});

test('an account is not deleted while a job is reserved at it, also by a move', async ({ expect }) => {
  const stage = await openStage({}, {});
  const { world, accounts } = stage;
  const { token } = await world.tenant();
  strike(stage, 1, { kind: 'no_balance' });
  const remove = (index: number) => world.isolate().admin('DELETE', `/admin/accounts/${accounts[index]!.id}`);
  afterFirstPost(world, async () => {
    expect((await remove(0)).status).toBe(409);
    expect((await remove(1)).status).toBe(204);
  });
  expect(await world.submit(token)).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
  await world.idle();
  expect(posts(stage)).toEqual([1]);
  expect((await remove(0)).status).toBe(204);
});

/** An isolate whose moves meet `fate`; what reads the row after them meets `read`. */
function atTheMove(world: World, fate: 'before' | 'after' | 'hang', read: 'none' | 'before' = 'none') {
  return slowIsolate(world, ({ text }) => {
    if (text.includes('UPDATE jobs SET account_id')) {
      return fate;
    }
    return text.startsWith('SELECT accounts.id, accounts.sealed') ? read : 'none';
  });
}

test('a move whose answer is lost: the row says where the job is, and it is posted there', async ({
  expect,
}) => {
  const stage = await openStage({}, {});
  const { world } = stage;
  const { id, token } = await world.tenant();
  strike(stage, 1, { kind: 'no_balance' });
  const isolate = atTheMove(world, 'after');
  expect((await isolate.wait(post(isolate, token))).status).toBe(200);
  await isolate.wait(world.idle());
  expect(world.runcomfy.accepted().count).toBe(1);
  expect(await jobsOf(stage, id)).toEqual(['running at 2']);
  expect(await differences(world)).toEqual([]);
});

test.for([
  { what: 'did not take effect', fate: 'before', read: 'none' },
  { what: 'took effect and cannot be confirmed', fate: 'after', read: 'before' },
  { what: 'may yet take effect', fate: 'hang', read: 'none' },
] as const)(
  'a move that $what: nothing is posted, and the job has ended',
  async ({ fate, read }, { expect }) => {
    const stage = await openStage({}, {});
    const { world } = stage;
    const { id, token } = await world.tenant({ limits: { requests_per_day: 1 } });
    strike(stage, 1, { kind: 'no_balance', times: 1 });
    const isolate = atTheMove(world, fate, read);
    const reply = await isolate.wait(post(isolate, token, 'k'));
    expect(reply).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
    await isolate.wait(world.idle());
    await isolate.applyLate();
    expect(world.runcomfy.calls().counts.submit).toBe(1);
    expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0, requests: { day: 0 } });
    expect(await differences(world)).toEqual([]);
    world.clock.advance(MINUTE);
    expect((await post(world, token, 'k')).status).toBe(200);
  },
);

test('D1 fails after the refusal: KV has the refusal, and the cron releases everything', async ({
  expect,
}) => {
  const stage = await openStage({}, {});
  const { world } = stage;
  const { id, token } = await world.tenant();
  strike(stage, 1, { kind: 'no_balance', times: 1 });
  let isPosted = false;
  const isolate = slowIsolate(world, ({ what }) => {
    isPosted ||= what === 'upstream';
    return what === 'D1' && isPosted ? 'before' : 'none';
  });
  expect((await isolate.wait(post(isolate, token, 'k'))).body.code).toBe('storage_unavailable');
  await isolate.wait(world.idle());
  expect(world.runcomfy.calls().counts.submit).toBe(1);
  expect(await booksOf(id)).toMatchObject({ states: { reserved: 1 } });
  world.clock.advance(6 * MINUTE);
  await world.cron();
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0 });
  expect(await differences(world)).toEqual([]);
});

test('a retry during a move learns that the first submit is in progress', async ({ expect }) => {
  const stage = await openStage({}, {});
  const { world } = stage;
  const { token } = await world.tenant();
  strike(stage, 1, { kind: 'no_balance' });
  const other = world.isolate();
  let retry: any;
  afterFirstPost(world, async () => {
    retry = await post(other, token, 'k');
  });
  const first = await post(world, token, 'k');
  expect(first.status).toBe(200);
  expect(retry).toMatchObject({ status: 409, body: { code: 'request_in_flight' } });
  await world.idle();
  expect((await post(other, token, 'k')).body.request_id).toBe(first.body.request_id);
  expect(posts(stage)).toEqual([1, 2]);
});

test('a submit that oversleeps its refusal posts nothing more, whatever the cron has made of the job', async ({
  expect,
}) => {
  const stage = await openStage({}, {});
  const { world } = stage;
  const { id, token } = await world.tenant();
  strike(stage, 1, { kind: 'no_balance' });
  afterFirstPost(world, async () => {
    world.clock.advance(6 * MINUTE);
    await world.isolate().cron();
    expect(await booksOf(id)).toMatchObject({ states: { unconfirmed: 1 } });
  });
  expect((await world.submit(token)).status).toBe(503);
  await world.idle();
  expect(posts(stage)).toEqual([1]);
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0 });
  expect(await differences(world)).toEqual([]);
});

test('a clock that stands still lets nothing through that the cron has freed', async ({ expect }) => {
  const stage = await openStage({}, {});
  const { world } = stage;
  const { id, token } = await world.tenant();
  strike(stage, 1, { kind: 'no_balance' });
  afterFirstPost(world, () =>
    env.DB.prepare("UPDATE jobs SET state = 'unconfirmed' WHERE customer_id = ?1").bind(id).run(),
  );
  expect(await world.submit(token)).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
  expect(posts(stage)).toEqual([1]);
});

test('no POST starts with less than 8 s left', async ({ expect }) => {
  const stage = await openStage({}, {});
  const { world } = stage;
  const { token } = await world.tenant();
  strike(stage, 1, { kind: 'status', status: 429, retry_after: 9 });
  afterFirstPost(world, async () => world.clock.advance(19_001));
  const late = await world.submit(token);
  expect(late).toMatchObject({ status: 429, body: { code: 'upstream_busy' } });
  expect(posts(stage)).toEqual([1]);
  expect((await statesOf(stage))[0]!.busy_until_ms).toBeGreaterThan(world.clock.now());
});

test('a job that moves and then has no time left gets the refusal of the account before', async ({
  expect,
}) => {
  const stage = await openStage({}, {});
  const { world } = stage;
  const { id, token } = await world.tenant();
  strike(stage, 1, { kind: 'status', status: 429, retry_after: 9 });
  const { db, calls } = failingDb(env.DB);
  calls.match = 'UPDATE jobs SET account_id';
  calls.decide = () => {
    world.clock.advance(3_000);
    return 'none';
  };
  const isolate = world.isolate({ DB: db });
  afterFirstPost(isolate, async () => world.clock.advance(17_000));
  const late = await post(isolate, token);
  expect(late).toMatchObject({ status: 429, body: { code: 'upstream_busy' } });
  expect(late.headers.get('retry-after')).toBe('9');
  expect(posts(stage)).toEqual([1]);
  expect(await jobsOf(stage, id)).toEqual(['refused at 2']);
  expect(await differences(world)).toEqual([]);
});

test('G2, G3: 200 submits at once while an account dies: none is lost, none runs twice, each limit is exact', async ({
  expect,
}) => {
  const stage = await openStage({}, { limits: { requests_per_day: 60 } }, { limits: { max_concurrent: 40 } });
  const { world, accounts } = stage;
  const { id, token } = await world.tenant();
  const isolates = [world, world.isolate(), world.isolate()];
  let calls = 0;
  for (const isolate of isolates) {
    const { call } = isolate.deps.upstream;
    isolate.deps.upstream = {
      call(sent) {
        calls += 1;
        if (calls === 50) {
          strike(stage, 1, { kind: 'no_balance' });
        }
        return call(sent);
      },
    };
  }
  const replies = await Promise.all(
    Array.from({ length: 200 }, (_, index) => post(isolates[index % 3]!, token, `order ${index}`)),
  );
  await world.idle();
  const accepted = replies.filter((reply) => reply.status === 200);
  const refused = replies.filter((reply) => reply.status !== 200);
  const { jobs } = world.runcomfy.accepted();
  expect(jobs).toHaveLength(accepted.length);
  expect(new Set(accepted.map(({ body }) => body.request_id)).size).toBe(accepted.length);
  expect(new Set(refused.map(({ status: code, body }) => `${code} ${body.code}`))).toEqual(
    new Set(['503 upstream_unavailable']),
  );
  const { results } = await env.DB.prepare(
    "SELECT account_id, COUNT(*) AS n FROM jobs WHERE customer_id = ?1 AND state = 'running' GROUP BY account_id",
  )
    .bind(id)
    .all<{ account_id: string; n: number }>();
  const running = new Map(results.map((row) => [row.account_id, row.n]));
  expect(running.get(accounts[1]!.id)).toBe(60);
  expect(running.get(accounts[2]!.id)).toBe(40);
  expect(await booksOf(id)).toMatchObject({
    jobs: 200,
    states: { running: accepted.length, refused: refused.length },
    heldMicros: 250_000 * accepted.length,
  });
  expect(await differences(world)).toEqual([]);
});

test('one answer to a move in ten is lost: 60 submits are 60 jobs', async ({ expect }) => {
  const stage = await openStage({}, {});
  const { world } = stage;
  const { id, token } = await world.tenant();
  strike(stage, 1, { kind: 'status', status: 429, retry_after: 1 });
  const { db, calls } = failingDb(env.DB);
  calls.match = 'UPDATE jobs SET account_id';
  calls.decide = () => (calls.calls % 10 === 0 ? 'after' : 'none');
  const isolate = world.isolate({ DB: db });
  for (let sent = 0; sent < 60; sent += 1) {
    world.clock.advance(1000);
    expect((await isolate.submit(token)).status).toBe(200);
  }
  await world.idle();
  expect(calls.calls).toBe(60);
  expect(world.runcomfy.accepted().count).toBe(60);
  expect(await booksOf(id)).toMatchObject({ jobs: 60, states: { running: 60 } });
  expect(await differences(world)).toEqual([]);
});
