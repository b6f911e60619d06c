// Complaints of users of other gateways about money, as test cases. The public thread stands beside
// each. Complaints 1 (G2 storms), 4, 11, 14 (settlement) and 16 (prices) are named in their own files.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { booksOf, differences } from '../support/books.ts';
import { failingDb } from '../support/stores.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type World } from '../support/world.ts';

const MINUTE = 60_000;

async function crons(world: World, minutes: number[]): Promise<void> {
  for (const pause of minutes) {
    world.clock.advance(pause * MINUTE);
    await world.cron();
  }
  await world.idle();
}

test('complaint 2: a crash leaves the hold for ever (pollinations 12851, 13166)', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  // The isolate dies right after the gate: nothing that follows in D1 or KV is ever written.
  const { db, calls } = failingDb(env.DB);
  const isolate = world.isolate({ DB: db });
  calls.decide = () => (calls.calls > 5 ? 'before' : 'none');
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut_before' }, times: 1 });
  await isolate.submit(token);
  await world.idle();
  expect((await booksOf(id)).heldMicros).toBe(250_000);
  await crons(world, [6, 60, 24 * 60, 60]);
  expect(await booksOf(id)).toMatchObject({ heldMicros: 0, balanceMicros: 0, holds: 1, ends: 1 });
  expect(await differences(world, id)).toEqual([]);
});

test('complaint 3: "budget exceeded" though it is not (litellm 40050, 30519)', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant({ limits: { spend_total_usd: 0.5 } });
  // Failed, cancelled, refused, lost: ten times the budget goes through it and all of it comes back.
  for (let round = 0; round < 5; round += 1) {
    const failed = await world.submit(token, { prompt: 'x [sim:fail]' });
    const queued = await world.submit(token);
    expect([failed.status, queued.status, (await world.submit(token)).status]).toEqual([200, 200, 402]);
    await world.cancel(token, queued.body.request_id);
    world.clock.advance(MINUTE);
    await world.result(token, failed.body.request_id);
    await world.idle();
    world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
    expect((await world.submit(token)).status).toBe(422);
    world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut_before' }, times: 1 });
    expect((await world.submit(token)).status).toBe(502);
    await world.idle();
    await crons(world, [6, 24 * 60, 60]);
  }
  expect((await world.submit(token)).status).toBe(200);
  expect(await differences(world)).toEqual([]);
});

test('complaint 5: limits not applied on some routes (litellm 12789, bifrost 2873)', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { spend_total_usd: 0 } });
  const paths = [
    `/v1/models/${TEXT_TO_VIDEO}`,
    `/v1/models/${TEXT_TO_VIDEO}/`,
    `/v1/models//${TEXT_TO_VIDEO}`,
    `/v1//models/${TEXT_TO_VIDEO}`,
    `/v1/models/${TEXT_TO_VIDEO.replaceAll('/', '%2F')}`,
    `/v1/models/${TEXT_TO_VIDEO}?include_cost=true`,
    `/v1/estimate/../models/${TEXT_TO_VIDEO}`,
    `/V1/models/${TEXT_TO_VIDEO}`,
    `/prod/v2/models/${TEXT_TO_VIDEO}`,
    `/v1/requests/${TEXT_TO_VIDEO}`,
  ];
  const statuses: number[] = [];
  for (const path of paths) {
    statuses.push((await world.call(path, { method: 'POST', token, body: PROMPT })).status);
  }
  expect(statuses.every((status) => status === 402 || status === 404 || status === 405)).toBe(true);
  expect(statuses[0]).toBe(402);
  expect(world.runcomfy.calls().counts.submit).toBe(0);
  expect(await booksOf(id)).toMatchObject({ jobs: 0, holds: 0, heldMicros: 0 });
});

test('complaint 8: spend log lines dropped silently (litellm 29292, 28376)', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  const isolate = world.isolate({ DB: db });
  // The end and its ledger row are one transaction: while it fails the job is open, and never only half booked.
  const { body } = await isolate.submit(token);
  await world.idle();
  world.clock.advance(MINUTE);
  calls.match = 'INSERT INTO ledger';
  calls.failure = 'before';
  expect((await isolate.result(token, body.request_id)).body.status).toBe('succeeded');
  await world.idle();
  expect(await booksOf(id)).toMatchObject({ states: { running: 1 }, holds: 1, ends: 0, balanceMicros: 0 });
  expect(await differences(world, id)).toEqual([]);
  calls.failure = 'none';
  await crons(world, [5]);
  expect(await booksOf(id)).toMatchObject({ states: { succeeded: 1 }, ends: 1, balanceMicros: -250_000 });
});

test('complaint 9: slots leak after time-outs until nothing runs (litellm 20256, 27955)', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant({ limits: { max_concurrent: 2 } });
  for (let round = 0; round < 6; round += 1) {
    world.runcomfy.fault({ on: 'submit', fault: { kind: 'silence_before' }, times: 1 });
    world.clock.timeOutAtOnce(true);
    expect((await world.submit(token)).status).toBe(502);
    world.clock.timeOutAtOnce(false);
    await world.idle();
    expect((await world.submit(token)).status).toBe(200);
    await crons(world, [2]);
  }
});

test('complaint 10: refused for concurrency, and the rate limit burns (litellm 39309)', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { max_concurrent: 1, requests_per_minute: 3 } });
  world.runcomfy.settings({ hold: 'in_progress' });
  await world.submit(token);
  for (let again = 0; again < 10; again += 1) {
    expect((await world.submit(token)).body.code).toBe('concurrency_limit');
  }
  expect((await booksOf(id)).requests).toEqual({ slice: 1, day: 1, total: 1 });
});

test('complaint 12: timed out here, refunded, yet billed (elizaOS 11920, new-api 5715)', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'silence' }, times: 1 });
  world.clock.timeOutAtOnce(true);
  const { status, body } = await world.submit(token);
  world.clock.timeOutAtOnce(false);
  await world.idle();
  expect([status, world.runcomfy.accepted().count]).toEqual([502, 1]);
  await crons(world, [5, 30, 60, 6 * 60]);
  // Hours later nothing has been refunded; when the operator has found the job, it is charged.
  expect(await booksOf(id)).toMatchObject({ states: { unconfirmed: 1 }, heldMicros: 250_000, ends: 0 });
  const upstream_id = world.runcomfy.accepted().jobs[0]!.id;
  await world.admin('POST', `/admin/jobs/${body.request_id}/resolve`, { upstream_id });
  expect(await booksOf(id)).toMatchObject({ states: { succeeded: 1 }, balanceMicros: -250_000, ends: 1 });
});

test('complaint 13: delivered, then refunded, as the database failed (elizaOS 10278)', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  const isolate = world.isolate({ DB: db });
  const { body } = await isolate.submit(token);
  await world.idle();
  world.clock.advance(MINUTE);
  // The settlement takes effect, but D1 reports a failure to the gateway.
  calls.match = 'INSERT INTO ledger';
  calls.failure = 'after';
  await isolate.result(token, body.request_id);
  await world.idle();
  calls.failure = 'none';
  world.runcomfy.forget(world.runcomfy.accepted().jobs[0]!.id);
  await crons(world, [5, 61, 61, 61, 24 * 60]);
  expect(await booksOf(id)).toMatchObject({ states: { succeeded: 1 }, balanceMicros: -250_000, ends: 1 });
});

test('complaint 15: delivered, but the client had hung up: not charged (sub2api 5411)', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const client = new AbortController();
  const sent = world.raw(`/v1/models/${TEXT_TO_VIDEO}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(PROMPT),
    signal: client.signal,
  });
  client.abort();
  await sent.catch(() => null);
  await world.idle();
  await crons(world, [2, 5]);
  expect(await booksOf(id)).toMatchObject({ states: { succeeded: 1 }, balanceMicros: -250_000, ends: 1 });
});

test('complaint 17: the refusal does not name the budget (litellm 14144, pollinations 8019)', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant(
    { limits: { spend_per_month_usd: 0.3 } },
    { limits: { spend_total_usd: 5 } },
  );
  await world.submit(token);
  const { status, body, headers } = await world.submit(token);
  expect(status).toBe(402);
  expect(body).toMatchObject({
    code: 'spend_limit',
    limit: {
      scope: 'customer',
      name: 'spend_per_month_usd',
      max: 0.3,
      used: 0.25,
      left: 0.05,
      resets_at: '2026-04-01T00:00:00.000Z',
    },
  });
  expect(body.detail).toBe(
    'spend_per_month_usd of the customer: 0.25 of 0.3 USD used. This call needs 0.25 USD. ' +
      'There is room again at 2026-04-01T00:00:00.000Z.',
  );
  expect(Number(headers.get('retry-after'))).toBe((Date.parse('2026-04-01') - world.clock.now()) / 1000);
});

test('complaint 20: HTTP 200 with an error inside, taken for success', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  world.clock.advance(MINUTE);
  world.runcomfy.fault({ on: 'result', fault: { kind: 'ok_error', error_code: 500001 } });
  expect((await world.result(token, body.request_id)).body.status).toBe('in_progress');
  await crons(world, [5]);
  expect(await booksOf(id)).toMatchObject({ states: { running: 1 }, ends: 0 });
  world.runcomfy.clearFaults();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'ok_error' }, times: 1 });
  expect((await world.submit(token)).status).toBe(503);
  expect(await booksOf(id)).toMatchObject({ states: { running: 1, refused: 1 } });
});

test('complaint 21: refused, as the estimate took the default maximum (oh-my-pi 9569)', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant({ limits: { spend_total_usd: 0.3 } });
  // 241 frames would cost 0.50: what is sent asks for 121.
  expect((await world.submit(token, { prompt: 'x', frames: 121 })).status).toBe(200);
  expect((await world.submit(token, { prompt: 'x', frames: 241 })).status).toBe(402);
});
