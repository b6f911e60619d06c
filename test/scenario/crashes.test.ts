// Random schedules with cuts: at any call D1, KV or RunComfy may fail, before or after it took effect, while a
// customer submits, polls and cancels and the cron runs. Then all heals, time passes, and the books have to be right.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import type { Fault } from '../../simulator/fault.ts';
import { booksOf, differences } from '../support/books.ts';
import { failingDb, failingKv, type Switch } from '../support/stores.ts';
import { createWorld, type Isolate, type World } from '../support/world.ts';

const SCHEDULES = 200;
const PER_TEST = 50;
const STEPS = 12;
const HEALED = [6, 6, 20, 61, 61, 61, 61, 25 * 60, 25 * 60, 8 * 24 * 60, 60, 60];

/** A small generator with a seed (mulberry32), so that a failure can be played again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SUBMIT_FAULTS: Fault[] = [
  { kind: 'cut' },
  { kind: 'cut_before' },
  { kind: 'status', status: 500, accept: true },
  { kind: 'status', status: 422 },
  { kind: 'status', status: 429 },
  { kind: 'garbage' },
];
const READ_FAULTS: Fault[] = [
  { kind: 'cut' },
  { kind: 'status', status: 503 },
  { kind: 'html' },
  { kind: 'not_ready' },
];

type Stage = {
  world: World;
  isolates: Isolate[];
  token: string;
  customer: string;
  switches: Switch[];
  next: () => number;
};

async function prepare(seed: number): Promise<Stage> {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const switches: Switch[] = [];
  const isolates = [1, 2].map(() => {
    const { db, calls } = failingDb(env.DB);
    const { kv, reads, writes } = failingKv(env.OWNERS);
    switches.push(calls, reads, writes);
    return world.isolate({ DB: db, OWNERS: kv });
  });
  return { world, isolates, token, customer: id, switches, next: random(seed) };
}

/** Every switch may turn before each step, and again between any two calls of it. */
function shake({ switches, next }: Stage): void {
  for (const one of switches) {
    one.decide = () => {
      const dice = next();
      return dice < 0.08 ? 'before' : dice < 0.16 ? 'after' : 'none';
    };
  }
}

function pick<T>(stage: Stage, from: T[]): T {
  return from[Math.floor(stage.next() * from.length)]!;
}

async function step(stage: Stage, jobs: string[]): Promise<void> {
  const { world, token, next } = stage;
  const isolate = pick(stage, stage.isolates);
  const dice = next();
  world.runcomfy.clearFaults();
  if (next() < 0.25) {
    world.runcomfy.fault({ on: 'submit', fault: pick(stage, SUBMIT_FAULTS), times: 1 });
    world.runcomfy.fault({
      on: pick(stage, ['status', 'result', 'cancel']),
      fault: pick(stage, READ_FAULTS),
      times: 1,
    });
  }
  if (dice < 0.4) {
    const prompt = pick(stage, ['a', 'b [sim:fail]', 'c']);
    const { body } = await isolate.submit(token, { prompt });
    if (typeof body.request_id === 'string') {
      jobs.push(body.request_id);
    }
  } else if (dice < 0.8 && jobs.length > 0) {
    const poll = pick(stage, [isolate.status, isolate.result, isolate.cancel]);
    await poll(token, pick(stage, jobs));
  } else {
    await isolate.cron().catch(() => 0);
  }
  world.clock.advance(Math.floor(next() * 120_000));
}

async function heal({ world, switches }: Stage): Promise<void> {
  for (const one of switches) {
    one.decide = () => 'none';
  }
  world.runcomfy.clearFaults();
  await world.idle();
  for (const minutes of HEALED) {
    world.clock.advance(minutes * 60_000);
    await world.cron();
    await world.idle();
  }
}

const seeds = Array.from({ length: SCHEDULES / PER_TEST }, (_, batch) => batch * PER_TEST);

test.for(seeds)(`G4, G5: ${PER_TEST} schedules with cuts from seed %d on`, async (first, { expect }) => {
  for (let seed = first; seed < first + PER_TEST; seed += 1) {
    const stage = await prepare(seed);
    shake(stage);
    const jobs: string[] = [];
    for (let count = 0; count < STEPS; count += 1) {
      await step(stage, jobs);
    }
    await heal(stage);

    const { world, customer } = stage;
    const books = await booksOf(customer);
    const rows = await rowsOf(customer);
    const accepted = new Map(world.runcomfy.accepted().jobs.map((job) => [job.id, job]));
    const told = `seed ${seed}`;
    // No row is open, each hold has its end, and the sums are right.
    expect([told, books.heldMicros, books.holds - books.ends]).toEqual([told, 0, 0]);
    expect([told, await differences(world, customer)]).toEqual([told, []]);
    // At most one upstream job per row, and none is charged that RunComfy did not run to success.
    const upstreamIds = rows.flatMap((row) => row.upstream_id ?? []);
    expect([told, new Set(upstreamIds).size]).toEqual([told, upstreamIds.length]);
    expect([told, rows.length >= accepted.size]).toEqual([told, true]);
    for (const row of rows) {
      const upstream = accepted.get(row.upstream_id ?? '');
      if (row.charge_micros > 0) {
        expect([told, row.state, upstream?.state]).toEqual([told, 'succeeded', 'succeeded']);
      }
      if (upstream?.state === 'succeeded' && row.state !== 'lost') {
        expect([told, row.state, row.charge_micros]).toEqual([told, 'succeeded', row.hold_micros]);
      }
    }
  }
});

type Row = { state: string; upstream_id: string | null; charge_micros: number; hold_micros: number };

async function rowsOf(customer: string): Promise<Row[]> {
  const { results } = await env.DB.prepare('SELECT * FROM jobs WHERE customer_id = ?1')
    .bind(customer)
    .all<Row>();
  return results;
}
