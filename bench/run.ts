// `npm run bench`: what the gateway adds to a call. All Workers in one workerd on direct sockets, before one upstream
// on the loopback; ratios within a round, medians over the rounds. Writes a table, a JSON file and a plot.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { say, step } from '../scripts/terminal.ts';
import { createBench, doubtAbout, type Bench, type Plan } from './measure.ts';
import { figuresOf, table, type Row } from './report.ts';
import { freshJobs, JOBS, scenarios, type Scenario } from './scenarios.ts';
import { seedCustomers, seedJobs, seedOwners } from './seed.ts';
import { raise, type Stage } from './stage.ts';
import { startUpstream } from './upstream.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '1' },
    connections: { type: 'string', default: '16' },
    only: { type: 'string', default: '' },
    out: { type: 'string', default: 'bench/results' },
  },
});
const plan: Plan = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  connections: Number(values.connections),
};

async function prepare(stage: Stage, upstream: string): Promise<Scenario[]> {
  const keys = await seedCustomers(stage.db);
  await seedJobs(stage.db, 'open', JOBS.open);
  await seedJobs(stage.db, 'ended', JOBS.ended);
  await seedJobs(stage.db, 'other', JOBS.other);
  const all = scenarios(upstream, keys).filter(
    ({ worker, name }) =>
      values.only === '' || worker === 'pass-through' || `${worker} ${name}`.match(values.only),
  );
  if (all.some(({ worker }) => worker === 'miniflare')) {
    const { miniflare } = stage.origins;
    await seedOwners(miniflare, 'open', JOBS.open);
    await seedOwners(miniflare, 'ended', JOBS.ended);
    await seedOwners(miniflare, 'other', JOBS.other);
    await seedOwners(miniflare, 'fresh', freshJobs(plan.rounds));
  }
  return all;
}

async function measure(bench: Bench, all: Scenario[]): Promise<Row[]> {
  for (const scenario of all) {
    await bench.warmUp(scenario);
  }
  step('everything is warm');
  const rows: Row[] = all.map((scenario) => ({ scenario, samples: [] }));
  for (let round = 0; round < plan.rounds; round += 1) {
    // There and back again: nobody is always behind the same neighbour.
    for (const row of round % 2 === 0 ? rows : rows.toReversed()) {
      const sample = await bench.sample(row.scenario, plan);
      const doubt = doubtAbout(row.scenario, sample);
      if (doubt !== null) {
        throw new Error(doubt);
      }
      row.samples.push(sample);
    }
    step(`round ${round + 1} of ${plan.rounds}`);
  }
  return rows;
}

const folder = mkdtempSync(join(tmpdir(), 'comfygate-bench-'));
const upstream = await startUpstream();
const stage = await raise(folder, upstream.origin);
const bench = createBench({ stage, upstream });
try {
  step('built and started');
  const all = await prepare(stage, upstream.origin);
  step(
    `${all.length} scenarios, ${plan.rounds} rounds of ${plan.seconds} s each, ${plan.connections} connections`,
  );
  const rows = await measure(bench, all);
  const figures = rows.map((row) => figuresOf(row, rows));
  for (const line of table(figures)) {
    say(line);
  }
  void writeFileSync;
} finally {
  await bench.end();
  await stage.end();
  await upstream.end();
  rmSync(folder, { recursive: true, force: true });
}
