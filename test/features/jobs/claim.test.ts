// The claim of the cron: who comes first, and what it reads of the jobs that stay behind.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { claimDue, freeStaleReservations, type Turn } from '../../../src/features/jobs/claim-store.ts';
import { insertRunning, type OpenJob } from '../../support/open-jobs.ts';
import { guardedDb, type Through } from '../../support/stores.ts';
import { createWorld, type Tenant, type World } from '../../support/world.ts';

const MINUTE = 60_000;
const START: Turn = { job: '', cost: '' };

/** Tenants in the order of their ids, which is that of their turns, in books where nothing else is due. */
async function tenantsOf(world: World, count: number): Promise<Tenant[]> {
  await env.DB.prepare('UPDATE jobs SET check_at_ms = NULL').run();
  const made: Tenant[] = [];
  for (let each = 0; each < count; each += 1) {
    made.push(await world.tenant());
  }
  return made.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

const due = (world: World) => ({
  createdAtMs: world.clock.now() - 2 * MINUTE,
  checkAtMs: world.clock.now() - MINUTE,
});

/** These jobs have been settled, and their cost is asked for. */
async function settle(jobs: OpenJob[]): Promise<void> {
  await env.DB.prepare(
    `UPDATE jobs SET state = 'succeeded', charge_micros = 0, settled_at_ms = created_at_ms, ended_at_ms = created_at_ms
     WHERE id IN (SELECT value FROM json_each(?1))`,
  )
    .bind(JSON.stringify(jobs.map(({ id }) => id)))
    .run();
}

test('one of each customer, then the second of each; the next claim goes on behind the last', async ({
  expect,
}) => {
  const world = createWorld();
  const tenants = await tenantsOf(world, 12);
  for (const tenant of tenants) {
    await insertRunning([tenant], 3, due(world));
  }
  // The jobs of the first customer are the oldest, and many.
  await insertRunning([tenants[0]!], 40, { createdAtMs: 0, checkAtMs: 0 });
  const order: number[] = [];
  let turn = START;
  for (let claim = 0; claim < 5; claim += 1) {
    const claimed = await claimDue(env.DB, { nowMs: world.clock.now(), limit: 8, turn });
    ({ turn } = claimed);
    order.push(...claimed.jobs.map((job) => tenants.findIndex(({ id }) => id === job.customerId)));
  }
  const round = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
  expect(order).toEqual([...round, ...round, ...round, 0, 0, 0, 0]);
});

test('the last customer of one run is not the first of the next, however few a run takes', async ({
  expect,
}) => {
  const world = createWorld();
  const [ada, bob, eve] = await tenantsOf(world, 3);
  await insertRunning([ada!], 20, { createdAtMs: 0, checkAtMs: 0 });
  await insertRunning([bob!, eve!], 2, due(world));
  const claim = async (turn: Turn) => claimDue(env.DB, { nowMs: world.clock.now(), limit: 1, turn });
  const first = await claim(START);
  const second = await claim(first.turn);
  const third = await claim(second.turn);
  const fourth = await claim(third.turn);
  const ids = [first, second, third, fourth].flatMap(({ jobs }) => jobs.map(({ customerId }) => customerId));
  expect(ids).toEqual([ada!.id, bob!.id, eve!.id, ada!.id]);
});

test('late costs have a third of a claim, open jobs the rest, and neither leaves a place empty', async ({
  expect,
}) => {
  const world = createWorld();
  const [ada, bob] = await tenantsOf(world, 2);
  const nowMs = world.clock.now();
  const claim = async () => {
    const { jobs, mayBeMore } = await claimDue(env.DB, { nowMs, limit: 30, turn: START });
    const late = jobs.filter(({ settledAtMs }) => settledAtMs !== null).length;
    return { open: jobs.length - late, late, mayBeMore };
  };
  await insertRunning([ada!], 100, { createdAtMs: 0, checkAtMs: 0 });
  await settle(await insertRunning([bob!], 13, due(world)));
  expect(await claim()).toEqual({ open: 20, late: 10, mayBeMore: true });
  expect(await claim()).toEqual({ open: 27, late: 3, mayBeMore: true });
  expect(await claim()).toEqual({ open: 30, late: 0, mayBeMore: true });
  expect(await claim()).toEqual({ open: 23, late: 0, mayBeMore: false });
  expect(await claim()).toEqual({ open: 0, late: 0, mayBeMore: false });
});

test('twenty claims at once hold no row twice', async ({ expect }) => {
  const world = createWorld();
  await insertRunning(await tenantsOf(world, 5), 200, due(world));
  const nowMs = world.clock.now();
  const claims = await Promise.all(
    Array.from({ length: 20 }, () => claimDue(env.DB, { nowMs, limit: 20, turn: START })),
  );
  const ids = claims.flatMap(({ jobs }) => jobs.map(({ id }) => id));
  expect(ids).toHaveLength(200);
  expect(new Set(ids).size).toBe(200);
});

test('a claimed job that nobody looks at is due again within two minutes, however old', async ({
  expect,
}) => {
  const world = createWorld();
  const tenants = await tenantsOf(world, 1);
  await insertRunning(tenants, 1, { createdAtMs: world.clock.now() - 3 * 24 * 60 * MINUTE, checkAtMs: 0 });
  const claim = async () =>
    (await claimDue(env.DB, { nowMs: world.clock.now(), limit: 3, turn: START })).jobs.length;
  expect(await claim()).toBe(1);
  expect(await claim()).toBe(0);
  world.clock.advance(2 * MINUTE);
  expect(await claim()).toBe(1);
});

test('stale reservations are freed all at once, and no claim takes one that is not', async ({ expect }) => {
  const world = createWorld();
  const tenants = await tenantsOf(world, 3);
  const nowMs = world.clock.now();
  await insertRunning(tenants, 30, due(world));
  await env.DB.prepare(
    "UPDATE jobs SET state = 'reserved', upstream_id = NULL WHERE check_at_ms IS NOT NULL",
  ).run();
  await insertRunning(tenants, 1, { createdAtMs: nowMs, checkAtMs: nowMs + 1 });
  await env.DB.prepare("UPDATE jobs SET state = 'reserved' WHERE check_at_ms = ?1")
    .bind(nowMs + 1)
    .run();
  const claim = async () => (await claimDue(env.DB, { nowMs, limit: 50, turn: START })).jobs;
  expect(await claim()).toEqual([]);
  const { meta } = await freeStaleReservations(env.DB, nowMs).run();
  expect(meta.changes).toBeGreaterThanOrEqual(30);
  const freed = await claim();
  expect(freed.map(({ state }) => state)).toEqual(Array.from({ length: 30 }, () => 'unconfirmed'));
});

test('the rows that a claim reads do not grow with the jobs that are due', async ({ expect }) => {
  const world = createWorld();
  const tenants = await tenantsOf(world, 50);
  let rowsRead = 0;
  const count: Through = async (_call, run) => {
    const result = await run();
    rowsRead = ([result].flat() as D1Result[]).reduce((sum, { meta }) => sum + meta.rows_read, 0);
    return result;
  };
  const read: number[] = [];
  for (const jobs of [1_000, 9_000]) {
    await insertRunning(tenants, jobs, due(world));
    const { jobs: claimed } = await claimDue(guardedDb(env.DB, count), {
      nowMs: world.clock.now(),
      limit: 50,
      turn: START,
    });
    expect(claimed).toHaveLength(50);
    read.push(rowsRead);
  }
  expect(read[1]).toBe(read[0]);
  // A window function over all that is due reads 51,000.
  expect(read[1]).toBeLessThan(1_000);
});

test('nor do they with the jobs of one customer that are due at one instant', async ({ expect }) => {
  const world = createWorld();
  const tenants = await tenantsOf(world, 1);
  await insertRunning(tenants, 1_000, due(world));
  let rowsRead = 0;
  const count: Through = async (_call, run) => {
    const result = await run();
    rowsRead += ([result].flat() as D1Result[]).reduce((sum, { meta }) => sum + meta.rows_read, 0);
    return result;
  };
  const db = guardedDb(env.DB, count);
  await claimDue(db, { nowMs: world.clock.now(), limit: 100, turn: START });
  expect(rowsRead).toBeLessThan(1_500);
});
