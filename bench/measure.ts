// One turn of one scenario: throughput, CPU, and calls to the stores and the upstream.

import { cpuMs } from './cpu.ts';
import type { Run } from './drive.ts';
import { canCountInstructions, countInstructions } from './instructions.ts';
import type { LoadGenerator } from './load-generator.ts';
import { LEAD, type Scenario } from './scenarios.ts';
import type { Stage } from './stage.ts';
import type { Upstream } from './upstream.ts';
import type { Meter } from './workers/meter.ts';

/** A scenario's turn; CPU, instructions and counts are per request. */
export type Sample = {
  perSecond: number;
  latenciesMs: number[];
  cpuMicros: number;
  /** NaN where the machine does not count them. */
  instructions: number;
  d1Queries: number;
  kvReads: number;
  kvWrites: number;
  upstreamCalls: number;
};

export type Turn = { seconds: number; connections: number };
export type Plan = Turn & { rounds: number };

export type Bench = {
  countsInstructions: boolean;
  warmUp: (scenario: Scenario) => Promise<void>;
  /** Throws when the calls are not those of the scenario. */
  sample: (scenario: Scenario, turn: Turn) => Promise<Sample>;
};

type Around = { stage: Stage; upstream: Upstream; load: LoadGenerator };

const ONE_MINUTE = 60;

export function createBench({ stage, upstream, load }: Around): Bench {
  const countsInstructions = canCountInstructions();
  /** No number is used twice, so that new jobs are new. */
  const asked = new Map<string, number>();

  async function run({ worker, name, ask }: Scenario, turn: Turn, requests: number): Promise<Run> {
    const { seconds, connections } = turn;
    const first = asked.get(`${worker} ${name}`) ?? 0;
    const until = { seconds, requests };
    const done = await load.ask({ origin: stage.origins[worker], ask, connections, first, until });
    asked.set(`${worker} ${name}`, first + done.requests);
    return done;
  }

  async function read({ worker }: Scenario) {
    const meter = worker === 'instant' ? await meterOf(stage.origins.instant) : NO_STORES;
    return { ...meter, cpuMicros: cpuMs(stage.pid) * 1000, upstreamCalls: await upstream.calls() };
  }

  async function sample(scenario: Scenario, turn: Turn): Promise<Sample> {
    await upstream.answerWith(scenario.headers);
    await run(scenario, turn, LEAD);
    const before = await read(scenario);
    const endCount = countsInstructions ? await countInstructions(stage.pid) : null;
    const { requests, seconds, latenciesMs } = await run(scenario, turn, Infinity);
    const instructions = endCount === null ? Number.NaN : await endCount();
    const after = await read(scenario);
    const each = (name: keyof typeof after) => (after[name] - before[name]) / requests;
    const taken: Sample = {
      perSecond: requests / seconds,
      latenciesMs,
      cpuMicros: each('cpuMicros'),
      instructions: instructions / requests,
      d1Queries: each('d1Queries'),
      kvReads: each('kvReads'),
      kvWrites: each('kvWrites'),
      upstreamCalls: each('upstreamCalls'),
    };
    requireCalls(scenario, taken);
    return taken;
  }

  return {
    countsInstructions,
    async warmUp(scenario) {
      await upstream.answerWith(scenario.headers);
      await run(scenario, { seconds: ONE_MINUTE, connections: 16 }, scenario.warmUp);
    },
    sample,
  };
}

const NO_STORES: Meter = { d1Queries: 0, kvReads: 0, kvWrites: 0 };

async function meterOf(origin: string): Promise<Meter> {
  const reply = await fetch(`${origin}/bench`);
  const { d1Queries, kvReads, kvWrites } = Object(await reply.json());
  return { d1Queries: Number(d1Queries), kvReads: Number(kvReads), kvWrites: Number(kvWrites) };
}

/** A poll that memory answered, or whose owner came from KV, belongs to another scenario. */
function requireCalls({ name, headers, ...wanted }: Scenario, sample: Sample): void {
  for (const what of ['upstreamCalls', 'kvReads'] as const) {
    // The scenario before may still have calls under way after its answers.
    if (wanted[what] !== null && Math.abs(sample[what] - wanted[what]) >= 0.01) {
      throw new Error(
        `${name}, ${headers} headers: ${what} ${sample[what].toFixed(3)} instead of ${wanted[what]}`,
      );
    }
  }
}
