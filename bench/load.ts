// `npm run bench:load`: two minutes of open jobs that their owners poll, of new submits and of the cron, on a schedule
// that waits for no answer. Then every job is brought to its end, and the ledger must agree with the upstream.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { say, step } from '../scripts/terminal.ts';
import { whole } from './format.ts';
import { startJobsUpstream } from './jobs-upstream.ts';
import { createClients } from './load/clients.ts';
import { createCron } from './load/cron.ts';
import { growthOf } from './load/memory.ts';
import { play, type Played } from './load/play.ts';
import { punctual, summary, timings } from './load/report.ts';
import { faults, unfinished } from './load/verdict.ts';
import { memoryOf } from './load/watch.ts';
import { raise } from './stage.ts';
import { mean } from './statistics.ts';
import { seedTenants } from './tenants.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '2000' },
    submits: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'bench/results/load.json' },
  },
});
const jobs = Number(values.jobs);
const plan = { perSecond: Number(values.submits), seconds: Number(values.seconds), pollMs: 2_000 };
/** Jobs end as fast as new ones come in, so that about as many stay open. */
const draw = { seed: Number(values.seed), meanSeconds: jobs / plan.perSecond, failing: 0.03 };
const CUSTOMERS = 50;
const CRON_MS = 10_000;
/** The cron checks a running job every minute at first. */
const DRAIN_MS = 180_000;
const SHOWN = 20;

const folder = mkdtempSync(join(tmpdir(), 'comfygate-load-'));
const upstream = await startJobsUpstream(draw);
const stage = await raise(folder, upstream.origin, { vars: { PLAN: 'paid' }, inspected: true });
const clients = createClients(stage.origins.miniflare, await seedTenants(stage.db, CUSTOMERS));
const cron = createCron(stage, CRON_MS);

/** Nobody polls any more and all jobs have ended upstream: the cron has to settle what is open. */
async function drain(): Promise<void> {
  upstream.endAll();
  const endMs = performance.now() + DRAIN_MS;
  let left = await unfinished(stage.db);
  while (left.open > 0 && performance.now() < endMs) {
    step(`${whole(left.open)} jobs left to the cron, ${whole(left.due)} of them due`);
    await new Promise((resolve) => setTimeout(resolve, CRON_MS));
    left = await unfinished(stage.db);
  }
  await cron.stop();
}

function figuresOf({ calls, kept, watched, tookSeconds, ownCores }: Played) {
  return {
    timings: timings(calls, tookSeconds),
    punctual: punctual(calls),
    workerdCores: mean(watched.map(({ cores }) => cores)),
    ownCores,
    tookSeconds,
    cronMs: cron.runsMs,
    isolate: { ...growthOf(kept), kept },
    workerd: memoryOf(watched),
  };
}

try {
  await clients.fill(jobs);
  clients.calls.length = 0;
  step(`${whole(clients.accepted.length)} jobs of ${CUSTOMERS} customers are open`);
  cron.start();
  upstream.age();
  const played = await play(stage, clients, plan);
  await drain();
  const figures = figuresOf(played);
  const { grewMiB, mayMiB } = figures.isolate;
  const found = [
    ...cron.errors,
    ...(await faults(stage, clients, { upstream, draw })),
    ...(grewMiB > mayMiB ? [`the isolate added ${grewMiB.toFixed(1)} MiB`] : []),
  ];
  const accepted = clients.accepted.length;
  const verdict =
    found.length === 0
      ? [`No error; all of ${whole(accepted)} jobs ended as the upstream says, and the ledger adds up.`]
      : [`${whole(found.length)} things are wrong:`, ...found.slice(0, SHOWN)];
  for (const line of ['', ...summary(figures), '', ...verdict]) {
    say(line);
  }
  mkdirSync(dirname(values.out), { recursive: true });
  const result = { jobs, ...plan, draw, accepted, faults: found, ...figures, everySecond: played.watched };
  writeFileSync(values.out, `${JSON.stringify(result, null, 2)}\n`);
  process.exitCode = found.length === 0 ? 0 : 1;
} finally {
  await cron.stop();
  await clients.end();
  await stage.end();
  await upstream.end();
  rmSync(folder, { recursive: true, force: true });
}
