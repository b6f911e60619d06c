// GET /admin/overview is what /admin/usage says of the same days, before the cron has summed them and after.
//
// Interleavings and crash points of an hour's sum:
// - two crons at once, or one again after its answer was lost: added once
// - D1 fails in the batch: nothing is added, the next run adds it
// - a cost is still waited for: the hour waits with it, six hours at most
// - a job is settled, or an adjustment booked, while the hour is added: it is in a later hour

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { runTrigger } from '../../../src/cron.ts';
import { addHour, HOUR_MS } from '../../../src/features/overview/store.ts';
import { sumUp } from '../../../src/features/overview/sum-up.ts';
import { SCHEDULES } from '../../../src/schedules.ts';
import { failingDb } from '../../support/stores.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

const START = Date.parse('2026-03-05T10:20:00Z');

/** Makes everything of earlier tests older than what is asked for. */
let months = 0;
function freshWorld(): World {
  months += 1;
  return createWorld(START + months * 200 * 86_400_000);
}

async function ended(world: World, token: string, as: 'succeeded' | 'failed'): Promise<string> {
  const { body } = await world.submit(token, PROMPT);
  await world.idle();
  world.clock.advance(42_000);
  world.runcomfy.finish(world.runcomfy.accepted().jobs.at(-1)!.id, { as, cost_usd: 0.1 });
  await world.result(token, body.request_id);
  await world.idle();
  return body.request_id;
}

const overview = async (world: World) => (await world.admin('GET', '/admin/overview?days=7')).body;

async function usageOf(world: World) {
  const from = new Date(world.clock.now() - 6 * 86_400_000).toISOString().slice(0, 10);
  const to = new Date(world.clock.now() + 86_400_000).toISOString().slice(0, 10);
  return (await world.admin('GET', `/admin/usage?from=${from}&to=${to}`)).body.total;
}

/** All that came before is summed. */
async function beginNow(world: World) {
  const nowMs = world.clock.now();
  await env.DB.prepare('UPDATE overview_progress SET summed_to_ms = ?1')
    .bind(nowMs - (nowMs % HOUR_MS))
    .run();
}

async function play(world: World) {
  await beginNow(world);
  const ada = await world.tenant();
  const eve = await world.tenant();
  await ended(world, ada.token, 'succeeded');
  await ended(world, ada.token, 'failed');
  const job = await ended(world, eve.token, 'succeeded');
  await world.admin('POST', `/admin/customers/${eve.id}/credits`, { amount_usd: 0.01, note: 'sorry', job });
  await world.admin('POST', `/admin/customers/${eve.id}/credits`, { amount_usd: 5, note: 'paid' });
  return { ada, eve };
}

async function hoursLater(world: World, hours: number) {
  for (let hour = 0; hour < hours; hour += 1) {
    world.clock.advance(HOUR_MS);
    await runTrigger(world.deps, SCHEDULES.books);
  }
}

test('the figures are those of the usage report, before they are summed and after', async ({ expect }) => {
  const world = freshWorld();
  const { ada, eve } = await play(world);
  const before = await overview(world);
  expect(before.total).toEqual(await usageOf(world));
  expect(before.total).toMatchObject({ jobs: 3, succeeded: 2, failed: 1, adjusted_usd: 0.01 });
  expect(before.customers.map(({ customer }: any) => customer).toSorted()).toEqual(
    [ada.id, eve.id].toSorted(),
  );
  expect(before.customers[0].name).toBe('Ada');
  expect(before.models).toMatchObject([{ model_id: TEXT_TO_VIDEO, jobs: 3 }]);
  expect(before.days.at(-1)).toMatchObject({ jobs: 3, p50_ms: 42_000, p95_ms: 42_000 });
  expect(before.days).toHaveLength(7);

  await hoursLater(world, 4);
  const after = await overview(world);
  expect(
    await env.DB.prepare("SELECT jobs FROM overview_days WHERE kind = 'all' AND day = ?1")
      .bind(Math.floor(world.clock.now() / 86_400_000))
      .first('jobs'),
  ).toBe(3);
  expect({ ...after, until: null }).toEqual({ ...before, until: null });
});

test('an hour is added once, by however many crons, and again where D1 failed', async ({ expect }) => {
  const world = freshWorld();
  await play(world);
  await sumUp(world.deps, 24);
  world.clock.advance(3 * HOUR_MS);
  const { db, calls } = failingDb(env.DB);
  calls.match = 'INSERT INTO overview_days';
  calls.failure = 'before';
  await expect(sumUp({ ...world.deps, db }, 24)).rejects.toThrow();
  calls.match = 'nothing more';
  await Promise.all(Array.from({ length: 5 }, () => sumUp(world.deps, 24)));
  const hourMs = (await env.DB.prepare('SELECT summed_to_ms FROM overview_progress').first<number>(
    'summed_to_ms',
  ))!;
  await addHour(env.DB, hourMs - HOUR_MS);
  await addHour(env.DB, hourMs - 2 * HOUR_MS);
  expect((await overview(world)).total).toEqual(await usageOf(world));
});

const progress = () =>
  env.DB.prepare('SELECT summed_to_ms FROM overview_progress').first<number>('summed_to_ms');

test('an hour waits for a cost that is not known yet, and six hours at most', async ({ expect }) => {
  const world = freshWorld();
  await beginNow(world);
  const { token } = await world.tenant();
  await ended(world, token, 'succeeded');
  await sumUp(world.deps, 24);
  await env.DB.prepare('UPDATE jobs SET check_at_ms = ?1 WHERE settled_at_ms >= ?2')
    .bind(world.clock.now() + 30 * HOUR_MS, world.clock.now() - HOUR_MS)
    .run();
  const before = await progress();
  world.clock.advance(5 * HOUR_MS);
  await sumUp(world.deps, 24);
  expect(await progress()).toBe(before);
  world.clock.advance(3 * HOUR_MS);
  await sumUp(world.deps, 24);
  expect(await progress()).toBeGreaterThan(before!);
  await env.DB.prepare('UPDATE jobs SET check_at_ms = NULL').run();
});

test('only 7, 30 and 90 days are valid', async ({ expect }) => {
  const world = freshWorld();
  expect((await world.admin('GET', '/admin/overview?days=8')).status).toBe(400);
  expect((await world.admin('GET', '/admin/overview?days=90')).body.days).toHaveLength(90);
});

test('the list of customers has the month of each, once the hours are summed', async ({ expect }) => {
  const world = freshWorld();
  const { ada, eve } = await play(world);
  const idle = await world.tenant();
  await hoursLater(world, 3);
  const from = `${new Date(world.clock.now()).toISOString().slice(0, 7)}-01`;
  const { items } = (await world.admin('GET', '/admin/customers?with=month&order=newest&limit=3')).body;
  expect(items.map(({ id }: any) => id).toSorted()).toEqual([ada.id, eve.id, idle.id].toSorted());
  for (const { id, month } of items) {
    const { total } = (await world.admin('GET', `/admin/usage?customer=${id}&from=${from}`)).body;
    const { jobs, charged_usd, margin_usd } = total;
    expect(month).toEqual({ jobs, charged_usd, margin_usd });
  }
  expect(items.find(({ id }: any) => id === idle.id).month.jobs).toBe(0);
  const plain = (await world.admin('GET', '/admin/customers?order=newest&limit=1')).body.items[0];
  expect(plain.month).toBeUndefined();
});
