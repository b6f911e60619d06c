// G5: nobody waits for somebody else. Everything is played against the clock: a call to D1, KV or RunComfy takes 200 ms,
// the cron is fired each minute. `npm run fairness` plays it in full and prints the figures.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { nextCheckMs } from '../../src/features/jobs/job.ts';
import { booksOf, differences } from '../support/books.ts';
import { slowIsolate, type SlowIsolate, type Spent } from '../support/latency.ts';
import { insertRunning } from '../support/open-jobs.ts';
import { createWorld, type Tenant, type World } from '../support/world.ts';

const MINUTE = 60_000;
const CALL_MS = 200;
const PLANS = ['paid', 'free'] as const;

const outage = Number(env.FAIRNESS_JOBS);
/** As `npm run fairness` plays it. */
const isInFull = outage >= 10_000;

async function tenants(world: World, number: number): Promise<Tenant[]> {
  const made: Tenant[] = [];
  for (let each = 0; each < number; each += 1) {
    made.push(await world.tenant());
  }
  return made;
}

/** RunComfy's word on a job, by its upstream id; null: nothing that can be read. */
type Word = (upstreamId: string, nowMs: number) => object | null;
type Play = { word: Word; takesMs: (upstreamId: string) => number };

const jobOf = (request: Request) =>
  /^\/v1\/requests\/([^/]+)\/result$/.exec(new URL(request.url).pathname)?.[1];

/** An isolate whose calls take their time, and RunComfy as `word` has it. */
function play(world: World, { word, takesMs }: Play, settings: object): SlowIsolate {
  const answer = async (request: Request) => {
    const id = jobOf(request);
    const said = id === undefined ? { balance_usd: 1000 } : word(id, world.clock.now());
    return said === null ? new Response('', { status: 504 }) : Response.json({ request_id: id, ...said });
  };
  const time = (request: Request | null) => {
    const id = request === null ? undefined : jobOf(request);
    return id === undefined ? CALL_MS : takesMs(id);
  };
  return slowIsolate(world, { answer, takesMs: time }, settings);
}

const succeeded = { status: 'succeeded', output: { image: 'https://files.runcomfy.net/a.png' }, cost: 0.2 };
const runs = { status: 'in_progress' };

/** Cloudflare's limits for one run: queries to D1, calls that leave the Worker, and the minute. */
const ALLOWED = { paid: { queries: 1_000, subrequests: 10_000 }, free: { queries: 50, subrequests: 50 } };

type Fired = { world: World; cron: SlowIsolate; plan: keyof typeof ALLOWED };

/** Fires the cron now, and lets the rest of the minute pass. Throws when the run was over what it is allowed. */
async function fireCron({ world, cron, plan }: Fired): Promise<Spent> {
  const startMs = world.clock.now();
  const spent = await cron.drive(cron.cron());
  const { queries, subrequests } = ALLOWED[plan];
  if (spent.queries > queries || spent.subrequests > subrequests || spent.tookMs >= MINUTE) {
    throw new Error(`a run of plan ${plan} took ${JSON.stringify(spent)}`);
  }
  world.clock.advance(startMs + MINUTE - world.clock.now());
  return spent;
}

async function count(where: string, ...values: unknown[]): Promise<number> {
  const found = await env.DB.prepare(`SELECT COUNT(*) AS n FROM jobs WHERE ${where}`)
    .bind(...values)
    .first<number>('n');
  return found ?? 0;
}

/** Figures that `npm run fairness` prints. */
function measured(task: { meta: object }, figures: Record<string, number>): void {
  Object.assign(task.meta, { measured: figures });
}

test('an outage is over: all jobs of 50 customers are settled within ten minutes', async ({
  expect,
  task,
}) => {
  const world = createWorld();
  const startMs = world.clock.now();
  const cron = play(world, { word: () => succeeded, takesMs: () => CALL_MS }, { PLAN: 'paid' });
  await insertRunning(await tenants(world, 50), outage, {
    createdAtMs: startMs - 60 * MINUTE,
    checkAtMs: startMs - MINUTE,
  });
  const spent: Spent[] = [];
  while ((await count('settled_at_ms IS NULL')) > 0) {
    spent.push(await fireCron({ world, cron, plan: 'paid' }));
  }
  const lastMs = await env.DB.prepare('SELECT MAX(settled_at_ms) AS n FROM jobs').first<number>('n');
  const minutes = (Number(lastMs) - startMs) / MINUTE;
  const sum = (what: keyof Spent) => spent.reduce((total, run) => total + run[what], 0);
  const most = (what: keyof Spent) => Math.max(...spent.map((run) => run[what]));
  measured(task, {
    minutes,
    longestRunS: most('tookMs') / 1000,
    mostQueries: most('queries'),
    mostSubrequests: most('subrequests'),
    claimReadsAJob: sum('claimReads') / outage,
    readsAJob: sum('rowsRead') / outage,
    writesAJob: sum('rowsWritten') / outage,
  });
  expect(minutes).toBeLessThan(10);
  expect(await differences(world)).toEqual([]);
});

/** The answers of RunComfy for jobs of A that never end: it reports them as running, or stays silent until the call times out. */
const STUCK = { 'run on': CALL_MS, 'get no answer': 8000 };
const stuck = PLANS.flatMap((plan) => (['run on', 'get no answer'] as const).map((how) => ({ plan, how })));

test.for(stuck)(
  '600 jobs of A $how: B’s jobs of 5 s are settled within 2 minutes, plan $plan',
  async ({ plan, how }, { expect, task }) => {
    const world = createWorld();
    const { clock } = world;
    const [ada, bob] = await tenants(world, 2);
    const startMs = clock.now();
    await insertRunning([ada!], 600, { createdAtMs: startMs - 10 * MINUTE, checkAtMs: startMs - MINUTE });
    const ends = new Map<string, number>();
    const word: Word = (id, nowMs) => {
      const isOver = (ends.get(id) ?? Infinity) <= nowMs;
      return isOver ? succeeded : how === 'run on' || ends.has(id) ? runs : null;
    };
    const takesMs = (id: string) => (ends.has(id) ? CALL_MS : STUCK[how]);
    const cron = play(world, { word, takesMs }, { PLAN: plan });
    // One job of B's a minute, each somewhere else in it.
    for (let minute = 0; minute < 12; minute += 1) {
      const createdAtMs = clock.now() + 5003 * minute;
      const checkAtMs = nextCheckMs({ createdAtMs }, createdAtMs);
      const [job] = await insertRunning([bob!], 1, { createdAtMs, checkAtMs });
      ends.set(job!.upstreamId, createdAtMs + 5000);
      await fireCron({ world, cron, plan });
    }
    await fireCron({ world, cron, plan });
    await fireCron({ world, cron, plan });
    const { results } = await env.DB.prepare(
      'SELECT settled_at_ms - created_at_ms AS n FROM jobs WHERE customer_id = ?1',
    )
      .bind(bob!.id)
      .all<{ n: number | null }>();
    const afterMs = results.map(({ n }) => n ?? Infinity);
    measured(task, { slowestJobS: Math.max(...afterMs) / 1000 });
    expect(afterMs).toHaveLength(12);
    expect(Math.max(...afterMs)).toBeLessThanOrEqual(2 * MINUTE);
    expect(await booksOf(ada!.id)).toMatchObject({ states: { running: 600 }, ends: 0 });
    expect(await differences(world)).toEqual([]);
  },
);

test.for(PLANS)(
  '600 jobs of A that do not end: late costs are booked within 10 minutes, plan %s',
  async (plan, { expect, task }) => {
    const world = createWorld();
    const [ada, bob] = await tenants(world, 2);
    const startMs = world.clock.now();
    await insertRunning([ada!], 600, { createdAtMs: startMs - 10 * MINUTE, checkAtMs: startMs - MINUTE });
    const due = { createdAtMs: startMs - 10_000, checkAtMs: startMs };
    const ended = new Set(
      [
        ...(await insertRunning([bob!], 10, { ...due, mode: 'cost' })),
        ...(await insertRunning([bob!], 10, due)),
      ].map(({ upstreamId }) => upstreamId),
    );
    // RunComfy tells the costs after four minutes.
    const word: Word = (id, nowMs) => {
      const { cost, ...rest } = succeeded;
      return ended.has(id) ? { ...rest, ...(nowMs < startMs + 4 * MINUTE ? {} : { cost }) } : runs;
    };
    const cron = play(world, { word, takesMs: () => CALL_MS }, { PLAN: plan });
    for (let minute = 0; minute < 13; minute += 1) {
      await fireCron({ world, cron, plan });
    }
    const { results } = await env.DB.prepare(
      `SELECT charge_mode, cost_flag, cost_at_ms - ended_at_ms AS n, charge_micros FROM jobs
       WHERE customer_id = ?1 ORDER BY charge_mode`,
    )
      .bind(bob!.id)
      .all<{ charge_mode: string; cost_flag: string | null; n: number | null; charge_micros: number }>();
    const afterMs = results.map(({ n }) => n ?? Infinity);
    measured(task, { slowestCostS: Math.max(...afterMs) / 1000 });
    expect(results.map(({ n: _n, ...charged }) => charged)).toEqual([
      ...Array.from({ length: 10 }, () => ({ charge_mode: 'cost', cost_flag: null, charge_micros: 200_000 })),
      ...Array.from({ length: 10 }, () => ({
        charge_mode: 'estimate',
        cost_flag: null,
        charge_micros: 250_000,
      })),
    ]);
    expect(Math.max(...afterMs)).toBeLessThanOrEqual(10 * MINUTE);
    expect(await differences(world)).toEqual([]);
  },
);

const POISON = { prompt: 'a lighthouse [sim:500]' };
/** Without a guard each second of a poisoned customer is a POST. */
const storms: { who: string; poisoned: number; seconds: number }[] = [
  { who: 'A and B', poisoned: 2, seconds: 200 },
  { who: 'A alone', poisoned: 1, seconds: isInFull ? 200 : 60 },
];

test.for(storms)(
  '$seconds s of a submit a second each: RunComfy answers $who with 500, and C is served',
  async ({ poisoned, seconds }, { expect, task }) => {
    const world = createWorld();
    const [honest, ...others] = await tenants(world, 1 + poisoned);
    let served = 0;
    for (let second = 0; second < seconds; second += 1) {
      const [{ status }] = await Promise.all([
        world.submit(honest!.token),
        ...others.map(({ token }) => world.submit(token, POISON)),
      ]);
      served += status === 200 ? 1 : 0;
      await world.idle();
      world.clock.advance(1000);
    }
    const posts = world.runcomfy.calls().counts.submit - served;
    measured(task, { served, posts });
    expect(served).toBeGreaterThanOrEqual(seconds - 5);
    expect(posts).toBeLessThanOrEqual(30);
    expect(await differences(world)).toEqual([]);
  },
);
