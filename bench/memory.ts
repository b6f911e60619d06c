// `npm run bench:memory`: memory of the built gateway's isolate under attack, beside 100 honest submits a second. V8 counts
// it after a collection; buffers outside of its heap are included.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { say, step } from '../scripts/terminal.ts';
import { openHeap } from './load/heap.ts';
import { watch } from './load/watch.ts';
import { attacks, type Attack } from './memory/attacks.ts';
import { createCalls, type Answers } from './memory/calls.ts';
import { submitSteadily } from './memory/honest.ts';
import { startEchoUpstream } from './memory/upstream.ts';
import { raise } from './stage.ts';
import { quantile } from './statistics.ts';
import { seedTenants } from './tenants.ts';

const { values } = parseArgs({
  options: {
    submits: { type: 'string', default: '100' },
    /** Ended jobs whose results are remembered. */
    jobs: { type: 'string', default: '1000' },
    /** A pattern: only these attacks. */
    only: { type: 'string', default: '' },
    out: { type: 'string', default: 'bench/results/memory.json' },
  },
});
const MAY_MIB = 64;
const ATTACKERS = 10;
const HONEST = 10;
/** Time between two looks at the heap, each of which stops the isolate for a moment. */
const LOOK_MS = 3000;

type Figures = {
  name: string;
  idleMiB: number;
  heldMiB: number;
  leftMiB: number;
  rssMiB: number;
  answers: Answers;
  submits: number;
  served: number;
  p50Ms: number;
  p99Ms: number;
};

const folder = mkdtempSync(join(tmpdir(), 'comfygate-memory-'));
const upstream = await startEchoUpstream();
const stage = await raise(folder, upstream.origin, { vars: { PLAN: 'paid' }, inspected: true });
const tenants = await seedTenants(stage.db, ATTACKERS + HONEST);
const calls = createCalls(stage.origins.miniflare, tenants.slice(0, ATTACKERS));
const heap = await openHeap(stage);

async function measure({ name, run }: Attack): Promise<Figures> {
  const idleMiB = await heap.heldMiB();
  const { seconds: watched, stop } = watch(stage.pid);
  const honest = submitSteadily(stage.origins.miniflare, tenants.slice(ATTACKERS), Number(values.submits));
  const attack = run();
  const held: number[] = [];
  for (let isOver = false; !isOver;) {
    held.push(await heap.heldMiB());
    isOver = await Promise.race([attack.then(() => true), sleep(LOOK_MS).then(() => false)]);
  }
  const answers = await attack;
  const latenciesMs = await honest.stop();
  stop();
  const rss = watched.map(({ rssMiB }) => rssMiB);
  return {
    name,
    idleMiB,
    heldMiB: Math.max(...held),
    leftMiB: await heap.heldMiB(),
    rssMiB: Math.max(0, ...rss) - (rss[0] ?? 0),
    answers,
    submits: honest.sent(),
    served: latenciesMs.length,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
  };
}

function line([name = '', ...rest]: string[]): string {
  return name.padEnd(42) + rest.map((cell) => cell.padStart(9)).join('');
}

try {
  const only = new RegExp(values.only);
  const all: Figures[] = [];
  say(line(['MiB', 'idle', 'held', 'left', 'RSS +', 'submits', 'p50 ms', 'p99 ms']));
  for (const attack of attacks(stage, calls, Number(values.jobs)).filter(({ name }) => only.test(name))) {
    const figures = await measure(attack);
    all.push(figures);
    const mib = [figures.idleMiB, figures.heldMiB, figures.leftMiB, figures.rssMiB].map((one) =>
      one.toFixed(1),
    );
    const ms = [figures.p50Ms, figures.p99Ms].map((one) => one.toFixed(0));
    say(line([figures.name, ...mib, `${figures.served}/${figures.submits}`, ...ms]));
    step(JSON.stringify(figures.answers));
  }
  const most = Math.max(...all.map(({ heldMiB }) => heldMiB));
  const isServed = all.every(({ served, submits }) => served === submits);
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, `${JSON.stringify({ measuredAt: new Date().toISOString(), all }, null, 2)}\n`);
  say();
  say(
    `${most.toFixed(1)} MiB at most; ${MAY_MIB} are allowed. Honest submits: ${isServed ? 'all' : 'not all'} served.`,
  );
  process.exitCode = most < MAY_MIB && isServed ? 0 : 1;
} finally {
  heap.close();
  await calls.end();
  await stage.end();
  await upstream.end();
  rmSync(folder, { recursive: true, force: true });
}
