// G4: one hold per job, then exactly one end. By the estimate or by the cost that RunComfy reports, which may come
// late, be nonsense, or never come. field.md's complaints about money are named by their number.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { bookCosts } from '../../src/features/jobs/progress-store.ts';
import type { JobId } from '../../src/lib/ids.ts';
import { microsOf } from '../../src/lib/money.ts';
import { booksOf, differences } from '../support/books.ts';
import { createWorld, TEXT_TO_VIDEO, type Tenant, type World } from '../support/world.ts';

const MINUTE = 60_000;

/** A model at $0.10 that is charged by its cost, with a hold of twice the estimate. */
async function sell(world: World, fields: object): Promise<void> {
  const { status } = await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, {
    price: { usd: 0.1, unit: 'output', hold_factor: 2 },
    charge: 'cost',
    ...fields,
  });
  if (status !== 200) {
    throw new Error(`the model was refused: ${status}`);
  }
}

type Running = Tenant & { world: World; jobId: string; upstreamId: string };

/** A job that RunComfy runs until the test ends it. */
async function run(customer: object = {}, model: object = {}): Promise<Running> {
  const world = createWorld();
  await sell(world, model);
  const tenant = await world.tenant(customer);
  world.runcomfy.settings({ hold: 'in_progress' });
  const { body } = await world.submit(tenant.token);
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
  return { ...tenant, world, jobId: body.request_id, upstreamId };
}

async function jobOf({ world, jobId }: Running): Promise<Record<string, any>> {
  return (await world.admin('GET', `/admin/jobs/${jobId}`)).body;
}

async function lossesOf(world: World): Promise<any> {
  return (await world.admin('GET', '/admin/health')).body.losses;
}

const micros = (usd: number) => Math.round(usd * 1e6);

async function costOf({ world, token, jobId }: Running): Promise<unknown> {
  const { body } = await world.call(`/v1/requests/${jobId}/result?include_cost=true`, { token });
  await world.idle();
  return body.cost;
}

type Case = {
  what: string;
  cost: unknown;
  charge: number;
  kept: number | null;
  flag: string | null;
  markup?: number;
};
const reported: Case[] = [
  { what: 'a cost below the estimate', cost: 0.07, charge: 0.07, kept: 0.07, flag: null },
  { what: 'a cost above the estimate', cost: 0.15, charge: 0.15, kept: 0.15, flag: null },
  { what: 'a cost above the hold', cost: 0.5, charge: 0.2, kept: 0.5, flag: null },
  { what: 'a cost of nothing', cost: 0, charge: 0, kept: 0, flag: null },
  { what: 'a mark-up on the cost', cost: 0.04, charge: 0.05, kept: 0.04, flag: null, markup: 1.25 },
  { what: 'a mark-up of 0', cost: 0.04, charge: 0, kept: 0.04, flag: null, markup: 0 },
  { what: 'fractions of a micro-dollar', cost: 0.0123456789, charge: 0.012346, kept: 0.012346, flag: null },
  { what: 'a negative cost', cost: -1, charge: 0.1, kept: null, flag: 'invalid' },
  { what: 'a cost that is true', cost: true, charge: 0.1, kept: null, flag: 'invalid' },
  { what: 'a cost in words', cost: '0.05', charge: 0.1, kept: null, flag: 'invalid' },
  { what: 'a cost beyond a billion', cost: 1e10, charge: 0.1, kept: null, flag: 'invalid' },
];

test.for(reported)('charge by cost: $what', async ({ cost, charge, kept, flag, markup = 1 }, { expect }) => {
  const job = await run({ markup, prepaid: false });
  const { world, upstreamId, id } = job;
  const before = await jobOf(job);
  expect(before).toMatchObject({ charge: 'cost', hold_usd: 0.2 * markup, charge_usd: null });
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: cost });
  expect(await costOf(job)).toBe(charge);
  expect(await jobOf(job)).toMatchObject({
    state: 'succeeded',
    charge_usd: charge,
    cost_usd: kept,
    cost_flag: flag,
  });
  expect(await costOf(job)).toBe(charge);
  expect(await booksOf(id)).toMatchObject({
    heldMicros: 0,
    balanceMicros: 0 - Math.round(charge * 1e6),
    ends: 1,
  });
  expect(await differences(world)).toEqual([]);
});

test('a cost that comes late holds the money until it comes', async ({ expect }) => {
  const job = await run();
  const { world, upstreamId, id, token, jobId } = job;
  world.runcomfy.settings({ cost_delay_ms: 3 * MINUTE });
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 0.05, output: { image: 'i' } });
  // The customer has the result at once, and no cost yet.
  const first = await world.call(`/v1/requests/${jobId}/result?include_cost=true`, { token });
  await world.idle();
  expect(first.body).toMatchObject({ status: 'succeeded', output: { image: 'i' } });
  expect(first.body).not.toHaveProperty('cost');
  expect(await jobOf(job)).toMatchObject({ state: 'succeeded', charge_usd: null, settled_at: null });
  expect(await booksOf(id)).toMatchObject({ heldMicros: 200_000, balanceMicros: 0, ends: 0 });
  for (let minute = 0; minute < 4; minute += 1) {
    world.clock.advance(MINUTE);
    await world.cron();
  }
  expect(await jobOf(job)).toMatchObject({ charge_usd: 0.05, cost_usd: 0.05, cost_flag: null });
  expect(await booksOf(id)).toMatchObject({ heldMicros: 0, balanceMicros: -50_000, ends: 1 });
  expect(await costOf(job)).toBe(0.05);
});

test('a cost that never comes: the estimate after ten minutes, and the job is flagged', async ({
  expect,
}) => {
  const job = await run();
  const { world, upstreamId, id } = job;
  const before = await lossesOf(world);
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: null });
  expect(await costOf(job)).toBeUndefined();
  for (let minute = 0; minute < 9; minute += 1) {
    world.clock.advance(MINUTE);
    await world.cron();
  }
  expect(await jobOf(job)).toMatchObject({ charge_usd: null });
  world.clock.advance(MINUTE);
  await world.cron();
  expect(await jobOf(job)).toMatchObject({ charge_usd: 0.1, cost_usd: null, cost_flag: 'missing' });
  expect(await booksOf(id)).toMatchObject({ heldMicros: 0, balanceMicros: -100_000, ends: 1 });
  expect(await lossesOf(world)).toMatchObject({ flagged_jobs: before.flagged_jobs + 1 });
});

test('RunComfy forgets the job before it reports the cost: the estimate is charged', async ({ expect }) => {
  const job = await run();
  const { world, upstreamId } = job;
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: null, output: { image: 'i' } });
  await costOf(job);
  world.runcomfy.forget(upstreamId);
  for (let minute = 0; minute < 11; minute += 1) {
    world.clock.advance(MINUTE);
    await world.cron();
  }
  expect(await jobOf(job)).toMatchObject({ state: 'succeeded', charge_usd: 0.1, cost_flag: 'missing' });
  expect(await costOf(job)).toBe(0.1);
});

test('charged by the estimate, a late cost is kept beside it', async ({ expect }) => {
  const job = await run({}, { charge: 'estimate', price: { usd: 0.1, unit: 'output' } });
  const { world, upstreamId, id } = job;
  const before = await lossesOf(world);
  world.runcomfy.settings({ cost_delay_ms: 5 * MINUTE });
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 0.3 });
  expect(await costOf(job)).toBe(0.1);
  expect(await jobOf(job)).toMatchObject({ charge_usd: 0.1, cost_usd: null });
  for (let minute = 0; minute < 10; minute += 1) {
    world.clock.advance(MINUTE);
    await world.cron();
  }
  expect(await jobOf(job)).toMatchObject({ charge_usd: 0.1, cost_usd: 0.3, cost_flag: null });
  expect(await booksOf(id)).toMatchObject({ balanceMicros: -100_000, ends: 1 });
  const after = await lossesOf(world);
  expect(micros(after.cost_above_hold_usd) - micros(before.cost_above_hold_usd)).toBe(200_000);
  const calls = world.runcomfy.calls().counts.result;
  world.clock.advance(60 * MINUTE);
  await world.cron();
  expect(world.runcomfy.calls().counts.result).toBe(calls);
});

test.for(['failed', 'cancelled'] as const)(
  'the cost of a job that %s is kept, and is the operator’s loss',
  async (as, { expect }) => {
    const job = await run();
    const { world, upstreamId, id } = job;
    const before = await lossesOf(world);
    world.runcomfy.finish(upstreamId, { as, cost_usd: 0.04 });
    expect(await costOf(job)).toBe(0);
    expect(await jobOf(job)).toMatchObject({ state: as, charge_usd: 0, cost_usd: 0.04, cost_flag: null });
    expect(await booksOf(id)).toMatchObject({ heldMicros: 0, balanceMicros: 0, ends: 1 });
    const after = await lossesOf(world);
    expect(micros(after.cost_of_unsuccessful_usd) - micros(before.cost_of_unsuccessful_usd)).toBe(40_000);
  },
);

test('complaints 4, 11: settlement × 200 at once, with cancels and crons between: one end', async ({
  expect,
}) => {
  for (const cost_usd of [0.05, null]) {
    const job = await run();
    const { world, upstreamId, id, token, jobId } = job;
    world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd });
    const isolates = [world.isolate(), world.isolate(), world.isolate(), world.isolate()];
    // A cost that does not come is awaited for ten minutes. What settles the job is of full size.
    const waits = [
      { minutes: 1, calls: 40 },
      { minutes: 8, calls: 40 },
    ];
    const settles = { minutes: 1, calls: 200 };
    for (const { minutes, calls } of cost_usd === null ? [...waits, settles, settles] : [settles]) {
      world.clock.advance(minutes * MINUTE);
      await Promise.all(
        Array.from({ length: calls }, (_, index) => {
          const isolate = isolates[index % isolates.length]!;
          switch (index % 5) {
            case 0:
              return isolate.cron();
            case 1:
              return isolate.cancel(token, jobId);
            case 2:
              return isolate.status(token, jobId);
            default:
              return isolate.result(token, jobId);
          }
        }),
      );
      await world.idle();
    }
    const charge = cost_usd ?? 0.1;
    expect(await jobOf(job)).toMatchObject({ state: 'succeeded', charge_usd: charge });
    expect(await booksOf(id)).toMatchObject({
      holds: 1,
      ends: 1,
      heldMicros: 0,
      balanceMicros: -charge * 1e6,
    });
    expect(await differences(world)).toEqual([]);
  }
});

test('complaint 14: a job that failed says on its own page that nothing was paid', async ({ expect }) => {
  const job = await run({ prepaid: false });
  const { world, upstreamId, token, jobId } = job;
  world.runcomfy.finish(upstreamId, { as: 'failed', error: { code: 'nsfw' } });
  const { body } = await world.call(`/v1/requests/${jobId}/result?include_cost=true`, { token });
  expect(body).toMatchObject({ status: 'failed', error: { code: 'nsfw' }, cost: 0 });
});

test('an end that was learnt stands, whatever RunComfy says of it while its cost is awaited', async ({
  expect,
}) => {
  const job = await run();
  const { world, upstreamId, id } = job;
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: null });
  await costOf(job);
  world.runcomfy.finish(upstreamId, { as: 'failed', cost_usd: 0.02 });
  world.clock.advance(2 * MINUTE);
  await world.cron();
  expect(await jobOf(job)).toMatchObject({ state: 'succeeded', charge_usd: 0.02, cost_usd: 0.02 });
  expect(await booksOf(id)).toMatchObject({ ends: 1, heldMicros: 0 });
});

test('the ledger keeps what the job was priced by', async ({ expect }) => {
  const job = await run({ markup: 1.5 });
  const row = await env.DB.prepare('SELECT * FROM jobs WHERE id = ?1').bind(job.jobId).first();
  expect(row).toMatchObject({
    charge_mode: 'cost',
    unit_micros: 150_000,
    estimate_micros: 150_000,
    hold_micros: 300_000,
    markup_e4: 15_000,
  });
});

test('an isolate that finds the end in the books still asks for the cost', async ({ expect }) => {
  const job = await run();
  const { world, upstreamId, token, jobId } = job;
  world.runcomfy.settings({ cost_delay_ms: 30_000 });
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 0.06 });
  expect(await costOf(job)).toBeUndefined();
  world.clock.advance(30_000);
  // Its memory is cold and KV is empty: it learns of the job from D1, where the end stands without a charge.
  await env.OWNERS.delete(`job:${jobId}`);
  const cold = world.isolate();
  const { body } = await cold.call(`/v1/requests/${jobId}/result?include_cost=true`, { token });
  expect(body).toMatchObject({ status: 'succeeded', cost: 0.06 });
  await world.idle();
  expect(await jobOf(job)).toMatchObject({ charge_usd: 0.06 });
});

test('without a token for RunComfy a job does not stay open for ever', async ({ expect }) => {
  const job = await run();
  const { world, id } = job;
  const closed = world.isolate({ RUNCOMFY_TOKEN: '' });
  for (let day = 0; day < 8; day += 1) {
    world.clock.advance(24 * 60 * MINUTE);
    await closed.cron();
  }
  expect(await booksOf(id)).toMatchObject({ states: { lost: 1 }, heldMicros: 0, ends: 1 });
});

test('a cost that was booked is not taken back, and none is booked before the settlement', async ({
  expect,
}) => {
  const job = await run();
  const { world, upstreamId, jobId } = job;
  const cost = { jobId: jobId as JobId, micros: microsOf(70_000), flag: null };
  const atMs = world.clock.now();
  await bookCosts(env.DB, [cost], atMs);
  expect(await jobOf(job)).toMatchObject({ cost_usd: null });
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: -1 });
  await costOf(job);
  await bookCosts(env.DB, [cost], atMs);
  // A cron that waited in vain comes late.
  await bookCosts(env.DB, [{ ...cost, micros: null, flag: 'missing' }], atMs);
  await bookCosts(env.DB, [{ ...cost, micros: microsOf(90_000) }], atMs);
  expect(await jobOf(job)).toMatchObject({ cost_usd: 0.07, cost_flag: 'invalid' });
});
