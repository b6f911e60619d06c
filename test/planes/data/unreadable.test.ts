// A poll that RunComfy gives no readable answer to. Programs give a paid job up after one 5xx, so the customer reads
// the last known state, the operator gets the alarm, and only ten minutes without a readable answer are a 503.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import type { FaultRule } from '../../../simulator/fault.ts';
import { booksOf } from '../../support/books.ts';
import { serve } from '../../support/network.ts';
import { expectRefusal, type Refusal } from '../../support/problem.ts';
import { failingDb } from '../../support/stores.ts';
import { tapUpstream } from '../../support/upstream.ts';
import { createWorld, type Isolate, type Tenant, type World } from '../../support/world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const POLLS = ['status', 'result'] as const;

type Fault = FaultRule['fault'];
type Running = { world: World; tenant: Tenant; jobId: string; upstreamId: string };

/** A job that RunComfy runs until the test ends it. */
async function running(): Promise<Running> {
  const world = createWorld();
  world.runcomfy.settings({ hold: 'in_progress' });
  const tenant = await world.tenant();
  const { body } = await world.submit(tenant.token);
  await world.idle();
  world.runcomfy.resetCalls();
  return { world, tenant, jobId: body.request_id, upstreamId: world.runcomfy.accepted().jobs[0]!.id };
}

const HTML: Fault = { kind: 'html', status: 504 };

const GIVEN_UP: Refusal = {
  status: 503,
  code: 'upstream_unavailable',
  errorCode: 500001,
  detail: /no usable answer about this job for 10 minutes\. The job is kept; ask again/,
};

const alarmsOf = (world: World) =>
  world.logs.filter(({ event }) => event === 'upstream_unreadable' || event === 'upstream_refuses_account');

type Unreadable = { what: string; fault: Fault; reads: number; event?: string; outcome?: string };
const unreadable: Unreadable[] = [
  { what: 'an error under 200', fault: { kind: 'ok_error' }, reads: 1 },
  { what: 'HTML under 200', fault: { kind: 'html' }, reads: 1 },
  { what: 'HTML under 502', fault: { kind: 'html', status: 502 }, reads: 2 },
  { what: 'HTML under 504', fault: HTML, reads: 2 },
  { what: 'half an answer', fault: { kind: 'garbage' }, reads: 1 },
  { what: 'a redirect', fault: { kind: 'redirect' }, reads: 1 },
  { what: '429 twice', fault: { kind: 'status', status: 429 }, reads: 2 },
  { what: '500 twice', fault: { kind: 'status', status: 500 }, reads: 2 },
  { what: '503 twice', fault: { kind: 'status', status: 503 }, reads: 2 },
  { what: 'an unpaid bill', fault: { kind: 'no_balance' }, reads: 1 },
  { what: 'a cut connection', fault: { kind: 'cut_before' }, reads: 2, outcome: 'silent' },
  { what: 'a token refused', fault: { kind: 'bad_token' }, reads: 1, event: 'upstream_refuses_account' },
  { what: '401', fault: { kind: 'status', status: 401 }, reads: 1, event: 'upstream_refuses_account' },
  {
    what: 'a job of another account',
    fault: { kind: 'status', status: 403, error_code: 403001 },
    reads: 1,
    event: 'upstream_refuses_account',
  },
];

const polls = POLLS.flatMap((verb) => unreadable.map((row) => ({ ...row, verb })));

test.for(polls)('/$verb: $what is bridged, and the operator hears of it', async (row, { expect }) => {
  const { verb, fault, reads, event = 'upstream_unreadable', outcome = 'unavailable' } = row;
  const { world, tenant, jobId, upstreamId } = await running();
  let strays = 0;
  serve('elsewhere.example', async () => {
    strays += 1;
    return new Response();
  });
  world.runcomfy.fault({ on: 'any', fault });
  const reply = await world[verb](tenant.token, jobId);
  expect({ status: reply.status, word: reply.body.status }).toEqual({ status: 200, word: 'in_progress' });
  expect(reply.body).not.toHaveProperty('error_code');
  expect(world.runcomfy.calls().counts[verb]).toBe(reads);
  expect(strays).toBe(0);
  expect(JSON.stringify([reply.body, [...reply.headers]])).not.toMatch(
    new RegExp(`${upstreamId}|balance|token|simulated|<html|elsewhere|account`, 'i'),
  );
  expect(alarmsOf(world)).toEqual([
    expect.objectContaining({ level: 'error', event, outcome, job: jobId, account: 'acct_env' }),
  ]);
  await world.idle();
  expect(await booksOf(tenant.id)).toMatchObject({ states: { running: 1 }, ends: 0, heldMicros: 250_000 });

  world.runcomfy.clearFaults();
  world.runcomfy.finish(upstreamId, { as: 'succeeded' });
  expect((await world.result(tenant.token, jobId)).body.status).toBe('succeeded');
});

const NO_OBJECTS = ['NaN', '[]', '"completed"', 'null', '', '{"status": "completed"', '<!doctype html>'];

test.for(NO_OBJECTS)('%j is no answer, whatever its status says', async (text, { expect }) => {
  const { world, tenant, jobId } = await running();
  tapUpstream(world, () => new Response(text, { headers: { 'Content-Type': 'application/json' } }));
  for (const verb of POLLS) {
    const { status, body } = await world[verb](tenant.token, jobId);
    expect({ status, word: body.status }).toEqual({ status: 200, word: 'in_progress' });
  }
});

test.for(POLLS)('/%s: silence is bridged after one more try', async (verb, { expect }) => {
  const { world, tenant, jobId } = await running();
  world.runcomfy.fault({ on: verb, fault: { kind: 'silence_before' } });
  world.clock.timeOutAtOnce(true);
  const { status, body } = await world[verb](tenant.token, jobId);
  world.clock.timeOutAtOnce(false);
  expect({ status, word: body.status }).toEqual({ status: 200, word: 'in_progress' });
  expect(world.runcomfy.calls().counts[verb]).toBe(2);
  expect(alarmsOf(world)).toEqual([expect.objectContaining({ outcome: 'silent' })]);
});

test.for(['NaN', 'Infinity', '-Infinity'])(
  '%s in a result is null, and in a string it stays',
  async (bare, { expect }) => {
    const { world, tenant, jobId } = await running();
    const output = `{"image": "https://x.runcomfy.net/a.png", "score": ${bare}, "say": "\\"${bare}\\\\"}`;
    const text = `{"request_id": "x", "status": "succeeded", "output": ${output}, "cost": ${bare}}`;
    tapUpstream(world, (response, { url }) => (url.includes('/result') ? new Response(text) : response));
    const { body } = await world.result(tenant.token, jobId);
    expect(body).toMatchObject({
      status: 'succeeded',
      output: { image: 'https://x.runcomfy.net/a.png', score: null, say: `"${bare}\\` },
    });
    expect(alarmsOf(world)).toEqual([]);
    await world.idle();
    expect(await booksOf(tenant.id)).toMatchObject({ states: { succeeded: 1 }, balanceMicros: -250_000 });
  },
);

test('the last known state is repeated: the place in the queue, then the end that /status knows', async ({
  expect,
}) => {
  const { world, tenant, jobId, upstreamId } = await running();
  const poll = (verb: 'status' | 'result') => world[verb](tenant.token, jobId);
  world.runcomfy.settings({ hold: 'in_queue' });
  const queued = await poll('status');
  expect(queued.body).toMatchObject({ status: 'in_queue', queue_position: expect.any(Number) });
  world.runcomfy.fault({ on: 'any', fault: HTML });
  world.clock.advance(5 * MINUTE);
  expect((await poll('status')).body).toEqual(queued.body);
  expect((await poll('result')).body).toMatchObject({ status: 'in_queue' });

  world.runcomfy.clearFaults();
  world.runcomfy.settings({ hold: null });
  world.runcomfy.finish(upstreamId, { as: 'failed' });
  world.runcomfy.fault({ on: 'result', fault: HTML });
  expect((await poll('status')).body.status).toBe('completed');
  world.runcomfy.fault({ on: 'status', fault: HTML });
  world.clock.advance(5 * MINUTE);
  expect((await poll('status')).body.status).toBe('completed');
  // How it ended is what /result says, so until it can be read there is no end to tell.
  expect((await poll('result')).body).toMatchObject({ status: 'in_progress' });
});

test('the last known state is kept even if answers are not repeated from memory', async ({ expect }) => {
  const { world, tenant, jobId } = await running();
  const isolate = world.isolate({ POLL_MAX_AGE_MS: '0' });
  world.runcomfy.settings({ hold: 'in_queue' });
  await isolate.status(tenant.token, jobId);
  world.runcomfy.fault({ on: 'any', fault: HTML });
  expect((await isolate.status(tenant.token, jobId)).body.status).toBe('in_queue');
});

test('the state before a cancel is not repeated after it', async ({ expect }) => {
  const { world, tenant, jobId } = await running();
  world.runcomfy.settings({ hold: 'in_queue' });
  await world.status(tenant.token, jobId);
  world.runcomfy.settings({ hold: null });
  expect((await world.cancel(tenant.token, jobId)).status).toBe(202);
  world.runcomfy.fault({ on: 'status', fault: HTML });
  expect((await world.status(tenant.token, jobId)).body.status).not.toBe('in_queue');
});

test.for(POLLS)('/%s: ten minutes without a readable answer are 503', async (verb, { expect }) => {
  const { world, tenant, jobId } = await running();
  const poll = (isolate: Isolate = world) => isolate[verb](tenant.token, jobId);
  // A job that nobody asked about for an hour starts with no debt.
  world.clock.advance(60 * MINUTE);
  world.runcomfy.fault({ on: 'any', fault: HTML });
  for (const pause of [0, MINUTE, 8 * MINUTE, MINUTE - 1]) {
    world.clock.advance(pause);
    expect((await poll()).status).toBe(200);
  }
  world.clock.advance(1);
  const refused = await poll();
  expectRefusal(expect, refused, GIVEN_UP);
  expect(refused.headers.get('retry-after')).toBe('30');
  // Each isolate counts for itself.
  expect((await poll(world.isolate())).status).toBe(200);
  await world.idle();
  expect(await booksOf(tenant.id)).toMatchObject({ states: { running: 1 }, ends: 0, heldMicros: 250_000 });

  world.runcomfy.clearFaults();
  expect((await poll()).body.status).toBe('in_progress');
  world.clock.advance(SECOND);
  world.runcomfy.fault({ on: 'any', fault: HTML });
  expect((await poll()).status).toBe(200);
});

test('any readable answer about the job starts the ten minutes anew: /result, /cancel, a 404', async ({
  expect,
}) => {
  for (const readable of ['result', 'cancel', 'missing'] as const) {
    const { world, tenant, jobId } = await running();
    world.runcomfy.fault({ on: 'status', fault: HTML });
    expect((await world.status(tenant.token, jobId)).status).toBe(200);
    world.clock.advance(9 * MINUTE);
    if (readable === 'missing') {
      world.runcomfy.fault({ on: 'result', fault: { kind: 'forget' } });
    }
    expect((await world[readable === 'cancel' ? 'cancel' : 'result'](tenant.token, jobId)).body.status).toBe(
      'in_progress',
    );
    await world.idle();
    world.clock.advance(9 * MINUTE);
    expect((await world.status(tenant.token, jobId)).status).toBe(200);
  }
});

test('a job that RunComfy does not know for now stays in progress, however long', async ({ expect }) => {
  const { world, tenant, jobId, upstreamId } = await running();
  world.runcomfy.forget(upstreamId);
  for (let minute = 0; minute < 30; minute += 1) {
    expect((await world.status(tenant.token, jobId)).body.status).toBe('in_progress');
    expect((await world.result(tenant.token, jobId)).body.status).toBe('in_progress');
    world.clock.advance(MINUTE);
  }
  expect(alarmsOf(world)).toEqual([]);
});

test('however many polls make one alarm a minute for each job', async ({ expect }) => {
  const { world, tenant, jobId } = await running();
  const other = (await world.submit(tenant.token)).body.request_id;
  await world.idle();
  world.runcomfy.fault({ on: 'any', fault: { kind: 'bad_token' } });
  const jobs = () => alarmsOf(world).map(({ job }) => job);
  for (let poll = 0; poll < 100; poll += 1) {
    await world.status(tenant.token, jobId);
    await world.result(tenant.token, jobId);
    world.clock.advance(500);
  }
  expect(jobs()).toEqual([jobId]);
  await world.status(tenant.token, other);
  expect(jobs()).toEqual([jobId, other]);
  world.clock.advance(10 * SECOND);
  await world.status(tenant.token, jobId);
  await world.status(tenant.token, other);
  expect(jobs()).toEqual([jobId, other, jobId]);
});

test('a gateway that has lost its token bridges like any other outage', async ({ expect }) => {
  const { world, tenant, jobId } = await running();
  const bare = world.isolate({ RUNCOMFY_TOKEN: '' });
  for (const verb of POLLS) {
    const { status, body } = await bare[verb](tenant.token, jobId);
    expect({ status, word: body.status }).toEqual({ status: 200, word: 'in_progress' });
  }
  expect(alarmsOf(world)).toHaveLength(1);
});

test('an outage of D1 at the same time does not break the bridge', async ({ expect }) => {
  const { world, tenant, jobId } = await running();
  const { db, calls } = failingDb(env.DB);
  const isolate = world.isolate({ DB: db });
  await isolate.status(tenant.token, jobId);
  world.clock.advance(SECOND);
  Object.assign(calls, { match: 'FROM jobs', failure: 'before' });
  world.runcomfy.fault({ on: 'any', fault: HTML });
  for (const verb of POLLS) {
    expect((await isolate[verb](tenant.token, jobId)).body.status).toBe('in_progress');
  }
});

test('a result too large to keep is never a success without its output: in progress, then 503', async ({
  expect,
}) => {
  const { world, tenant, jobId, upstreamId } = await running();
  const output = { text: 'x'.repeat(40_000) };
  world.runcomfy.finish(upstreamId, { as: 'succeeded', output });
  expect((await world.result(tenant.token, jobId)).body).toMatchObject({ status: 'succeeded', output });
  await world.idle();
  world.runcomfy.fault({ on: 'any', fault: HTML });
  for (const isolate of [world, world.isolate()]) {
    const { body: bridged } = await isolate.result(tenant.token, jobId);
    expect(bridged).toMatchObject({ request_id: jobId, status: 'in_progress' });
    expect(bridged).not.toHaveProperty('output');
    expect((await isolate.status(tenant.token, jobId)).body.status).toBe('completed');
    world.clock.advance(10 * MINUTE);
    expectRefusal(expect, await isolate.result(tenant.token, jobId), GIVEN_UP);
    expect((await isolate.status(tenant.token, jobId)).body.status).toBe('completed');
  }
  world.runcomfy.clearFaults();
  expect((await world.result(tenant.token, jobId)).body).toMatchObject({ status: 'succeeded', output });
  world.runcomfy.fault({ on: 'result', fault: HTML, times: 2 });
  expect((await world.result(tenant.token, jobId)).body.status).toBe('in_progress');
  // RunComfy has it no more: nobody can say more than that it succeeded.
  world.runcomfy.forget(upstreamId);
  const { body } = await world.result(tenant.token, jobId);
  expect(body.status).toBe('succeeded');
  expect(body).not.toHaveProperty('output');
});

test('a job that has ended is in the queue no more, whatever was known of it', async ({ expect }) => {
  const { world, tenant, jobId, upstreamId } = await running();
  world.runcomfy.settings({ hold: 'in_queue' });
  expect((await world.status(tenant.token, jobId)).body.status).toBe('in_queue');
  world.runcomfy.finish(upstreamId, { as: 'succeeded', output: { text: 'x'.repeat(40_000) } });
  await world.isolate().result(tenant.token, jobId);
  await world.idle();
  world.runcomfy.fault({ on: 'any', fault: HTML });
  world.clock.advance(SECOND);
  expect((await world.result(tenant.token, jobId)).body.status).toBe('in_progress');
});

const silence: Unreadable = { what: 'silence', fault: { kind: 'silence_before' }, reads: 2 };

test.for([...unreadable, silence])(
  '/cancel: after $what nothing is claimed, and nothing is sent again',
  async ({ fault }, { expect }) => {
    const { world, tenant, jobId, upstreamId } = await running();
    world.runcomfy.fault({ on: 'any', fault });
    world.clock.timeOutAtOnce(fault.kind === 'silence_before');
    const reply = await world.cancel(tenant.token, jobId);
    world.clock.timeOutAtOnce(false);
    expectRefusal(expect, reply, {
      status: 503,
      code: 'upstream_unavailable',
      errorCode: 500001,
      detail: /did not say whether it cancelled the job\. Ask for its status/,
    });
    expect(reply.headers.get('retry-after')).toBe('5');
    // The second answer would be "not cancellable", although the first one cancelled the job.
    expect(world.runcomfy.calls().counts.cancel).toBe(1);
    expect(JSON.stringify([reply.body, [...reply.headers]])).not.toMatch(
      new RegExp(`${upstreamId}|balance|token|simulated|<html|elsewhere|account`, 'i'),
    );
    expect(alarmsOf(world)).toHaveLength(1);
    await world.idle();
    expect(await booksOf(tenant.id)).toMatchObject({ states: { running: 1 }, ends: 0, heldMicros: 250_000 });
    world.runcomfy.clearFaults();
    expect((await world.status(tenant.token, jobId)).body).toMatchObject({ status: 'in_progress' });
  },
);
