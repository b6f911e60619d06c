// G3, G5: what the gate did when its answer was lost or came too late. The rows say it, and a batch that is applied after
// the submit has given up is given back.

import { env } from 'cloudflare:workers';
import { beforeEach, test } from 'vitest';
import { booksOf, differences } from '../support/books.ts';
import { browserToken } from '../support/browser-token.ts';
import { slowIsolate, type Fate, type Slow } from '../support/slow-stores.ts';
import { failingDb, type Failure } from '../support/stores.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type Isolate, type World } from '../support/world.ts';

const MINUTE = 60_000;

// What another test left open is not this one's to follow.
beforeEach(() => env.DB.prepare('UPDATE jobs SET check_at_ms = NULL').run());

const post = (isolate: Isolate, token: string, key: string | null = 'k') =>
  isolate.call(`/v1/models/${TEXT_TO_VIDEO}`, {
    method: 'POST',
    token,
    body: PROMPT,
    headers: key === null ? {} : { 'Idempotency-Key': key },
  });

/** An isolate whose batches of the gate meet these fates in turn; what reads the rows after them meets `reads`. */
function atTheGate(world: World, fates: Fate[], reads: Fate[] = []): Slow {
  return slowIsolate(world, ({ text }) => {
    if (text.includes('INSERT INTO jobs')) {
      return fates.shift() ?? 'none';
    }
    return text.includes('AS is_there') ? (reads.shift() ?? 'none') : 'none';
  });
}

async function cronAfter(world: World, minutes: number): Promise<void> {
  world.clock.advance(minutes * MINUTE);
  await world.cron();
}

test.for([
  { what: 'with an Idempotency-Key', key: 'k' },
  { what: 'without one', key: null },
])('a gate whose answer is lost, $what: the job is sent once and answered', async ({ key }, { expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 5 } });
  const isolate = atTheGate(world, ['after']);
  const reply = await isolate.wait(post(isolate, token, key));
  expect(reply.status).toBe(200);
  expect(reply.headers.get('RateLimit')).toBe('"customer-day";r=4;t=43200');
  expect(world.runcomfy.calls().counts.submit).toBe(1);
  await world.idle();
  expect(await booksOf(id)).toMatchObject({ states: { running: 1 }, heldMicros: 250_000 });
});

test('with one answer of D1 in twenty lost, 100 submits with keys are 100 jobs', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  calls.decide = (): Failure => (calls.calls % 20 === 0 ? 'after' : 'none');
  calls.match = 'INSERT INTO jobs';
  const isolate = world.isolate({ DB: db });
  for (let order = 0; order < 100; order += 1) {
    expect((await post(isolate, token, `order-${order}`)).status).toBe(200);
  }
  await world.idle();
  expect(world.runcomfy.accepted().count).toBe(100);
  expect(await booksOf(id)).toMatchObject({ jobs: 100, states: { running: 100 } });
  expect(await differences(world, id)).toEqual([]);
});

test('a gate that took the last room and whose answer is lost', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant({ limits: { requests_per_day: 1 } });
  const isolate = atTheGate(world, ['after'], ['before']);
  expect((await isolate.wait(post(isolate, token))).status).toBe(200);
  expect(world.runcomfy.calls().counts.submit).toBe(1);
});

test('where the rows cannot be read either, nothing is sent and the cron gives the hold back', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ prepaid: true });
  await world.admin('POST', `/admin/customers/${id}/credits`, { amount_usd: 0.3, note: 'one job' });
  let isGone = false;
  const isolate = slowIsolate(world, ({ what, text }) => {
    const isGate = text.includes('INSERT INTO jobs');
    const fate = isGate && !isGone ? 'after' : what === 'D1' && isGone ? 'before' : 'none';
    isGone ||= isGate;
    return fate;
  });
  const reply = await isolate.wait(post(isolate, token, null));
  expect(reply).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
  expect(world.runcomfy.calls().counts.submit).toBe(0);
  await isolate.wait(world.idle());
  expect(await booksOf(id)).toMatchObject({ states: { reserved: 1 }, heldMicros: 250_000 });
  expect((await post(world, token, null)).body.code).toBe('insufficient_balance');
  await cronAfter(world, 6);
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0, requests: { day: 0 } });
  expect((await post(world, token, null)).status).toBe(200);
  expect(await differences(world, id)).toEqual([]);
});

test.for([null, 'k'])(
  'D1 is gone from the gate on, with the key %s: nothing was sent or spent',
  async (key, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    let isGone = false;
    const isolate = slowIsolate(world, ({ what, text }) => {
      isGone ||= text.includes('INSERT INTO jobs');
      return what === 'D1' && isGone ? 'before' : 'none';
    });
    const { status, body } = await isolate.wait(post(isolate, token, key));
    expect([status, body.code, body.detail]).toEqual([
      503,
      'storage_unavailable',
      'The storage did not answer, so nothing was sent or spent. Try again.',
    ]);
    await isolate.wait(world.idle());
    expect(world.runcomfy.calls().counts.submit).toBe(0);
  },
);

test('a key whose job was refused while D1 was away is free at once, and so is its hold', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ prepaid: true });
  await world.admin('POST', `/admin/customers/${id}/credits`, { amount_usd: 0.3, note: 'one job' });
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  const isolate = slowIsolate(world, ({ what }) =>
    what === 'D1' && world.runcomfy.calls().counts.submit > 0 ? 'before' : 'none',
  );
  expect((await isolate.wait(post(isolate, token))).status).toBe(422);
  await isolate.wait(world.idle());
  expect(await booksOf(id)).toMatchObject({ states: { reserved: 1 }, heldMicros: 250_000 });
  expect((await post(world, token)).status).toBe(200);
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1, running: 1 }, heldMicros: 250_000 });
  expect(await differences(world, id)).toEqual([]);
});

test('after a lost gate the Idempotency-Key of another caller is not taken for this one', async ({
  expect,
}) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const page = await browserToken(world, tenant);
  expect((await post(world, tenant.token)).status).toBe(200);
  const isolate = atTheGate(world, ['before']);
  expect((await isolate.wait(post(isolate, page.token))).status).toBe(200);
  expect(world.runcomfy.accepted().count).toBe(2);
});

test('terms that change while the first batch hangs: it is given back if it is applied after all', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const isolate = atTheGate(world, ['none', 'hang']);
  expect((await isolate.wait(post(isolate, token, null))).status).toBe(200);
  await world.admin('PATCH', `/admin/customers/${id}`, { markup: 2 });
  const reply = await isolate.wait(post(isolate, token));
  expect(reply).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
  await isolate.wait(world.idle());
  await world.admin('PATCH', `/admin/customers/${id}`, { markup: 1 });
  await isolate.applyLate();
  expect(await booksOf(id)).toMatchObject({ states: { running: 1, reserved: 1 }, heldMicros: 500_000 });
  await cronAfter(world, 6);
  expect(world.runcomfy.calls().counts.submit).toBe(1);
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0 });
  expect(await differences(world, id)).toEqual([]);
});

test('a first batch that is applied after the second one changes nothing', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const isolate = atTheGate(world, ['hang', 'none']);
  expect((await isolate.wait(post(isolate, token))).status).toBe(200);
  await isolate.applyLate();
  await world.idle();
  expect(world.runcomfy.calls().counts.submit).toBe(1);
  expect(await booksOf(id)).toMatchObject({ states: { running: 1 }, holds: 1, heldMicros: 250_000 });
  expect(await differences(world, id)).toEqual([]);
});

test('a batch that is applied after the submit has given up is given back', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const isolate = atTheGate(world, ['hang', 'hang']);
  const reply = await isolate.wait(post(isolate, token));
  expect(reply).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
  expect(await booksOf(id)).toMatchObject({ jobs: 0 });
  await isolate.wait(world.idle());
  await isolate.applyLate();
  expect(await booksOf(id)).toMatchObject({ states: { reserved: 1 }, heldMicros: 250_000 });
  await cronAfter(world, 6);
  expect(world.runcomfy.calls().counts.submit).toBe(0);
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0 });
  expect(await differences(world, id)).toEqual([]);
});

test('it is given back within the submit as well, should it be applied by then', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 1 } });
  const isolate = atTheGate(world, ['before', 'after'], ['none', 'before']);
  expect((await isolate.wait(post(isolate, token))).status).toBe(503);
  expect(world.runcomfy.calls().counts.submit).toBe(0);
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0 });
  expect((await post(world, token)).status).toBe(200);
  expect(await differences(world, id)).toEqual([]);
});

test('a retry took the key while the first batch hung: its answer is told, and the late batch is given back', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const isolate = atTheGate(world, ['hang']);
  const first = post(isolate, token);
  await isolate.settle();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut_before' }, times: 1 });
  const elsewhere = atTheGate(world, []);
  const retry = await elsewhere.wait(post(elsewhere, token));
  expect(await isolate.wait(first)).toMatchObject({
    status: 502,
    body: { code: 'outcome_unknown', request_id: retry.body.request_id },
  });
  await isolate.wait(world.idle());
  // The operator knows that RunComfy never took it, which frees the key.
  await world.admin('POST', `/admin/jobs/${retry.body.request_id}/resolve`, { outcome: 'refused' });
  await isolate.applyLate();
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1, reserved: 1 }, heldMicros: 250_000 });
  await cronAfter(world, 6);
  expect(await booksOf(id)).toMatchObject({ states: { refused: 2 }, heldMicros: 0 });
  expect(world.runcomfy.calls().counts.submit).toBe(1);
  expect(await differences(world, id)).toEqual([]);
});

test('the limit was reached while the first batch hung: refused, and the late batch is given back', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 1 } });
  const isolate = atTheGate(world, ['hang']);
  const first = post(isolate, token);
  await isolate.settle();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut_before' }, times: 1 });
  const elsewhere = atTheGate(world, []);
  const other = await elsewhere.wait(post(elsewhere, token, null));
  expect(await isolate.wait(first)).toMatchObject({ status: 429, body: { code: 'request_limit' } });
  await isolate.wait(world.idle());
  await world.admin('POST', `/admin/jobs/${other.body.request_id}/resolve`, { outcome: 'refused' });
  await isolate.applyLate();
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1, reserved: 1 }, heldMicros: 250_000 });
  await cronAfter(world, 6);
  expect(await booksOf(id)).toMatchObject({ states: { refused: 2 }, heldMicros: 0, requests: { day: 0 } });
  expect(world.runcomfy.calls().counts.submit).toBe(1);
});
