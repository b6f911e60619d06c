// One round of calls, one kind after the other, with the rows that D1 read and wrote for them.

import { Pool } from 'undici';
import type { JobsUpstream } from '../jobs-upstream.ts';
import { runCron } from '../run-cron.ts';
import { jobId } from '../made-up.ts';
import type { Stage } from '../stage.ts';
import type { Tenant } from '../tenants.ts';
import type { Meter, Rows } from '../workers/meter.ts';
import { endOpen, seedOpen } from './seed.ts';

export const CALLS = [
  'submit',
  'status poll, owner from D1',
  'status poll, owner remembered',
  'status poll that learns the end',
  'a run of the cron, nothing due',
] as const;
export type CallName = (typeof CALLS)[number];

/** Means of a call in one round, and all latencies. */
export type Sample = { rowsRead: number; rowsWritten: number; d1Queries: number; latenciesMs: number[] };

export type Visit = {
  /** So many calls of each kind. The first round of an isolate also reads keys, models and prices. */
  round: (calls: number) => Promise<Record<CallName, Sample>>;
  /** Submits while so many jobs of the tenant are open. */
  submitAmong: (open: number, calls: number) => Promise<Sample>;
  /** One run of the cron while so many jobs are due. */
  cronAmong: (due: number) => Promise<Sample>;
  end: () => Promise<void>;
};

const MODEL = '/v1/models/bytedance/dreamina-3-0/pro/text-to-video';
const INPUT = JSON.stringify({ prompt: 'a lighthouse in the rain, seen from the sea', seed: 42 });
const DAY_MS = 86_400_000;
const QUIET_MS = 60;

export function visit(stage: Stage, upstream: JobsUpstream, tenant: Tenant): Visit {
  const origin = stage.origins.miniflare;
  const { call, status, end } = createAsker(origin, tenant);
  /** No id is used twice, because the isolate remembers ids. */
  let seeded = 0;

  async function among<T>(open: number, checkAtMs: number, run: () => Promise<T>): Promise<T> {
    await seedOpen(stage.db, tenant, { from: seeded, to: seeded + open, checkAtMs });
    seeded += open;
    const done = await run();
    await endOpen(stage.db);
    return done;
  }

  async function submits(calls: number): Promise<{ sample: Sample; ids: string[] }> {
    const ids: string[] = [];
    const sample = await measure(origin, calls, async () => {
      ids.push(String((await call('POST', MODEL))['request_id']));
    });
    return { sample, ids };
  }

  async function ends(ids: string[]): Promise<Sample> {
    upstream.endAll();
    return measure(origin, ids.length, (number) => status(ids[number] ?? '', 'completed'));
  }

  return {
    async round(calls) {
      const first = seeded;
      const poll = (number: number) => status(jobId('open', first + number), 'in_progress');
      const [fromBooks, remembered] = await among(calls, Date.now() + DAY_MS, async () => [
        await measure(origin, calls, poll),
        await measure(origin, calls, poll),
      ]);
      const { sample, ids } = await submits(calls);
      return {
        submit: sample,
        'status poll, owner from D1': fromBooks,
        'status poll, owner remembered': remembered,
        'status poll that learns the end': await ends(ids),
        'a run of the cron, nothing due': await measure(origin, 1, () => runCron(stage)),
      };
    },
    submitAmong: (open, calls) =>
      among(open, Date.now() + DAY_MS, async () => {
        const { sample, ids } = await submits(calls);
        await ends(ids);
        return sample;
      }),
    cronAmong: (due) => among(due, 0, () => measure(origin, 1, () => runCron(stage))),
    end,
  };
}

function createAsker(origin: string, tenant: Tenant) {
  const pool = new Pool(origin, { connections: 1 });
  const headers = { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/json' };

  async function call(method: 'GET' | 'POST', path: string): Promise<{ [field: string]: unknown }> {
    const body = method === 'POST' ? { body: INPUT } : {};
    const reply = await pool.request({ method, path, headers, ...body });
    const text = await reply.body.text();
    if (reply.statusCode !== 200) {
      throw new Error(`${method} ${path}: ${reply.statusCode}: ${text}`);
    }
    return Object(JSON.parse(text));
  }

  async function status(id: string, wanted: string): Promise<void> {
    const { status: actual } = await call('GET', `/v1/requests/${id}/status`);
    if (actual !== wanted) {
      throw new Error(`${id} is ${String(actual)} instead of ${wanted}`);
    }
  }

  return { call, status, end: () => pool.destroy() };
}

/** Makes one call after another. Work after an answer is counted too. */
async function measure(
  origin: string,
  count: number,
  one: (number: number) => Promise<unknown>,
): Promise<Sample> {
  const before = await quiet(origin);
  const latenciesMs: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const startMs = performance.now();
    await one(number);
    latenciesMs.push(performance.now() - startMs);
  }
  const after = await quiet(origin);
  const each = (name: keyof Rows | 'd1Queries') => (after[name] - before[name]) / count;
  return {
    rowsRead: each('rowsRead'),
    rowsWritten: each('rowsWritten'),
    d1Queries: each('d1Queries'),
    latenciesMs,
  };
}

/** The meter's counts, once they no longer change. */
async function quiet(origin: string): Promise<Meter & Rows> {
  let last = await read(origin);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    const next = await read(origin);
    if (JSON.stringify(next) === JSON.stringify(last)) {
      return next;
    }
    last = next;
  }
}

/** Counts of calls and of rows so far. */
async function read(origin: string): Promise<Meter & Rows> {
  const reply = await fetch(`${origin}/bench`);
  const { d1Queries, kvReads, kvWrites, rowsRead, rowsWritten } = Object(await reply.json());
  return {
    d1Queries: Number(d1Queries),
    kvReads: Number(kvReads),
    kvWrites: Number(kvWrites),
    rowsRead: Number(rowsRead),
    rowsWritten: Number(rowsWritten),
  };
}
