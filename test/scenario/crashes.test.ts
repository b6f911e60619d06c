// Random schedules with cuts: at any call D1, KV or RunComfy may fail, before or after it took effect, and isolates
// may die there, while customers submit, retry, poll and cancel and crons run. Then all heals, time passes, and the
// books have to be right. `npm run crashes` plays as many as asked for.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { differences } from '../support/books.ts';
import { CREDIT_USD, openShop } from '../support/shop.ts';
import { playSchedule } from '../support/schedule.ts';
import { brokenPromises, rowsSince } from '../support/verdict.ts';

const PER_TEST = 20;
/** They take seconds, and minutes on a machine that does other things as well. */
const SLOW = { timeout: 600_000 };
const APART_MS = 30 * 86_400_000;

const first = Number(env.CRASH_SEED);
const schedules = Number(env.CRASH_SCHEDULES);

const batches = Array.from({ length: Math.ceil(schedules / PER_TEST) }, (_, batch) => ({
  from: first + batch * PER_TEST,
  to: first + Math.min(schedules, (batch + 1) * PER_TEST) - 1,
}));

test.for(batches)(
  'G3, G4, G5: schedules with cuts, seeds $from to $to',
  SLOW,
  async ({ from, to }, { expect }) => {
    const stage = await openShop();
    const { world, customers } = stage;
    const ids = customers.map(({ id }) => id);
    const spent = new Map(ids.map((id) => [id, 0]));
    const startMs = world.clock.now();
    for (let seed = from; seed <= to; seed += 1) {
      const sinceMs = startMs + (seed - from) * APART_MS;
      world.clock.advance(sinceMs - world.clock.now());
      const story = await playSchedule(stage, seed);
      const { rows, money } = await rowsSince(ids, sinceMs);
      for (const row of rows) {
        spent.set(row.customer_id, spent.get(row.customer_id)! + Number(row.charge_micros));
      }
      const credits = [0, CREDIT_USD * 1e6];
      const wanted = ids.map((id, index) => ({
        id,
        held_micros: 0,
        balance_micros: credits[index]! - spent.get(id)!,
      }));
      expect({ seed, broken: brokenPromises(story, rows) }).toEqual({ seed, broken: [] });
      expect({ seed, money: money.toSorted(byId) }).toEqual({ seed, money: wanted.toSorted(byId) });
    }
    expect(await differences(world)).toEqual([]);
  },
);

function byId(one: { id: string }, other: { id: string }): number {
  return one.id < other.id ? -1 : 1;
}
