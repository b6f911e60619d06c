// `npm run bench`: measures what the gateway adds to a call. All Workers run in one workerd on direct sockets, in front of
// one upstream. Ratios are those of turns side by side. Prints tables; writes bench.json and bench.svg.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { say, step } from '../scripts/terminal.ts';
import { startLoadGenerator } from './load-generator.ts';
import { createBench, type Bench, type Plan } from './measure.ts';
import { plot, type Series } from './plot.ts';
import { figuresOf, tables, type Pair, type Row } from './report.ts';
import { JOBS, scenarios, type Scenario } from './scenarios.ts';
import { seedCustomers, seedJobs } from './seed.ts';
import { raise, type Stage } from './stage.ts';
import { median, quantile, shuffled } from './statistics.ts';
import { startUpstream } from './upstream.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    seconds: { type: 'string', default: '0.1' },
    connections: { type: 'string', default: '16' },
    /** A pattern: only these scenarios, `many submit` for one; the floors are always there. */
    only: { type: 'string', default: '' },
    /** The folder of bench.json and bench.svg. */
    out: { type: 'string', default: 'bench/results' },
  },
});
const plan: Plan = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  connections: Number(values.connections),
};

/** Connections at which the plot has points. */
const LOADS = [1, 4, 16, 64];
const LOAD_ROUNDS = 9;

async function prepare(stage: Stage, upstream: string): Promise<Scenario[]> {
  const keys = await seedCustomers(stage.db);
  for (const kind of ['open', 'ended', 'other'] as const) {
    await seedJobs(stage.db, kind, JOBS[kind]);
  }
  const only = new RegExp(values.only);
  return scenarios(upstream, keys).filter(
    (scenario) => isFloor(scenario) || only.test(`${scenario.headers} ${scenario.name}`),
  );
}

async function measure(bench: Bench, all: Scenario[]): Promise<Row[]> {
  for (const scenario of all) {
    await bench.warmUp(scenario);
  }
  step('everything is warm');
  const rows: Row[] = [];
  for (const [at, scenario] of shuffled(all).entries()) {
    rows.push({ scenario, pairs: await beside(bench, scenario, floorOf(scenario, all)) });
    step(`${at + 1} of ${all.length}: ${scenario.name}, ${scenario.headers} headers`);
  }
  return all.flatMap((scenario) => rows.filter((row) => row.scenario === scenario));
}

function isFloor({ worker }: Scenario): boolean {
  return worker === 'pass-through';
}

function floorOf({ family, headers }: Scenario, all: Scenario[]): Scenario {
  const floor = all.find((one) => isFloor(one) && one.family === family && one.headers === headers);
  if (floor === undefined) {
    throw new Error(`there is no pass-through for ${family} with ${headers} headers`);
  }
  return floor;
}

/**
 * Takes turns with its floor: the speed of a shared machine changes, and this way it changes for both. All rounds follow
 * each other, because an isolate that was idle is slower.
 */
async function beside(bench: Bench, scenario: Scenario, floor: Scenario): Promise<Pair[]> {
  await bench.warmUp(floor);
  await bench.warmUp(scenario);
  const pairs: Pair[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    // Each goes first in half of the rounds.
    const before = round % 2 === 0 ? await bench.sample(floor, plan) : null;
    const sample = await bench.sample(scenario, plan);
    pairs.push({ sample, floor: before ?? (await bench.sample(floor, plan)) });
  }
  return pairs;
}

/** The plotted scenarios at growing loads. */
async function climb(bench: Bench, all: Scenario[]): Promise<Series[]> {
  const plotted = all.filter(
    ({ family, worker, name, headers }) =>
      headers === 'many' &&
      ((worker === 'pass-through' && family !== 'result') ||
        (worker === 'instant' && /^(submit|status poll.*)$/.test(name))),
  );
  const series: Series[] = plotted.map(({ name, family }) => ({
    name: name === 'pass-through' ? `pass-through, ${family}` : name,
    points: [],
  }));
  for (const connections of LOADS) {
    for (const [at, scenario] of plotted.entries()) {
      await bench.warmUp(scenario);
      const samples = [];
      for (let round = 0; round < LOAD_ROUNDS; round += 1) {
        samples.push(await bench.sample(scenario, { seconds: plan.seconds, connections }));
      }
      series[at]?.points.push({
        connections,
        cpuMicros: median(samples.map(({ cpuMicros }) => cpuMicros)),
        p50Ms: median(samples.map(({ latenciesMs }) => quantile(latenciesMs, 0.5))),
      });
    }
    step(`${connections} connections`);
  }
  return series;
}

async function main(stage: Stage, upstream: string, bench: Bench): Promise<void> {
  const [busy = 0] = loadavg();
  step(`built and started; the machine's load is ${busy.toFixed(1)}`);
  const all = await prepare(stage, upstream);
  const { rounds, seconds, connections } = plan;
  step(`${all.length} scenarios, ${rounds} rounds of ${seconds} s each, ${connections} connections`);
  const rows = await measure(bench, all);
  const figures = rows.map(figuresOf);
  const load = await climb(bench, all);
  for (const line of tables(figures)) {
    say(line);
  }
  say();
  say('Ratios are medians of turns side by side, with their 95 % intervals by ranks.');
  if (!bench.countsInstructions) {
    say('`perf stat` counts no instructions on this machine: their column is left out.');
  }
  mkdirSync(values.out, { recursive: true });
  const about = { measuredAt: new Date().toISOString(), node: process.version, cpu: cpus()[0]?.model, plan };
  const json = JSON.stringify({ ...about, scenarios: figures, load }, rounded, 2);
  writeFileSync(join(values.out, 'bench.json'), `${json}\n`);
  writeFileSync(join(values.out, 'bench.svg'), plot('Cost against load, stores that answer at once', load));
  say(`Written: bench.json and bench.svg in ${values.out}`);
}

/** More digits than that are noise. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}

const folder = mkdtempSync(join(tmpdir(), 'comfygate-bench-'));
const upstream = await startUpstream();
const load = startLoadGenerator();
const stage = await raise(folder, upstream.origin, { quiet: true });
try {
  await main(stage, upstream.origin, createBench({ stage, upstream, load }));
} finally {
  await load.end();
  await stage.end();
  await upstream.end();
  rmSync(folder, { recursive: true, force: true });
}
