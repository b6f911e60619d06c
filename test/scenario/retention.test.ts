// The retention of results, and of counters of days that no limit counts any more. A sweep deletes some rows in each run and
// records its place in the same transaction. An interrupted sweep therefore continues, and two at once do no harm: deleted rows
// cannot be deleted again.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { sweepOld } from '../../src/features/erasure/retention.ts';
import { dropOldDays, dropOldResults, readRound } from '../../src/features/erasure/retention-store.ts';
import { differences } from '../support/books.ts';
import { failingDb } from '../support/stores.ts';
import { createWorld, PROMPT, type World } from '../support/world.ts';

const DAY = 86_400_000;

/** A job that has succeeded and is settled. */
async function ended(world: World, token: string): Promise<string> {
  const { request_id: id } = (await world.submit(token, { ...PROMPT, prompt: 'a lake' })).body;
  await world.idle();
  world.runcomfy.finish(world.runcomfy.accepted().jobs.at(-1)!.id, { as: 'succeeded' });
  await world.result(token, id);
  await world.idle();
  return id;
}

async function withResult(ids: string[]): Promise<string[]> {
  const { results } = await env.DB.prepare(
    'SELECT id FROM jobs WHERE result IS NOT NULL AND id IN (SELECT value FROM json_each(?1))',
  )
    .bind(JSON.stringify(ids))
    .all<{ id: string }>();
  return ids.filter((id) => results.some((row) => row.id === id));
}

async function daysOf(subject: string): Promise<number> {
  const count = await env.DB.prepare(
    "SELECT COUNT(*) AS n FROM counters WHERE subject = ?1 AND grain = 'day'",
  )
    .bind(subject)
    .first<number>('n');
  return count ?? 0;
}

test('results are dropped when the days of the settings are over, and asked of RunComfy again', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const first = await ended(world, token);
  world.clock.advance(30 * DAY);
  const second = await ended(world, token);
  const both = [first, second];
  world.clock.advance(60 * DAY - 60_000);
  await sweepOld(world.deps);
  expect(await withResult(both)).toEqual(both);
  world.clock.advance(60_000);
  await sweepOld(world.deps);
  expect(await withResult(both)).toEqual([second]);
  // Fewer days count for what is there already.
  await world.admin('PATCH', '/admin/settings', { retention_days: 30 });
  await sweepOld(world.deps);
  expect(await withResult(both)).toEqual([]);
  await world.admin('PATCH', '/admin/settings', { retention_days: 90 });
  const read = await world.isolate().result(token, second);
  expect(read.body).toMatchObject({ status: 'succeeded' });
  expect(await differences(world)).toEqual([]);
});

test('a few at a time, in the order of their settlement, also of one instant; an interrupted sweep continues', async ({
  expect,
}) => {
  const world = createWorld(Date.parse('2027-01-01'));
  const { token } = await world.tenant();
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    ids.push(await ended(world, token));
  }
  world.clock.advance(91 * DAY);
  const { db, calls } = failingDb(env.DB);
  const left: number[] = [];
  for (const failure of ['before', 'after', 'none', 'none', 'none'] as const) {
    calls.failure = failure;
    await dropOldResults(db, world.clock.now(), 2).catch(() => false);
    left.push((await withResult(ids)).length);
  }
  expect(left).toEqual([5, 3, 1, 0, 0]);
});

test('days of counters that no limit counts are dropped, and the books agree at each step', async ({
  expect,
}) => {
  const world = createWorld(Date.parse('2028-01-01'));
  const tenant = await world.tenant({ limits: { requests_total: 100, requests_per_month: 100 } });
  await ended(world, tenant.token);
  world.clock.advance(40 * DAY);
  await ended(world, tenant.token);
  world.clock.advance(25 * DAY);
  await ended(world, tenant.token);
  expect(await daysOf(tenant.id)).toBe(3);
  const dayMs = world.clock.now() - (world.clock.now() % DAY);
  let round = { beforeMs: dayMs - 62 * DAY, after: '' };
  for (let step = 0; step < 100; step += 1) {
    await dropOldDays(env.DB, round, 2);
    expect(await differences(world)).toEqual([]);
    round = await readRound(env.DB);
    if (round.after === '') {
      break;
    }
  }
  expect(round.after).toBe('');
  for (const subject of [tenant.id, tenant.keyId]) {
    expect(await daysOf(subject)).toBe(2);
  }
  // A run that is still at an older round brings back no day that is dropped.
  await dropOldDays(env.DB, { beforeMs: round.beforeMs - 60 * DAY, after: '' }, 2);
  expect(await differences(world)).toEqual([]);
  expect(await readRound(env.DB)).toEqual(round);
  // A round a day is enough.
  await sweepOld(world.deps);
  expect(await readRound(env.DB)).toEqual(round);
  const { body } = await world.admin('GET', `/admin/customers/${tenant.id}/limits`);
  expect(body.limits).toContainEqual(expect.objectContaining({ name: 'requests_total', used: 3 }));
  expect(await differences(world, tenant.id)).toEqual([]);
});
