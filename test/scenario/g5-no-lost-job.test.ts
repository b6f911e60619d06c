// G5: the job and its hold are in the books before RunComfy is called, and whatever dies after that, the cron brings
// the job to an end and its money to a charge or a release. Each case cuts one step of a submit.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import type { Fault } from '../../simulator/fault.ts';
import { booksOf, differences } from '../support/books.ts';
import { HEALING_MINUTES } from '../support/healing.ts';
import { failingDb, failingKv, type Failure } from '../support/stores.ts';
import { createWorld, type World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Runs the cron each minute for a while, then each hour for a day, then each day until all deadlines have passed. */
async function letTheCronWork(world: World): Promise<void> {
  for (let minute = 0; minute < 30; minute += 1) {
    world.clock.advance(MINUTE);
    await world.cron();
  }
  for (const pause of [
    ...Array.from({ length: 26 }, () => HOUR),
    ...Array.from({ length: 8 }, () => 24 * HOUR),
  ]) {
    world.clock.advance(pause);
    await world.cron();
  }
  await world.idle();
}

/** Runs the cron only where a deadline has passed; the pace at which it is fired is the matter of `letTheCronWork`. */
async function letDeadlinesPass(world: World): Promise<void> {
  for (const minutes of HEALING_MINUTES) {
    world.clock.advance(minutes * MINUTE);
    await world.cron();
  }
  await world.idle();
}

test('a customer who never polls again is charged all the same', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  await world.submit(token);
  await world.idle();
  await letTheCronWork(world);
  expect(await differences(world)).toEqual([]);
  expect(await booksOf(id)).toMatchObject({
    states: { succeeded: 1 },
    ends: 1,
    heldMicros: 0,
    balanceMicros: -250_000,
  });
});

test('a job that fails at RunComfy is released, though /status says completed', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { body } = await world.submit(token, { prompt: 'a lighthouse [sim:fail]' });
  world.clock.advance(10_000);
  expect((await world.status(token, body.request_id)).body.status).toBe('completed');
  await world.idle();
  expect((await world.result(token, body.request_id)).body).toMatchObject({
    status: 'failed',
    error: expect.anything(),
  });
  expect(await booksOf(id)).toMatchObject({ states: { failed: 1 }, heldMicros: 0, balanceMicros: 0 });
});

type Refusal = { fault: Fault; status: number; code: string };
const refusals: Refusal[] = [
  { fault: { kind: 'status', status: 422 }, status: 422, code: 'invalid_input' },
  { fault: { kind: 'status', status: 429 }, status: 429, code: 'upstream_busy' },
  { fault: { kind: 'status', status: 418 }, status: 503, code: 'upstream_unavailable' },
  { fault: { kind: 'status', status: 404 }, status: 503, code: 'model_unavailable' },
  { fault: { kind: 'no_balance' }, status: 503, code: 'upstream_unavailable' },
  { fault: { kind: 'bad_token' }, status: 503, code: 'upstream_unavailable' },
  { fault: { kind: 'ok_error', error_code: 400002 }, status: 503, code: 'upstream_unavailable' },
];

test.for(refusals)('G9: RunComfy refuses for good: $fault', async ({ fault, status, code }, { expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 1 } });
  world.runcomfy.fault({ on: 'submit', fault, times: 1 });
  expect(await world.submit(token)).toMatchObject({ status, body: { code } });
  expect(await booksOf(id)).toMatchObject({
    states: { refused: 1 },
    ends: 1,
    heldMicros: 0,
    balanceMicros: 0,
  });
  expect(await differences(world)).toEqual([]);
  // The request count came back: the one of the day is still there to spend, once the account takes a probe.
  world.clock.advance(60_000);
  expect((await world.submit(token)).status).toBe(200);
});

const unknowns: { fault: Fault; accepted: number; pass?: typeof letTheCronWork }[] = [
  { fault: { kind: 'cut' }, accepted: 1, pass: letTheCronWork },
  { fault: { kind: 'cut_before' }, accepted: 0 },
  { fault: { kind: 'status', status: 500 }, accepted: 0 },
  { fault: { kind: 'status', status: 502, accept: true }, accepted: 1 },
  { fault: { kind: 'status', status: 408 }, accepted: 0 },
  { fault: { kind: 'status', status: 409 }, accepted: 0 },
  { fault: { kind: 'status', status: 425 }, accepted: 0 },
  { fault: { kind: 'status', status: 499 }, accepted: 0 },
  { fault: { kind: 'html' }, accepted: 0 },
  { fault: { kind: 'html', status: 502 }, accepted: 0 },
  { fault: { kind: 'garbage' }, accepted: 1 },
  { fault: { kind: 'no_id' }, accepted: 1 },
  { fault: { kind: 'redirect' }, accepted: 0 },
];

test.for(unknowns)(
  'G3: after $fault the outcome is unknown, so nothing is sent again',
  async ({ fault, accepted, pass = letDeadlinesPass }, { expect }) => {
    const world = createWorld();
    const { id, token } = await world.tenant();
    world.runcomfy.fault({ on: 'submit', fault });
    const reply = await world.submit(token);
    await world.idle();
    expect(reply).toMatchObject({
      status: 502,
      body: { code: 'outcome_unknown', request_id: expect.any(String) },
    });
    expect(reply.body.detail).toContain('may be running');
    expect(world.runcomfy.calls().counts.submit).toBe(1);
    expect(world.runcomfy.accepted().count).toBe(accepted);
    expect(await booksOf(id)).toMatchObject({ states: { unconfirmed: 1 }, heldMicros: 250_000 });
    const status = await world.status(token, reply.body.request_id);
    expect(status.body).toMatchObject({ status: 'in_queue' });
    expect((await world.cancel(token, reply.body.request_id)).body).toMatchObject({
      outcome: 'not_cancellable',
    });

    await pass(world);
    expect(await differences(world)).toEqual([]);
    expect(await booksOf(id)).toMatchObject({
      states: { lost: 1 },
      ends: 1,
      heldMicros: 0,
      balanceMicros: 0,
    });
    expect((await world.status(token, reply.body.request_id)).body.status).toBe('completed');
    expect((await world.result(token, reply.body.request_id)).body).toMatchObject({ status: 'failed' });
  },
);

test('G3: silence runs into the time-out and is not sent again', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'silence' } });
  world.clock.timeOutAtOnce(true);
  expect(await world.submit(token)).toMatchObject({ status: 502, body: { code: 'outcome_unknown' } });
  await world.idle();
  expect(world.runcomfy.calls().counts.submit).toBe(1);
  expect(await booksOf(id)).toMatchObject({ states: { unconfirmed: 1 } });
});

type Cut = {
  what: string;
  sql: string;
  db: Failure;
  kv: Failure;
  status: number;
  ends: Record<string, number>;
};
const cuts: Cut[] = [
  {
    what: 'D1 fails to note the id, KV has it',
    sql: "state = 'running'",
    db: 'before',
    kv: 'none',
    status: 200,
    ends: { succeeded: 1 },
  },
  {
    what: 'D1 notes the id but its answer is lost',
    sql: "state = 'running'",
    db: 'after',
    kv: 'none',
    status: 200,
    ends: { succeeded: 1 },
  },
  {
    what: 'KV fails, D1 has the id',
    sql: '-',
    db: 'none',
    kv: 'before',
    status: 200,
    ends: { succeeded: 1 },
  },
  {
    what: 'neither can note the id',
    sql: "state = 'running'",
    db: 'before',
    kv: 'before',
    status: 502,
    ends: { lost: 1 },
  },
  {
    what: 'the gate is cut before it took effect',
    sql: 'INSERT INTO jobs',
    db: 'before',
    kv: 'none',
    status: 503,
    ends: {},
  },
  {
    what: 'the gate took effect and its answer is lost',
    sql: 'INSERT INTO jobs',
    db: 'after',
    kv: 'none',
    status: 200,
    ends: { succeeded: 1 },
  },
];

test.for(cuts)('G5: $what', async ({ sql, db: dbFailure, kv: kvFailure, status, ends }, { expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  const { kv, writes } = failingKv(env.OWNERS);
  calls.match = sql;
  const isolate = world.isolate({ DB: db, OWNERS: kv });
  calls.failure = dbFailure;
  writes.failure = kvFailure;
  const reply = await isolate.submit(token);
  expect(reply.status).toBe(status);
  await world.idle();
  calls.failure = 'none';
  writes.failure = 'none';

  const accepted = world.runcomfy.accepted().count;
  expect(accepted).toBe(status === 503 ? 0 : 1);
  await letDeadlinesPass(world);
  expect(await differences(world)).toEqual([]);
  const books = await booksOf(id);
  expect(books.states).toEqual(ends);
  expect(books).toMatchObject({ heldMicros: 0, balanceMicros: ends['succeeded'] === 1 ? -250_000 : 0 });
  expect(books.holds).toBe(books.ends);
});

test('if no store can record an accepted job, one error line has its upstream id', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  const { kv, writes } = failingKv(env.OWNERS);
  const isolate = world.isolate({ DB: db, OWNERS: kv });
  calls.match = "state = 'running'";
  calls.failure = 'before';
  writes.failure = 'before';
  await isolate.submit(token);
  await world.idle();
  const [job] = world.runcomfy.accepted().jobs;
  const lines = world.logs.filter((line) => line.level === 'error' && line['upstream_id'] === job?.id);
  expect(lines).toHaveLength(1);
});

test('a job that RunComfy has forgotten is lost only after three 404s over an hour', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  world.runcomfy.forget(world.runcomfy.accepted().jobs[0]!.id);
  expect((await world.status(token, body.request_id)).body.status).toBe('in_progress');
  for (let minute = 0; minute < 50; minute += 1) {
    world.clock.advance(MINUTE);
    await world.cron();
  }
  expect(await booksOf(id)).toMatchObject({ states: { running: 1 } });
  await letTheCronWork(world);
  expect(await differences(world)).toEqual([]);
  expect(await booksOf(id)).toMatchObject({ states: { lost: 1 }, heldMicros: 0, balanceMicros: 0 });
});

test('ten pollers and two crons settle a job once', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  world.clock.advance(10 * MINUTE);
  const isolates = Array.from({ length: 5 }, () => world.isolate());
  await Promise.all([
    ...isolates.map((isolate) => isolate.status(token, body.request_id)),
    ...isolates.map((isolate) => isolate.result(token, body.request_id)),
    isolates[0]!.cron(),
    isolates[1]!.cron(),
  ]);
  await world.idle();
  expect(await booksOf(id)).toMatchObject({
    states: { succeeded: 1 },
    ends: 1,
    heldMicros: 0,
    balanceMicros: -250_000,
  });
});

test('two crons at once never take the same job', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  for (let job = 0; job < 6; job += 1) {
    await world.submit(token);
  }
  await world.idle();
  world.runcomfy.settings({ hold: 'in_progress' });
  world.clock.advance(10 * MINUTE);
  world.runcomfy.resetCalls();
  const taken = await Promise.all([world.cron(), world.isolate().cron()]);
  expect(taken[0] + taken[1]).toBe(6);
  expect(world.runcomfy.calls().counts.result).toBe(6);
});

test.for([0, 1, 2, 3, 4, 5, 6, 7])(
  'the cron takes a job that is due at any millisecond: %d',
  async (offset, { expect }) => {
    const world = createWorld();
    const { id, token } = await world.tenant();
    world.clock.advance(offset);
    await world.submit(token);
    await world.idle();
    world.clock.advance(10 * MINUTE + 3 * offset + 1);
    await world.cron();
    expect(await booksOf(id)).toMatchObject({ states: { succeeded: 1 }, balanceMicros: -250_000 });
  },
);

test('a job that RunComfy knows again after three 404s over an hour goes on', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  world.runcomfy.settings({ hold: 'in_progress' });
  world.runcomfy.fault({ on: 'result', fault: { kind: 'forget' } });
  for (const minutes of [5, 10, 20]) {
    world.clock.advance(minutes * MINUTE);
    await world.cron();
  }
  const missing = () =>
    env.DB.prepare('SELECT missing FROM jobs WHERE id = ?1').bind(body.request_id).first('missing');
  expect(await missing()).toBe(3);
  world.runcomfy.clearFaults();
  world.clock.advance(HOUR);
  await world.cron();
  expect(await missing()).toBe(0);
  expect(await booksOf(id)).toMatchObject({ states: { running: 1 } });
});
