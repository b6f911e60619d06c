// `npm run bench:growth`: shows if a call costs more when D1 holds more. The same calls with 10 and a million
// past jobs, 10 and 100,000 customers, one database each, in interleaved rounds. Rows decide; times are only shown.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { say, step } from '../scripts/terminal.ts';
import { visit, type Visit } from './growth/calls.ts';
import { grown, growthOf, table, TOLERANCE, type Size } from './growth/report.ts';
import { seedPast, type Past } from './growth/seed.ts';
import { startJobsUpstream, type JobsUpstream } from './jobs-upstream.ts';
import { raise, type Stage } from './stage.ts';
import { median } from './statistics.ts';
import { seedTenants } from './tenants.ts';
import { amount, whole } from './format.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '1000000' },
    customers: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '10' },
    calls: { type: 'string', default: '30' },
    out: { type: 'string', default: 'bench/results/growth.json' },
  },
});
const jobs = Number(values.jobs);
const customers = Number(values.customers);
const rounds = Number(values.rounds);
const calls = Number(values.calls);
const OPEN_JOBS = 10_000;

const PASTS: Past[] = [
  { jobs: 10, customers: 10 },
  { jobs: 10_000, customers: 10 },
  { jobs, customers: 10 },
  { jobs, customers },
];

type Place = Size & { stage: Stage; visit: Visit };

async function build(folder: string, upstream: JobsUpstream, past: Past): Promise<Place> {
  // Every poll must ask the upstream.
  const stage = await raise(folder, upstream.origin, { vars: { POLL_MAX_AGE_MS: '0' } });
  const [tenant] = await seedTenants(stage.db, 1);
  if (tenant === undefined) {
    throw new Error('there is no tenant');
  }
  await seedPast(stage.db, tenant, past);
  step(`${whole(past.jobs)} past jobs, half of them of one customer, and ${whole(past.customers)} customers`);
  return { past, rounds: [], stage, visit: visit(stage, upstream, tenant) };
}

async function measure(places: Place[]): Promise<void> {
  for (const place of places) {
    await place.visit.round(calls);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const place of round % 2 === 0 ? places : places.toReversed()) {
      place.rounds.push(await place.visit.round(calls));
    }
    step(`round ${round + 1} of ${rounds}`);
  }
}

/** Costs that do grow: with the jobs that are open or due now. */
async function openJobs({ visit: at }: Place) {
  const alone = await at.submitAmong(0, calls);
  const among = await at.submitAmong(OPEN_JOBS, calls);
  const idle = await at.cronAmong(0);
  const busy = await at.cronAmong(OPEN_JOBS);
  return {
    submitPerOpenJob: (among.rowsRead - alone.rowsRead) / OPEN_JOBS,
    cronPerDueJob: (busy.rowsRead - idle.rowsRead) / OPEN_JOBS,
    submitMs: { alone: median(alone.latenciesMs), among: median(among.latenciesMs) },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'comfygate-growth-'));
const upstream = await startJobsUpstream({ seed: 1, meanSeconds: 40, failing: 0 });
const places: Place[] = [];
try {
  for (const past of PASTS) {
    places.push(await build(join(folder, String(places.length)), upstream, past));
  }
  await measure(places);
  const [smallest] = places;
  const open = smallest === undefined ? null : await openJobs(smallest);
  const growth = growthOf(places);
  const complaints = grown(growth);
  say();
  for (const line of [...table(growth), '', ...complaints]) {
    say(line);
  }
  if (open !== null) {
    const { alone, among } = open.submitMs;
    say(`Rows read for each open job of the customer, by a submit: ${amount(open.submitPerOpenJob)}`);
    say(`Rows read for each job that is due, by a run of the cron: ${amount(open.cronPerDueJob)}`);
    say(
      `p50 of a submit: ${amount(alone)} ms with no open job, ${amount(among)} ms with ${whole(OPEN_JOBS)}`,
    );
  }
  mkdirSync(dirname(values.out), { recursive: true });
  const result = { rounds, calls, tolerance: TOLERANCE, growth, openJobs: open, grown: complaints };
  writeFileSync(values.out, `${JSON.stringify(result, null, 2)}\n`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
} finally {
  for (const { stage, visit: at } of places) {
    await at.end();
    await stage.end();
  }
  await upstream.end();
  rmSync(folder, { recursive: true, force: true });
}
