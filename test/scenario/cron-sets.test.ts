// The cron books in sets: many ends in one batch, each exactly once and with its own money, whatever is cut and whoever
// else is at it. What is wrong with one job's books keeps no other job open.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { booksOf, differences } from '../support/books.ts';
import { insertRunning, type OpenJob } from '../support/open-jobs.ts';
import { serve } from '../support/network.ts';
import { failingDb, failingKv, guardedDb, type Failure, type Through } from '../support/stores.ts';
import { createWorld, type Isolate, type Tenant, type World } from '../support/world.ts';

const MINUTE = 60_000;
const HOLD = 250_000;

type Answer = Record<string, unknown>;
type Wanted = {
  state: string;
  charge_micros: number | null;
  cost_micros: number | null;
  cost_flag: string | null;
};

const output = { image: 'https://files.runcomfy.net/a.png' };
/** The answer of RunComfy for a job and the expected books. Odd jobs are charged by their cost. */
const ENDS: { mode: 'estimate' | 'cost'; answer: Answer; wanted: Wanted }[] = [
  {
    mode: 'estimate',
    answer: { status: 'succeeded', output, cost: 0.2 },
    wanted: { state: 'succeeded', charge_micros: HOLD, cost_micros: 200_000, cost_flag: null },
  },
  {
    mode: 'cost',
    answer: { status: 'succeeded', output, cost: 0.123456 },
    wanted: { state: 'succeeded', charge_micros: 123_456, cost_micros: 123_456, cost_flag: null },
  },
  {
    mode: 'estimate',
    answer: { status: 'failed', error: 'nsfw', cost: 0.01 },
    wanted: { state: 'failed', charge_micros: 0, cost_micros: 10_000, cost_flag: null },
  },
  {
    mode: 'cost',
    answer: { status: 'succeeded', output, cost: 7 },
    wanted: { state: 'succeeded', charge_micros: HOLD, cost_micros: 7_000_000, cost_flag: null },
  },
  {
    mode: 'estimate',
    answer: { status: 'cancelled', cost: 0 },
    wanted: { state: 'cancelled', charge_micros: 0, cost_micros: 0, cost_flag: null },
  },
  {
    mode: 'cost',
    answer: { status: 'succeeded', output },
    wanted: { state: 'succeeded', charge_micros: null, cost_micros: null, cost_flag: null },
  },
  {
    mode: 'estimate',
    answer: { status: 'succeeded', output },
    wanted: { state: 'succeeded', charge_micros: HOLD, cost_micros: null, cost_flag: null },
  },
  {
    mode: 'cost',
    answer: { status: 'succeeded', output, cost: -1 },
    wanted: { state: 'succeeded', charge_micros: HOLD, cost_micros: null, cost_flag: 'invalid' },
  },
];

/** `count` jobs of three customers that are due, each to end as the next of the ends has it. */
async function openJobs(
  world: World,
  count: number,
): Promise<{ tenants: Tenant[]; jobs: OpenJob[]; answers: Map<string, Answer> }> {
  const tenants = [await world.tenant(), await world.tenant(), await world.tenant()];
  const times = { createdAtMs: world.clock.now() - 2 * MINUTE, checkAtMs: world.clock.now() - MINUTE };
  const jobs: OpenJob[] = [];
  const answers = new Map<string, Answer>();
  for (let index = 0; index < count; index += 1) {
    const { mode, answer } = ENDS[index % ENDS.length]!;
    const [job] = await insertRunning([tenants[index % 3]!], 1, { ...times, mode });
    jobs.push(job!);
    answers.set(job!.upstreamId, answer);
  }
  return { tenants, jobs, answers };
}

const UNREADABLE: Answer = {};
let hosts = 0;

/** An isolate whose RunComfy answers /result of these jobs so. */
function isolateFor(world: World, answers: Map<string, Answer>, settings: object = {}): Isolate {
  hosts += 1;
  const host = `sets${hosts}.runcomfy.test`;
  serve(host, async (request) => {
    const id = /^\/v1\/requests\/([^/]+)\/result$/.exec(new URL(request.url).pathname)?.[1];
    const answer = id === undefined ? { balance_usd: 100 } : { request_id: id, ...answers.get(id) };
    return Response.json(answer, { status: answers.get(id ?? '') === UNREADABLE ? 503 : 200 });
  });
  const origin = `https://${host}`;
  return world.isolate({
    RUNCOMFY_BASE_URL: origin,
    RUNCOMFY_ACCOUNT_URL: origin,
    PLAN: 'paid',
    ...settings,
  });
}

async function rowsOf(jobs: OpenJob[]): Promise<Wanted[]> {
  const { results } = await env.DB.prepare(
    `SELECT j.state, j.charge_micros, j.cost_micros, j.cost_flag FROM json_each(?1) e JOIN jobs j ON j.id = e.value
     ORDER BY e.key`,
  )
    .bind(JSON.stringify(jobs.map(({ id }) => id)))
    .all<Wanted>();
  return results;
}

const wantedOf = (jobs: OpenJob[]) => jobs.map((_job, index) => ENDS[index % ENDS.length]!.wanted);

async function endsOf(tenants: Tenant[]): Promise<number> {
  const books = await Promise.all(tenants.map(({ id }) => booksOf(id)));
  return books.reduce((sum, { ends }) => sum + ends, 0);
}

const ended = (world: World) => world.logs.filter(({ event }) => event === 'job_ended').length;

test('fifty different ends are one batch of four statements, each with its own charge', async ({
  expect,
}) => {
  const world = createWorld();
  const { tenants, jobs, answers } = await openJobs(world, 50);
  const batches: string[][] = [];
  const note: Through = async (call, run) => {
    batches.push(call.what === 'D1' ? call.statements : []);
    return run();
  };
  await isolateFor(world, answers, { DB: guardedDb(env.DB, note) }).cron();
  expect(await rowsOf(jobs)).toEqual(wantedOf(jobs));
  const settled = wantedOf(jobs).filter(({ charge_micros }) => charge_micros !== null).length;
  expect(await endsOf(tenants)).toBe(settled);
  expect(ended(world)).toBe(50);
  const booking = batches.filter((statements) =>
    statements.some((sql) => sql.startsWith('INSERT INTO ledger')),
  );
  expect(booking.map((statements) => statements.length)).toEqual([4]);
  expect(await differences(world)).toEqual([]);
});

const CUTS: { failures: Failure[]; what: string }[] = [
  { what: 'fails before it took effect', failures: ['before'] },
  { what: 'loses its answer', failures: ['after'] },
  { what: 'fails, and its first half loses its answer', failures: ['before', 'after'] },
  { what: 'fails with all that follows', failures: Array.from({ length: 200 }, () => 'before' as const) },
];

test.for(CUTS)('a batch of fifty that $what is booked once', async ({ failures }, { expect }) => {
  const world = createWorld();
  const { tenants, jobs, answers } = await openJobs(world, 50);
  const { db, calls } = failingDb(env.DB);
  calls.match = 'INSERT INTO ledger';
  const left = [...failures];
  calls.decide = () => left.shift() ?? 'none';
  await isolateFor(world, answers, { DB: db }).cron();
  expect(await differences(world)).toEqual([]);
  // Whatever is still open is due again within two runs.
  const healthy = isolateFor(world, answers);
  for (let minute = 0; minute < 2; minute += 1) {
    world.clock.advance(MINUTE);
    await healthy.cron();
  }
  expect(await rowsOf(jobs)).toEqual(wantedOf(jobs));
  expect(await endsOf(tenants)).toBe(
    wantedOf(jobs).filter(({ charge_micros }) => charge_micros !== null).length,
  );
  expect(await differences(world)).toEqual([]);
});

test('two crons that book the same fifty at once, and owners who poll, end each job once', async ({
  expect,
}) => {
  const world = createWorld();
  const { tenants, jobs, answers } = await openJobs(world, 50);
  const both = Promise.withResolvers<void>();
  let atGate = 0;
  // Both have claimed and looked, and hold their batch back until the other is there too.
  const meet: Through = async (call, run) => {
    if (call.what === 'D1' && call.text.includes('INSERT INTO ledger')) {
      atGate += 1;
      if (atGate === 2) {
        both.resolve();
      }
      await both.promise;
    }
    return run();
  };
  const first = isolateFor(world, answers, { DB: guardedDb(env.DB, meet) });
  const second = isolateFor(world, answers, { DB: guardedDb(env.DB, meet) });
  const run = first.cron();
  await expect.poll(() => atGate).toBe(1);
  // As if the first one's claim had run out: the second cron takes the same rows.
  await env.DB.prepare('UPDATE jobs SET check_at_ms = ?1 WHERE settled_at_ms IS NULL')
    .bind(world.clock.now())
    .run();
  await Promise.all([run, second.cron()]);
  const owner = isolateFor(world, answers);
  await Promise.all(jobs.map(({ id, tenant }) => owner.result(tenant.token, id)));
  await world.idle();
  expect(await rowsOf(jobs)).toEqual(wantedOf(jobs));
  expect(await endsOf(tenants)).toBe(
    wantedOf(jobs).filter(({ charge_micros }) => charge_micros !== null).length,
  );
  expect(await differences(world)).toEqual([]);
});

test('a job with inconsistent books does not keep other jobs open', async ({ expect }) => {
  const world = createWorld();
  const { tenants, jobs, answers } = await openJobs(world, 49);
  const eve = await world.tenant();
  const now = world.clock.now();
  const [broken] = await insertRunning([eve], 1, { createdAtMs: now, checkAtMs: now });
  answers.set(broken!.upstreamId, ENDS[0]!.answer);
  // Eve's holds are said to be less than her job's: its end would carry them below 0, which the table refuses.
  await env.DB.prepare('UPDATE customers SET held_micros = 0 WHERE id = ?1').bind(eve.id).run();
  await isolateFor(world, answers).cron();
  expect(await rowsOf(jobs)).toEqual(wantedOf(jobs));
  expect(await rowsOf([broken!])).toMatchObject([{ state: 'running', charge_micros: null }]);
  const failed = world.logs.filter(({ event }) => event === 'reconcile_failed');
  expect(failed).toMatchObject([{ job: broken!.id }]);
  for (const { id } of tenants) {
    expect(await differences(world, id)).toEqual([]);
  }
  await env.DB.prepare('UPDATE customers SET held_micros = ?2 WHERE id = ?1').bind(eve.id, HOLD).run();
  world.clock.advance(2 * MINUTE);
  await isolateFor(world, answers).cron();
  expect(await rowsOf([broken!])).toMatchObject([{ state: 'succeeded', charge_micros: HOLD }]);
  expect(await differences(world)).toEqual([]);
});

test('a row that holds something else than a job keeps no job open, and is an alarm', async ({ expect }) => {
  const world = createWorld();
  const { jobs, answers } = await openJobs(world, 9);
  await env.DB.prepare("UPDATE jobs SET price = '{}' WHERE id = ?1").bind(jobs[0]!.id).run();
  await isolateFor(world, answers).cron();
  const [odd, ...others] = await rowsOf(jobs);
  expect(odd).toMatchObject({ state: 'running' });
  expect(others).toEqual(wantedOf(jobs).slice(1));
  expect(world.logs).toContainEqual({ level: 'error', event: 'jobs_unreadable', count: 1 });
  await env.DB.prepare('UPDATE jobs SET price = NULL WHERE id = ?1').bind(jobs[0]!.id).run();
});

test('results of 32 KiB of three-byte characters fit, however many', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const times = { createdAtMs: world.clock.now(), checkAtMs: world.clock.now() };
  const jobs = await insertRunning([tenant], 60, times);
  const text = '語"\\'.repeat(5_000);
  const answers = new Map<string, Answer>(
    jobs.map(({ upstreamId }) => [upstreamId, { status: 'succeeded', output: { text }, cost: 0.1 }]),
  );
  await isolateFor(world, answers).cron();
  expect(await booksOf(tenant.id)).toMatchObject({ states: { succeeded: 60 }, ends: 60, heldMicros: 0 });
  const reply = await isolateFor(world, answers).result(tenant.token, jobs[59]!.id);
  expect(reply.body.output.text).toBe(text);
});

test('late costs are booked in one statement, and once', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const times = { createdAtMs: world.clock.now(), checkAtMs: world.clock.now() };
  const jobs = await insertRunning([tenant], 30, times);
  const answers = new Map<string, Answer>(
    jobs.map(({ upstreamId }) => [upstreamId, { status: 'succeeded', output }]),
  );
  await isolateFor(world, answers).cron();
  jobs.forEach(({ upstreamId }, index) => {
    answers.set(upstreamId, { status: 'succeeded', output, cost: 0.1 + index / 1000 });
  });
  world.clock.advance(8 * MINUTE);
  const statements: string[] = [];
  const note: Through = async (call, run) => {
    statements.push(...(call.what === 'D1' ? call.statements : []));
    return run();
  };
  await isolateFor(world, answers, { DB: guardedDb(env.DB, note) }).cron();
  expect(statements.filter((sql) => sql.includes('SET cost_micros'))).toHaveLength(1);
  const rows = await rowsOf(jobs);
  expect(rows.map(({ cost_micros }) => cost_micros)).toEqual(
    jobs.map((_job, index) => 100_000 + index * 1000),
  );
  expect(new Set(rows.map(({ charge_micros }) => charge_micros))).toEqual(new Set([HOLD]));
  expect(await differences(world)).toEqual([]);
});

/** Submits that passed the gate, and whose isolate died before RunComfy heard of them. */
async function diedBeforeTheCall(world: World, tenant: Tenant, count: number): Promise<string[]> {
  const isolate = world.isolate();
  isolate.deps.upstream = { call: () => Promise.withResolvers<never>().promise };
  for (let each = 0; each < count; each += 1) {
    void isolate.submit(tenant.token);
  }
  const ids = async () => {
    const { results } = await env.DB.prepare(
      "SELECT id FROM jobs WHERE customer_id = ?1 AND state = 'reserved' ORDER BY id",
    )
      .bind(tenant.id)
      .all<{ id: string }>();
    return results.map(({ id }) => id);
  };
  for (;;) {
    const found = await ids();
    if (found.length === count) {
      return found;
    }
  }
}

test('stale reservations give their places back in one statement, and the same run asks KV of each', async ({
  expect,
}) => {
  const world = createWorld();
  const ada = await world.tenant({ limits: { max_concurrent: 30 } });
  const ids = await diedBeforeTheCall(world, ada, 30);
  expect((await world.submit(ada.token)).body.code).toBe('concurrency_limit');
  const answers = new Map<string, Answer>([['up_0', { status: 'succeeded', output, cost: 0.1 }]]);
  // RunComfy took the first and the second, which is said to be the same upstream job; refused the third; and nobody
  // knows of the others.
  const copy = {
    customer: ada.id,
    token: '',
    account: 'acct_env',
    upstream: 'up_0',
    model: null,
    created: 0,
  };
  await env.OWNERS.put(`job:${ids[0]}`, JSON.stringify(copy));
  await env.OWNERS.put(`job:${ids[1]}`, JSON.stringify(copy));
  await env.OWNERS.put(`end:${ids[2]}`, JSON.stringify({ end: 'refused', reason: 'invalid_input' }));
  world.clock.advance(5 * MINUTE);
  const { kv, reads } = failingKv(env.OWNERS);
  await isolateFor(world, answers, { OWNERS: kv }).cron();
  expect(reads.calls).toBe(60);
  const books = await booksOf(ada.id);
  expect(books).toMatchObject({ states: { succeeded: 1, refused: 1, unconfirmed: 28 }, ends: 2 });
  expect((await world.submit(ada.token)).status).toBe(200);
  expect(await differences(world)).toEqual([]);
});

test('on the free plan no run asks for more than it may, whatever is due', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  await diedBeforeTheCall(world, ada, 10);
  const { answers } = await openJobs(world, 40);
  // None can be read, so each is asked for twice.
  [...answers.keys()].forEach((id) => answers.set(id, UNREADABLE));
  world.clock.advance(5 * MINUTE);
  let queries = 0;
  let calls = 0;
  const count: Through = async (call, run) => {
    queries += call.what === 'D1' ? call.statements.length : 0;
    calls += 1;
    return run();
  };
  const isolate = isolateFor(world, answers, { DB: guardedDb(env.DB, count), PLAN: 'free' });
  const { call } = isolate.deps.upstream;
  isolate.deps.upstream = {
    call(sent) {
      calls += 1;
      return call(sent);
    },
  };
  const claimed: number[] = [];
  for (let minute = 0; minute < 8; minute += 1) {
    queries = 0;
    calls = 0;
    claimed.push(await isolate.cron());
    expect(queries).toBeLessThanOrEqual(50);
    expect(calls).toBeLessThanOrEqual(50);
    world.clock.advance(MINUTE);
  }
  expect(claimed[0]).toBe(16);
  const budget = world.logs.filter(({ event }) => event === 'cron_budget');
  expect(budget[0]).toMatchObject({ level: 'warn', reason: 'subrequests', count: 34 });
});

test('what KV knows to be accepted cannot be noted: other jobs end in the same run, and none is given up', async ({
  expect,
}) => {
  const world = createWorld();
  const ada = await world.tenant();
  const [taken] = await diedBeforeTheCall(world, ada, 1);
  const copy = { customer: ada.id, token: '', account: 'acct_env', upstream: 'up_late', model: null };
  await env.OWNERS.put(`job:${taken}`, JSON.stringify({ ...copy, created: 0, confirmed: false }));
  // Older than what is given up as lost.
  world.clock.advance(25 * 60 * MINUTE);
  const { jobs, answers } = await openJobs(world, 8);
  answers.set('up_late', { status: 'succeeded', output, cost: 0.1 });
  const { db, calls } = failingDb(env.DB);
  calls.match = "SET state = 'running'";
  calls.failure = 'before';
  await isolateFor(world, answers, { DB: db }).cron();
  expect(calls.calls).toBeGreaterThan(0);
  expect(await rowsOf(jobs)).toEqual(wantedOf(jobs));
  expect((await booksOf(ada.id)).states).toMatchObject({ unconfirmed: 1 });
  world.clock.advance(2 * MINUTE);
  await isolateFor(world, answers).cron();
  expect((await booksOf(ada.id)).states).toMatchObject({ succeeded: 1 });
});
