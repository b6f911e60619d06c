// One turn of one scenario: what it did, what it cost, and how often it asked the stores and the upstream.

import { Pool } from 'undici';
import { cpuMs } from './cpu.ts';
import { drive, type Run, type Until } from './drive.ts';
import { LEAD, type Scenario } from './scenarios.ts';
import type { Stage } from './stage.ts';
import type { Upstream } from './upstream.ts';
import type { Meter } from './workers/meter.ts';

/** What one scenario did in one round; the counts are per request. */
export type Sample = {
  requests: number;
  perSecond: number;
  latenciesMs: number[];
  cpuMicros: number;
  d1Queries: number;
  kvReads: number;
  kvWrites: number;
  upstreamCalls: number;
};

export type Plan = { rounds: number; seconds: number; connections: number };
export type Turn = Omit<Plan, 'rounds'>;
type Around = { stage: Stage; upstream: Upstream };

export type Bench = {
  warmUp: (scenario: Scenario) => Promise<void>;
  sample: (scenario: Scenario, plan: Turn) => Promise<Sample>;
  end: () => Promise<void>;
};

const ONE_MINUTE = 60;

export function createBench({ stage, upstream }: Around): Bench {
  const pools = new Map<string, Pool>();
  /** Numbers are never used twice, so that what is new stays new. */
  const asked = new Map<string, number>();

  async function run(scenario: Scenario, until: Until, connections: number): Promise<Run> {
    const { worker, name } = scenario;
    const origin = stage.origins[worker];
    const pool = pools.get(`${origin} ${connections}`) ?? new Pool(origin, { connections });
    pools.set(`${origin} ${connections}`, pool);
    const first = asked.get(`${worker} ${name}`) ?? 0;
    const done = await drive(pool, scenario.ask, { until, first, connections });
    asked.set(`${worker} ${name}`, first + done.requests);
    return done;
  }

  async function sample(scenario: Scenario, { seconds, connections }: Turn): Promise<Sample> {
    await run(scenario, { seconds, requests: LEAD }, connections);
    const before = await read(scenario, stage, upstream);
    const done = await run(scenario, { seconds, requests: scenario.atMost }, connections);
    const after = await read(scenario, stage, upstream);
    const { requests, latenciesMs } = done;
    const each = (name: keyof typeof after) => (after[name] - before[name]) / requests;
    return {
      requests,
      perSecond: requests / done.seconds,
      latenciesMs,
      cpuMicros: each('cpuMicros'),
      d1Queries: each('d1Queries'),
      kvReads: each('kvReads'),
      kvWrites: each('kvWrites'),
      upstreamCalls: each('upstreamCalls'),
    };
  }

  return {
    warmUp: async (scenario) =>
      void (await run(scenario, { seconds: ONE_MINUTE, requests: scenario.warmUp }, 16)),
    sample,
    end: async () => void (await Promise.all([...pools.values()].map((pool) => pool.destroy()))),
  };
}

const NO_STORES: Meter = { d1Queries: 0, kvReads: 0, kvWrites: 0 };

async function read({ worker }: Scenario, stage: Stage, upstream: Upstream) {
  const hasStores = worker === 'instant' || worker === 'miniflare';
  const meter: Meter = hasStores ? await meterOf(stage.origins[worker]) : NO_STORES;
  return { ...meter, cpuMicros: cpuMs(stage.pid) * 1000, upstreamCalls: upstream.calls() };
}

async function meterOf(origin: string): Promise<Meter> {
  const reply = await fetch(`${origin}/bench`);
  const { d1Queries, kvReads, kvWrites } = Object(await reply.json());
  return { d1Queries: Number(d1Queries), kvReads: Number(kvReads), kvWrites: Number(kvWrites) };
}

/** What went wrong with the measurement itself, or null: a poll that was answered from memory is not a poll. */
export function doubtAbout(scenario: Scenario, { upstreamCalls }: Sample): string | null {
  const { name, worker, upstreamCalls: wanted } = scenario;
  // Calls behind the answers of the scenario before may still be under way.
  return wanted === null || Math.abs(upstreamCalls - wanted) < 0.01
    ? null
    : `${name} (${worker}) called the upstream ${upstreamCalls.toFixed(3)} times a request instead of ${wanted}`;
}
