// The roll-ups of usage equal the recount of jobs and ledger, whatever happens between two bookings.
//
// A booking is a settlement, a cost or an adjustment. Triggers add it to both roll-ups within its own statement, and so within
// the batch of that statement.
//
// Interleavings:
//  1. ten polls and two runs of the cron settle one job: the second batch changes no job, so no trigger runs;
//  2. the cost comes with the settlement, hours after it, on the next day, or from two looks at once: once, on its own day;
//  3. the same adjustment twice, by its Idempotency-Key: the second books nothing;
//  4. a lost job is found later: its charge is an adjustment, on the day of the finding;
//  5. one set of the cron ends jobs of several customers, keys, models and end users: each in its own row;
//  6. a rebuild beside settlements: D1 runs one batch after the other, so the sums have each booking once.
// Crash points:
//  7. before the batch: neither the booking nor the sums are written; the next look writes both;
//  8. after the batch, before its answer: both are written; the repeated batch changes nothing;
//  9. a statement behind the trigger fails: D1 rolls the batch back, and the sums with it;
// 10. within a rebuild: it is one batch, so the old sums stay.
// Random schedules and cuts at each call (test/scenario/crashes.test.ts, cuts.test.ts, cron-sets.test.ts) also end with the
// check of the ledger, which recounts both roll-ups.

import { env } from 'cloudflare:workers';
import { test, type ExpectStatic } from 'vitest';
import { rebuildRollUps } from '../../../src/features/usage/booked-store.ts';
import { differences } from '../../support/books.ts';
import { browserToken } from '../../support/browser-token.ts';
import { failingDb } from '../../support/stores.ts';
import { endedJob } from '../../support/usage.ts';
import { createWorld, IMAGE_TO_VIDEO, PROMPT, type Tenant, type World } from '../../support/world.ts';

const DAY = 86_400_000;
const NOON = Date.parse('2026-03-05T12:00:00Z');
const IMAGE = { prompt: 'x', image_urls: ['https://playgrounds-storage-public.runcomfy.net/a.png'] };

type Sums = Record<string, number | string>;

/** The roll-up of a customer, without zeros. */
async function rolledUp({ id }: { id: string }): Promise<Sums[]> {
  const { results } = await env.DB.prepare(
    'SELECT * FROM usage_days WHERE customer_id = ?1 ORDER BY day, key_id, model_id',
  )
    .bind(id)
    .all<Sums>();
  return results.map(({ customer_id: _customer, key_id: _key, model_id: _model, ...row }) =>
    Object.fromEntries(Object.entries(row).filter(([, value]) => value !== 0)),
  );
}

const day = (ms: number) => Math.floor(ms / DAY);

async function running(world: World, tenant: Tenant): Promise<{ jobId: string; upstreamId: string }> {
  world.runcomfy.settings({ hold: 'in_progress' });
  const { body } = await world.submit(tenant.token);
  await world.idle();
  return { jobId: body.request_id, upstreamId: world.runcomfy.accepted().jobs.at(-1)!.id };
}

type Booking = { amount_usd: number; job?: string; force?: boolean; once: string };

async function credit(world: World, { id }: Tenant, { once, ...body }: Booking): Promise<void> {
  await world.call(`/admin/customers/${id}/credits`, {
    method: 'POST',
    token: 'test-admin-token-0123456789abcdefghijklmnopq',
    body: { note: 'x', ...body },
    headers: { 'Idempotency-Key': once },
  });
}

async function expectRight(expect: ExpectStatic, world: World, tenant: Tenant): Promise<void> {
  expect(await differences(world, tenant.id)).toEqual([]);
  expect(await differences(world)).toEqual([]);
}

test('ten polls and two runs of the cron settle a job once', async ({ expect }) => {
  const world = createWorld(NOON);
  const ada = await world.tenant();
  const { jobId, upstreamId } = await running(world, ada);
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 0.1 });
  world.clock.advance(60_000);
  const pollers = Array.from({ length: 10 }, () => world.isolate().result(ada.token, jobId));
  await Promise.all([...pollers, world.isolate().cron(), world.isolate().cron()]);
  await world.idle();
  expect(await rolledUp(ada)).toEqual([
    { day: day(NOON), jobs: 1, succeeded: 1, charged: 250_000, cost: 100_000 },
  ]);
  await expectRight(expect, world, ada);
});

test('a cost that two looks at once find after midnight counts once and on its own day', async ({
  expect,
}) => {
  const world = createWorld(NOON + 12 * 3_600_000 - 60_000);
  const ada = await world.tenant();
  world.runcomfy.settings({ cost_delay_ms: 120_000 });
  const { body } = await world.submit(ada.token);
  await world.idle();
  world.runcomfy.finish(world.runcomfy.accepted().jobs.at(-1)!.id, { as: 'succeeded', cost_usd: 0.4 });
  await world.result(ada.token, body.request_id);
  await world.idle();
  world.clock.advance(8 * 60_000);
  await Promise.all([world.isolate().cron(), world.isolate().cron()]);
  await world.idle();
  expect(await rolledUp(ada)).toEqual([
    { day: day(NOON), jobs: 1, succeeded: 1, charged: 250_000 },
    // The cost beyond the hold is the operator's loss.
    { day: day(NOON) + 1, cost: 400_000, loss: 150_000 },
  ]);
  await expectRight(expect, world, ada);
});

test('adjustments count on their own day, and once for each Idempotency-Key', async ({ expect }) => {
  const world = createWorld(NOON);
  const ada = await world.tenant();
  const job = await endedJob(world, ada.token, { as: 'succeeded', cost_usd: 0 });
  await Promise.all([
    credit(world, ada, { amount_usd: 0.1, job, once: 'one' }),
    credit(world, ada, { amount_usd: 0.1, job, once: 'one' }),
    credit(world, ada, { amount_usd: 5, once: 'no job' }),
  ]);
  world.clock.advance(DAY);
  await credit(world, ada, { amount_usd: -0.05, job, once: 'two' });
  expect(await rolledUp(ada)).toEqual([
    { day: day(NOON), jobs: 1, succeeded: 1, charged: 250_000, adjusted: 100_000 },
    { day: day(NOON) + 1, adjusted: -50_000 },
  ]);
  await expectRight(expect, world, ada);
});

test('a refused submit is in no sum, and one that is lost and found is an adjustment', async ({ expect }) => {
  const world = createWorld(NOON);
  const ada = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  await world.submit(ada.token);
  await world.idle();
  expect(await rolledUp(ada)).toEqual([]);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' }, times: 1 });
  const { body } = await world.submit(ada.token);
  await world.idle();
  world.clock.advance(DAY + 60_000);
  await world.cron();
  await world.idle();
  world.clock.advance(DAY);
  await credit(world, ada, { amount_usd: -0.25, job: body.request_id, force: true, once: 'found' });
  expect(await rolledUp(ada)).toEqual([
    { day: day(NOON) + 1, jobs: 1, lost: 1 },
    { day: day(NOON) + 2, adjusted: -250_000 },
  ]);
  await expectRight(expect, world, ada);
});

test('one run of the cron ends jobs of several customers, keys, models and end users', async ({ expect }) => {
  const world = createWorld(NOON);
  const ada = await world.tenant();
  const eve = await world.tenant();
  const second = await world.key(ada);
  const page = await browserToken(world, ada, { endUser: 'user-1' });
  const own = await browserToken(world, ada);
  world.runcomfy.settings({ hold: 'in_progress' });
  for (const token of [ada.token, second.key, page.token, own.token, eve.token, eve.token]) {
    await world.submit(token);
  }
  await world.submit(ada.token, IMAGE, IMAGE_TO_VIDEO);
  await world.idle();
  for (const [index, { id }] of world.runcomfy.accepted().jobs.entries()) {
    world.runcomfy.finish(id, { as: index === 5 ? 'failed' : 'succeeded', cost_usd: 0.1 });
  }
  world.clock.advance(60_000);
  await world.cron();
  await world.idle();
  const sums = await rolledUp(ada);
  expect(sums.map(({ jobs }) => Number(jobs)).toSorted((a, b) => a - b)).toEqual([1, 1, 3]);
  expect(await rolledUp(eve)).toMatchObject([{ jobs: 2, succeeded: 1, failed: 1, charged: 250_000 }]);
  const ofUsers = await env.DB.prepare('SELECT * FROM usage_end_users WHERE customer_id = ?1')
    .bind(ada.id)
    .all();
  expect(ofUsers.results).toMatchObject([{ end_user: 'user-1', jobs: 1, charged: 250_000, cost: 100_000 }]);
  await expectRight(expect, world, ada);
});

test.for(['before', 'after'] as const)(
  'a settlement whose batch fails %s it is applied is in the sums once',
  async (failure, { expect }) => {
    const world = createWorld(NOON);
    const ada = await world.tenant();
    const { jobId, upstreamId } = await running(world, ada);
    world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 0.1 });
    const { db, calls } = failingDb(env.DB);
    calls.match = 'UPDATE jobs AS j SET state = e.state';
    calls.failure = failure;
    world.clock.advance(60_000);
    await world.isolate({ DB: db }).result(ada.token, jobId);
    await world.idle();
    expect(calls.calls).toBeGreaterThan(0);
    expect(await rolledUp(ada)).toHaveLength(failure === 'before' ? 0 : 1);
    await expectRight(expect, world, ada);
    world.clock.advance(3_600_000);
    await world.cron();
    await world.idle();
    expect(await rolledUp(ada)).toEqual([
      { day: day(NOON), jobs: 1, succeeded: 1, charged: 250_000, cost: 100_000 },
    ]);
    await expectRight(expect, world, ada);
  },
);

test('a batch that fails behind the trigger takes the sums back with it', async ({ expect }) => {
  const world = createWorld(NOON);
  const ada = await world.tenant();
  const { jobId } = await running(world, ada);
  const settle = env.DB.prepare(
    "UPDATE jobs SET state = 'succeeded', charge_micros = 0, ended_at_ms = ?2, settled_at_ms = ?2 WHERE id = ?1",
  ).bind(jobId, NOON);
  const fails = env.DB.prepare("UPDATE ledger SET micros = 0 WHERE reference = ?1 AND phase = 'hold'").bind(
    jobId,
  );
  await expect(env.DB.batch([settle, fails])).rejects.toThrow(/append-only/);
  expect(await rolledUp(ada)).toEqual([]);
  await expectRight(expect, world, ada);
});

const wrongs = [
  { what: /^usage \d+ key_\w+ bytedance\/\S+ charged$/, sql: 'UPDATE usage_days SET charged = charged + 1' },
  { what: /^usage \d+ key_\w+ bytedance\/\S+ jobs$/, sql: 'DELETE FROM usage_days' },
  { what: /^end user user-1 \d+ cost$/, sql: 'UPDATE usage_end_users SET cost = cost - 1' },
  { what: /^end user user-1 \d+ jobs$/, sql: 'DELETE FROM usage_end_users' },
];

test.for(wrongs)('the check finds $sql, and a rebuild mends it', async ({ what, sql }, { expect }) => {
  const world = createWorld(NOON);
  const ada = await world.tenant();
  const page = await browserToken(world, ada, { endUser: 'user-1' });
  const job = await endedJob(world, page.token, { as: 'succeeded', cost_usd: 0.4 });
  await credit(world, ada, { amount_usd: 0.1, job, once: 'one' });
  const before = await rolledUp(ada);
  await env.DB.prepare(`${sql} WHERE customer_id = ?1`).bind(ada.id).run();
  const found = await differences(world, ada.id);
  expect(found).toContainEqual(
    expect.objectContaining({ what: expect.stringMatching(what), subject: ada.id }),
  );
  expect(await differences(world)).toEqual(expect.arrayContaining(found));
  const rebuilt = await world.admin('POST', '/admin/ledger/rebuild', { customer: ada.id });
  expect(rebuilt).toMatchObject({ status: 200, body: { differences: [] } });
  expect(await rolledUp(ada)).toEqual(before);
  await expectRight(expect, world, ada);
});

test('a rebuild of all beside settlements counts each of them once, and stands in the audit', async ({
  expect,
}) => {
  const world = createWorld(NOON);
  const ada = await world.tenant();
  const eve = await world.tenant();
  await endedJob(world, eve.token, { as: 'succeeded', cost_usd: 0.1 });
  const jobs: { jobId: string; upstreamId: string }[] = [];
  for (let index = 0; index < 6; index += 1) {
    jobs.push(await running(world, ada));
  }
  for (const { upstreamId } of jobs) {
    world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 0.1 });
  }
  world.clock.advance(60_000);
  const rebuilds = Array.from({ length: 3 }, () => world.isolate().admin('POST', '/admin/ledger/rebuild'));
  await Promise.all([
    ...jobs.map(({ jobId }) => world.isolate().result(ada.token, jobId)),
    ...rebuilds,
    world.isolate().cron(),
  ]);
  await world.idle();
  expect(await rolledUp(ada)).toMatchObject([{ jobs: 6, charged: 1_500_000, cost: 600_000 }]);
  expect(await rolledUp(eve)).toMatchObject([{ jobs: 1 }]);
  await expectRight(expect, world, ada);
  const audited = await env.DB.prepare(
    "SELECT COUNT(*) AS n FROM audit WHERE action = 'usage.rebuild' AND object = 'usage' AND at_ms = ?1",
  )
    .bind(world.clock.now())
    .first('n');
  expect(audited).toBe(3);
});

test('a rebuild that fails leaves the sums as they were', async ({ expect }) => {
  const world = createWorld(NOON);
  const ada = await world.tenant();
  await endedJob(world, ada.token, { as: 'succeeded', cost_usd: 0.1 });
  const before = await rolledUp(ada);
  const who = { actor: 'x', sessionId: null, address: '' };
  const entry = { ...who, atMs: NOON, action: 'x', object: 'x', change: {}, traceId: null as never };
  await expect(rebuildRollUps(env.DB, ada.id, entry)).rejects.toThrow(/NOT NULL/);
  expect(await rolledUp(ada)).toEqual(before);
});

test('a rebuild of an unknown customer is refused', async ({ expect }) => {
  const { status } = await createWorld().admin('POST', '/admin/ledger/rebuild', { customer: 'cus_nobody' });
  expect(status).toBe(404);
});

test('a key, a browser token and one that sees an end user read the same bookings, each its own', async ({
  expect,
}) => {
  const world = createWorld(NOON);
  const ada = await world.tenant();
  const page = await browserToken(world, ada, { endUser: 'user-1' });
  const other = await browserToken(world, ada, { endUser: 'user-2' });
  const own = await browserToken(world, ada);
  for (const token of [ada.token, page.token, page.token, other.token, own.token]) {
    await endedJob(world, token, { as: 'succeeded', cost_usd: 0.1 });
  }
  world.runcomfy.settings({ hold: 'in_progress' });
  for (const token of [ada.token, page.token, own.token]) {
    await world.submit(token, PROMPT);
  }
  await world.idle();
  const report = async (token: string, query = '') => {
    const { total, open, items } = (await world.call(`/v1/usage?${query}`, { token })).body;
    return { jobs: total.jobs, open: open.jobs, rows: items.length };
  };
  expect(await report(ada.token)).toEqual({ jobs: 5, open: 3, rows: 1 });
  expect(await report(page.token, 'group_by=day')).toEqual({ jobs: 2, open: 1, rows: 1 });
  expect(await report(other.token)).toEqual({ jobs: 1, open: 0, rows: 1 });
  expect(await report(own.token, 'group_by=model')).toEqual({ jobs: 1, open: 1, rows: 1 });
  expect(await report(own.token, 'from=2026-03-06&to=2026-03-07')).toEqual({ jobs: 0, open: 1, rows: 1 });
});
