// What is asked of whom. A row of the table is a scenario; those of the same family are compared with its floor.

import type { Ask } from './drive.ts';
import { jobId, upstreamId, type JobKind } from './made-up.ts';
import type { Keys } from './seed.ts';
import { WORKERS, type WorkerName } from './stage.ts';

export type Family = 'status' | 'result' | 'submit';

export type Scenario = {
  name: string;
  family: Family;
  worker: WorkerName;
  ask: Ask;
  /** Calls of the upstream that each request must make; null: as they come. */
  upstreamCalls: number | null;
  /** Requests that there are ids for in one round. */
  atMost: number;
  /** So many are asked once before the rounds begin, so that the isolate knows what the name says. */
  warmUp: number;
};

/** So many that no job is asked for twice within a second, for polls of the status and as many again of the result. */
const POLLED_JOBS = 8_000;
/** So few that each is asked for again at once. */
const WATCHED_JOBS = 20;
const OPEN_JOBS = 2 * POLLED_JOBS + WATCHED_JOBS;
const ENDED_JOBS = 200;
const OTHER_JOBS = 500;
/** Miniflare's KV has to be filled with each of them, and each is new only once. */
const FRESH_JOBS_A_ROUND = 500;
/** More than the gateway remembers of ids that are no job's. */
const ABSENT_JOBS = 20_000;

export const JOBS: { [kind in Exclude<JobKind, 'absent' | 'fresh'>]: number } = {
  open: OPEN_JOBS,
  ended: ENDED_JOBS,
  other: OTHER_JOBS,
};
/** Jobs that only KV knows, for so many rounds and one more to warm up. */
export const freshJobs = (rounds: number) => FRESH_JOBS_A_ROUND * (rounds + 1);

const MODEL = '/v1/models/bytedance/dreamina-3-0/pro/text-to-video';
const INPUT = {
  prompt: 'a lighthouse in the rain, seen from the sea, with a small boat on its way home '.repeat(2).trim(),
  seed: 42,
};
const GARBAGE = `cg_${'x'.repeat(49)}`;

type Gated = Pick<Scenario, 'name' | 'family' | 'upstreamCalls'> &
  Partial<Pick<Scenario, 'atMost' | 'warmUp'>> & {
    /** The n-th path. Default: the submit's. */
    path?: (number: number) => string;
    key?: string;
    status?: number;
    body?: object;
  };

export function scenarios(origin: string, keys: Keys): Scenario[] {
  const others = (['pass-through', 'hono', 'fal-proxy'] as const).flatMap((worker) =>
    compared(worker, origin),
  );
  const ours = (['instant', 'miniflare'] as const).flatMap((worker) =>
    gated(keys).map((one) => fill(worker, one, keys)),
  );
  return [...others, ...ours].toSorted((a, b) => WORKERS.indexOf(a.worker) - WORKERS.indexOf(b.worker));
}

function compared(worker: 'pass-through' | 'hono' | 'fal-proxy', origin: string): Scenario[] {
  const job = (kind: JobKind, verb: string) => `/v1/requests/${upstreamId(jobId(kind, 1))}/${verb}`;
  const of = (family: Family, path: string): Scenario => ({
    name: worker,
    family,
    worker,
    ask: {
      method: family === 'submit' ? 'POST' : 'GET',
      path: () => path,
      headers: {
        authorization: 'Bearer of-the-client',
        'content-type': 'application/json',
        // Only fal's proxy reads it.
        ...(worker === 'fal-proxy' ? { 'x-fal-target-url': `${origin}${path}` } : {}),
      },
      ...(family === 'submit' ? { body: JSON.stringify(INPUT) } : {}),
      status: 200,
    },
    upstreamCalls: 1,
    atMost: Number.POSITIVE_INFINITY,
    warmUp: 100,
  });
  return [of('status', job('open', 'status')), of('result', job('ended', 'result')), of('submit', MODEL)];
}

function gated(keys: Keys): Gated[] {
  const job =
    (kind: JobKind, verb: string, count: number, from = 0) =>
    (number: number) =>
      `/v1/requests/${jobId(kind, from + (number % count))}/${verb}`;
  return [
    {
      name: 'status poll, owner remembered',
      family: 'status',
      upstreamCalls: 1,
      path: job('open', 'status', POLLED_JOBS),
      warmUp: POLLED_JOBS,
    },
    {
      name: 'status poll, owner from KV',
      family: 'status',
      upstreamCalls: 1,
      path: job('fresh', 'status', Number.POSITIVE_INFINITY),
      atMost: FRESH_JOBS_A_ROUND,
      warmUp: FRESH_JOBS_A_ROUND,
    },
    {
      name: 'status poll within a second',
      family: 'status',
      upstreamCalls: null,
      path: job('open', 'status', WATCHED_JOBS, 2 * POLLED_JOBS),
    },
    {
      name: 'status of an ended job',
      family: 'status',
      upstreamCalls: 0,
      path: job('ended', 'status', ENDED_JOBS),
      warmUp: 2 * ENDED_JOBS,
    },
    {
      name: 'result of a running job',
      family: 'result',
      upstreamCalls: 1,
      path: job('open', 'result', POLLED_JOBS, POLLED_JOBS),
      warmUp: POLLED_JOBS,
    },
    {
      name: 'result of an ended job',
      family: 'result',
      upstreamCalls: 0,
      path: job('ended', 'result', ENDED_JOBS),
      warmUp: 2 * ENDED_JOBS,
    },
    {
      name: 'malformed id',
      family: 'status',
      upstreamCalls: 0,
      path: () => '/v1/requests/not-one-of-ours/status',
      status: 404,
    },
    {
      name: 'missing id',
      family: 'status',
      upstreamCalls: 0,
      path: job('absent', 'status', ABSENT_JOBS),
      status: 404,
    },
    {
      name: 'foreign id',
      family: 'status',
      upstreamCalls: 0,
      path: job('other', 'status', OTHER_JOBS),
      warmUp: OTHER_JOBS,
      status: 404,
    },
    {
      name: 'garbage key',
      family: 'status',
      upstreamCalls: 0,
      path: job('open', 'status', POLLED_JOBS),
      key: GARBAGE,
      status: 401,
    },
    { name: 'submit', family: 'submit', upstreamCalls: 1 },
    { name: 'bad input', family: 'submit', upstreamCalls: 0, body: { seed: 'x' }, status: 422 },
    { name: 'over quota', family: 'submit', upstreamCalls: 0, key: keys.full, status: 429 },
  ];
}

function fill(worker: WorkerName, one: Gated, keys: Keys): Scenario {
  const { name, family, upstreamCalls, path, atMost, warmUp, key, status, body } = one;
  const isSubmit = family === 'submit';
  return {
    name,
    family,
    worker,
    ask: {
      method: isSubmit ? 'POST' : 'GET',
      path: path ?? (() => MODEL),
      headers: { authorization: `Bearer ${key ?? keys.asks}`, 'content-type': 'application/json' },
      ...(isSubmit ? { body: JSON.stringify(body ?? INPUT) } : {}),
      status: status ?? 200,
    },
    upstreamCalls,
    atMost: atMost ?? Number.POSITIVE_INFINITY,
    warmUp: warmUp ?? 100,
  };
}
