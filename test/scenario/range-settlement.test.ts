// A range is charged by what happened: RunComfy's cost, between the least of the range and the hold. The interleavings:
//
// - The cost comes with the end, before it (then it says nothing yet), after it (the hold stays open), after the ten
//   minutes (the books keep it, the charge stands), twice, or never (the estimate, flagged).
// - Ten polls and the cron learn it at once: the guard of the ledger's end lets one charge through.
// - The price, the mark-up, or the customer's own price change between gate and end: the job's own columns decide.
// - The charge is adjusted before the end (409) and after it, within charge and hold.
// - The job fails or is cancelled: nothing is charged, whatever the cost.
// - A crash between end and cost: the job row says what is waited for, and the cron goes on. The gate writes least, items
//   and hold in the one INSERT of the job, so there is no job without them.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { booksOf, differences } from '../support/books.ts';
import { createWorld, TEXT_TO_VIDEO, type Tenant, type World } from '../support/world.ts';

const MINUTE = 60_000;
const LIPSYNC = 'acme/lipsync';
const SCHEMA = {
  type: 'object',
  required: ['video_url'],
  properties: {
    video_url: { type: 'string', format: 'video_uri' },
    duration: { type: 'string', enum: ['auto', '5', '10'], default: 'auto' },
    references: { type: 'array', items: { type: 'string' } },
  },
};
/** $0.10 a second, a minute at the most, and $0.03 for each reference. */
const PRICE = {
  usd: 0.1,
  unit: 'second',
  max_quantity: 60,
  adds: [{ input: 'references', usd: 0.03 }],
};
const INPUT = { video_url: 'https://files.dev/a.mp4', references: ['a', 'b'] };

type Running = Tenant & { world: World; jobId: string; upstreamId: string };

type Sale = { customer?: object; own?: number; price?: object; input?: object; fields?: object };

/** A job on a range from 0.06 to 6.06 USD at list price, which RunComfy runs until the test ends it. */
async function run({ customer = {}, own, price = PRICE, input = INPUT, fields = {} }: Sale = {}) {
  const world = createWorld();
  const model = { input_schema: SCHEMA, price, media: 'off', ...fields };
  const put = await world.admin('PUT', `/admin/models/${LIPSYNC}`, model);
  if (put.status > 201) {
    throw new Error(`the model was refused: ${JSON.stringify(put.body)}`);
  }
  world.runcomfy.putModel({ model_id: LIPSYNC, input_schema: SCHEMA });
  const tenant = await world.tenant(customer);
  if (own !== undefined) {
    await world.admin('PUT', `/admin/customers/${tenant.id}/prices/${LIPSYNC}`, { usd: own });
  }
  world.runcomfy.settings({ hold: 'in_progress' });
  const { body } = await world.submit(tenant.token, input, LIPSYNC);
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
  const running: Running = { ...tenant, world, jobId: body.request_id, upstreamId };
  return running;
}

const jobOf = async ({ world, jobId }: Running) => (await world.admin('GET', `/admin/jobs/${jobId}`)).body;

async function costOf({ world, token, jobId }: Running): Promise<unknown> {
  const { body } = await world.call(`/v1/requests/${jobId}/result?include_cost=true`, { token });
  await world.idle();
  return body.cost;
}

async function minutes({ world }: Running, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    world.clock.advance(MINUTE);
    await world.cron();
  }
}

type Case = { what: string; sale?: Sale; cost: unknown; charge: number; flag?: string };

// The items of INPUT: 0.06 at list price.
const cases: Case[] = [
  { what: 'the cost', cost: 1.26, charge: 1.26 },
  { what: 'the cost × mark-up', sale: { customer: { markup: 1.5 } }, cost: 1.26, charge: 1.89 },
  { what: 'the least for less', cost: 0.01, charge: 0.06 },
  { what: 'the least for nothing', cost: 0, charge: 0.06 },
  { what: 'the hold for more', cost: 9, charge: 6.06 },
  { what: 'the estimate for nonsense', cost: -1, charge: 6.06, flag: 'invalid' },
  { what: 'nothing at a mark-up of 0', sale: { customer: { markup: 0 } }, cost: 1.26, charge: 0 },
  // 1.2 USD are 12 seconds.
  { what: 'an own price × what the cost implies', sale: { own: 0.04 }, cost: 1.26, charge: 0.54 },
  {
    what: 'items at the mark-up, an own price or not',
    sale: { own: 0.04, customer: { markup: 1.5 } },
    cost: 1.26,
    charge: 0.57,
  },
  { what: 'an own price: no quantity below 0', sale: { own: 0.04 }, cost: 0.02, charge: 0.06 },
  { what: 'an own price: the hold', sale: { own: 0.04 }, cost: 60, charge: 2.46 },
  {
    what: 'an own price where the list price is 0: the estimate',
    sale: { own: 0.04, price: { ...PRICE, usd: 0 } },
    cost: 1.26,
    charge: 2.46,
  },
  {
    what: 'an own price in mode cost',
    sale: { own: 0.04, fields: { charge: 'cost' } },
    cost: 1.26,
    charge: 0.54,
  },
  {
    what: 'auto between two values of the schema, not below the least',
    sale: { price: { usd: 0.1, unit: 'second', quantity: 'duration' } },
    cost: 0.2,
    charge: 0.5,
  },
  {
    what: 'in mode cost the least holds too',
    sale: { price: { usd: 0.1, unit: 'second', quantity: 'duration' }, fields: { charge: 'cost' } },
    cost: 0.2,
    charge: 0.5,
  },
  {
    what: 'what the input tells is no range',
    sale: {
      price: { usd: 0.1, unit: 'second', quantity: 'duration' },
      input: { ...INPUT, duration: '5' },
    },
    cost: 0.2,
    charge: 0.5,
  },
];

test.for(cases)('charged is $what', async ({ sale = {}, cost, charge, flag = null }, { expect }) => {
  const job = await run(sale);
  const { world, upstreamId, id } = job;
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: cost });
  expect(await costOf(job)).toBe(charge);
  expect(await jobOf(job)).toMatchObject({ state: 'succeeded', charge_usd: charge, cost_flag: flag });
  const ends = { heldMicros: 0, balanceMicros: 0 - Math.round(charge * 1e6), ends: 1 };
  expect(await booksOf(id)).toMatchObject(ends);
  expect(await differences(world)).toEqual([]);
});

test('the hold is for the maximum, and /v1/estimate says from where to where', async ({ expect }) => {
  const job = await run({ customer: { markup: 1.5 } });
  const { world, token } = job;
  expect(await jobOf(job)).toMatchObject({ charge: 'cost', hold_usd: 9.09, estimate_usd: 9.09 });
  const call = { method: 'POST', token, body: INPUT };
  expect((await world.call(`/v1/estimate/${LIPSYNC}`, call)).body).toMatchObject({
    estimate: 'range',
    min_usd: 0.09,
    max_usd: 9.09,
  });
});

test('a cost before the end says nothing, and after it the hold waits for it', async ({ expect }) => {
  const job = await run();
  const { world, upstreamId, id } = job;
  expect(await costOf(job)).toBeUndefined();
  expect(await jobOf(job)).toMatchObject({ state: 'running', charge_usd: null });
  world.runcomfy.settings({ cost_delay_ms: 3 * MINUTE });
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 1.26 });
  expect(await costOf(job)).toBeUndefined();
  expect(await booksOf(id)).toMatchObject({ heldMicros: 6_060_000, balanceMicros: 0, ends: 0 });
  await minutes(job, 4);
  expect(await jobOf(job)).toMatchObject({ charge_usd: 1.26, cost_usd: 1.26, cost_flag: null });
  expect(await booksOf(id)).toMatchObject({ heldMicros: 0, balanceMicros: -1_260_000, ends: 1 });
});

test('a cost that never comes: the estimate, flagged; one that comes after that changes no charge', async ({
  expect,
}) => {
  const job = await run({ own: 0.04 });
  const { world, upstreamId, id } = job;
  world.runcomfy.settings({ cost_delay_ms: 30 * MINUTE });
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 1.26 });
  await costOf(job);
  await minutes(job, 11);
  expect(await jobOf(job)).toMatchObject({ charge_usd: 2.46, cost_usd: null, cost_flag: 'missing' });
  world.clock.advance(30 * MINUTE);
  await costOf(job);
  await minutes(job, 1);
  expect(await jobOf(job)).toMatchObject({ charge_usd: 2.46, cost_flag: 'missing' });
  expect(await booksOf(id)).toMatchObject({ heldMicros: 0, balanceMicros: -2_460_000, ends: 1 });
});

test('what changes between gate and end is for later jobs: price, mark-up, own price', async ({ expect }) => {
  const job = await run({ own: 0.04, customer: { markup: 1.5 } });
  const { world, upstreamId, id } = job;
  await world.admin('PATCH', `/admin/models/${LIPSYNC}`, { price: { usd: 7, unit: 'image' } });
  await world.admin('PATCH', `/admin/customers/${id}`, { markup: 9 });
  await world.admin('DELETE', `/admin/customers/${id}/prices/${LIPSYNC}`);
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 1.26 });
  expect(await costOf(job)).toBe(0.57);
  const plain = await run();
  await plain.world.admin('PUT', `/admin/customers/${plain.id}/prices/${LIPSYNC}`, { usd: 0.04 });
  plain.world.runcomfy.finish(plain.upstreamId, { as: 'succeeded', cost_usd: 1.26 });
  expect(await costOf(plain)).toBe(1.26);
});

test('adjusted is what was charged, within charge and hold, and not before the end', async ({ expect }) => {
  const job = await run();
  const { world, upstreamId, id, jobId } = job;
  const adjust = (usd: number) =>
    world.admin('POST', `/admin/customers/${id}/credits`, { amount_usd: usd, note: 'x', job: jobId });
  world.runcomfy.settings({ cost_delay_ms: MINUTE });
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 1.26 });
  await costOf(job);
  expect((await adjust(0.5)).status).toBe(409);
  await minutes(job, 2);
  expect((await adjust(1.27)).status).toBe(409);
  expect((await adjust(1.26)).status).toBe(201);
  expect((await adjust(-6.07)).status).toBe(409);
  expect((await adjust(-6.06)).status).toBe(201);
  expect(await differences(world)).toEqual([]);
});

test.for(['failed', 'cancelled'] as const)('a job that %s costs nothing', async (as, { expect }) => {
  const job = await run();
  const { world, upstreamId, id } = job;
  world.runcomfy.finish(upstreamId, { as, cost_usd: 1.26 });
  expect(await costOf(job)).toBe(0);
  expect(await booksOf(id)).toMatchObject({ heldMicros: 0, balanceMicros: 0, ends: 1 });
});

test('polls and crons of several isolates at once: one charge', async ({ expect }) => {
  const job = await run({ own: 0.04 });
  const { world, upstreamId, id, token, jobId } = job;
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 1.26 });
  const isolates = [world.isolate(), world.isolate(), world.isolate()];
  world.clock.advance(2 * MINUTE);
  await Promise.all(
    Array.from({ length: 30 }, (_, index) => {
      const isolate = isolates[index % isolates.length]!;
      return index % 5 === 0 ? isolate.cron() : isolate.result(token, jobId);
    }),
  );
  await world.idle();
  expect(await booksOf(id)).toMatchObject({ holds: 1, ends: 1, heldMicros: 0, balanceMicros: -540_000 });
  expect(await differences(world)).toEqual([]);
});

test('a job that was admitted before ranges were charged so is charged as it was promised', async ({
  expect,
}) => {
  const job = await run();
  const { world, upstreamId, jobId } = job;
  const before = "UPDATE jobs SET charge_mode = 'estimate', least_micros = 0, adds_micros = 0 WHERE id = ?1";
  await env.DB.prepare(before).bind(jobId).run();
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 1.26 });
  expect(await costOf(job)).toBe(6.06);
});

test('the job accounts for its charge', async ({ expect }) => {
  const job = await run({ own: 0.04 });
  job.world.runcomfy.finish(job.upstreamId, { as: 'succeeded', cost_usd: 1.26 });
  await costOf(job);
  const { arithmetic, charge_reason } = await jobOf(job);
  expect(arithmetic).toEqual([
    { name: 'unit', sum: "the customer's own price, 0.04 per second", usd: 0.04 },
    { name: 'estimate', sum: '0.04 × 60 + 0.06 (items of lists)', usd: 2.46 },
    { name: 'hold', sum: 'the estimate', usd: 2.46 },
    {
      name: 'charge',
      sum: '(1.26 (cost) − 0.06) ÷ 0.1 (list price) × 0.04 (own price) + 0.06 (items of lists)',
      usd: 0.54,
    },
  ]);
  expect(charge_reason).toMatch(/^Charged \$0.54: the quantity that RunComfy's cost implies/);
});

test('built-in models are sold as before: an absent length is the default, and no range', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const body = { prompt: 'x' };
  const { body: told } = await world.call(`/v1/estimate/${TEXT_TO_VIDEO}`, { method: 'POST', token, body });
  expect(told).toMatchObject({ estimate: 'exact', amount_usd: 0.25 });
});
