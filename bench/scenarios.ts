// What is asked of whom. A scenario is a row of the table; those of one family are compared with its pass-through.

import type { Ask } from './drive.ts';
import { jobId, upstreamId, type JobKind } from './made-up.ts';
import type { Keys } from './seed.ts';
import type { WorkerName } from './stage.ts';

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
  /** So many are asked before the rounds begin, so that the isolate knows what the name says. */
  warmUp: number;
};

/** Requests before each turn that do not count: what the one before has left to clear away is cleared away in them. */
export const LEAD = 32;

/** So many that no job is asked for twice within a second, for polls of the status and as many of the result. */
const POLLED_JOBS = 8_000;
/** So few that each is asked for again at once. */
const WATCHED_JOBS = 20;
const ENDED_JOBS = 200;
const OTHER_JOBS = 500;
/** Miniflare's KV has to be filled with each of them, and each is new only once. */
const FRESH_JOBS_A_TURN = 200;
/** More than the gateway remembers of ids that are no job's. */
const ABSENT_JOBS = 20_000;

export const JOBS: Record<'open' | 'ended' | 'other', number> = {
  open: 2 * POLLED_JOBS + WATCHED_JOBS,
  ended: ENDED_JOBS,
  other: OTHER_JOBS,
};

/** Jobs that only KV knows, for so many rounds and one more to warm up. */
export function freshJobs(rounds: number): number {
  return (FRESH_JOBS_A_TURN + LEAD) * rounds + FRESH_JOBS_A_TURN;
}

const MODEL = '/v1/models/bytedance/dreamina-3-0/pro/text-to-video';
const INPUT = {
  prompt: 'a lighthouse in the rain, seen from the sea, with a small boat on its way home '.repeat(2).trim(),
  seed: 42,
};
const GARBAGE = `cg_${'x'.repeat(49)}`;

/** One scenario of the gateway's, over either kind of stores. */
type Gated = Pick<Scenario, 'name' | 'family' | 'upstreamCalls'> &
  Partial<Pick<Scenario, 'atMost' | 'warmUp'>> & {
    /** The n-th path; absent for a submit. */
    path?: (number: number) => string;
    key?: string;
    status?: number;
    body?: object;
  };

/** All of them, before the upstream at `origin`. */
export function scenarios(origin: string, keys: Keys): Scenario[] {
  const compared = (['pass-through', 'hono', 'fal-proxy'] as const).flatMap((worker) =>
    (['status', 'result', 'submit'] as const).map((family) => comparedWith(worker, family, origin)),
  );
  const gated = [...polls(), ...refusedPolls(), ...submits(keys)];
  const ours = (['instant', 'miniflare'] as const).flatMap((worker) =>
    gated.map((one) => fill(worker, one, keys)),
  );
  return [...compared, ...ours];
}

function comparedWith(
  worker: 'pass-through' | 'hono' | 'fal-proxy',
  family: Family,
  origin: string,
): Scenario {
  const isSubmit = family === 'submit';
  const job = upstreamId(jobId(family === 'result' ? 'ended' : 'open', 1));
  const path = isSubmit ? MODEL : `/v1/requests/${job}/${family}`;
  return {
    name: worker,
    family,
    worker,
    ask: {
      method: isSubmit ? 'POST' : 'GET',
      path: () => path,
      headers: {
        authorization: 'Bearer of-the-client',
        'content-type': 'application/json',
        // Only fal's proxy reads it.
        ...(worker === 'fal-proxy' ? { 'x-fal-target-url': `${origin}${path}` } : {}),
      },
      ...(isSubmit ? { body: JSON.stringify(INPUT) } : {}),
      status: 200,
    },
    upstreamCalls: 1,
    atMost: Number.POSITIVE_INFINITY,
    warmUp: 100,
  };
}

/** The n-th path of a family that goes round among some jobs of a kind. */
function pathsOf(
  verb: 'status' | 'result',
  kind: JobKind,
  { from = 0, count }: { from?: number; count: number },
) {
  return (number: number) => `/v1/requests/${jobId(kind, from + (number % count))}/${verb}`;
}

function polls(): Gated[] {
  return [
    {
      name: 'status poll, owner remembered',
      family: 'status',
      upstreamCalls: 1,
      path: pathsOf('status', 'open', { count: POLLED_JOBS }),
      warmUp: POLLED_JOBS,
    },
    {
      name: 'status poll, owner from KV',
      family: 'status',
      upstreamCalls: 1,
      path: pathsOf('status', 'fresh', { count: Number.POSITIVE_INFINITY }),
      atMost: FRESH_JOBS_A_TURN,
      warmUp: FRESH_JOBS_A_TURN,
    },
    {
      name: 'status poll within a second',
      family: 'status',
      upstreamCalls: null,
      path: pathsOf('status', 'open', { from: 2 * POLLED_JOBS, count: WATCHED_JOBS }),
    },
    {
      name: 'status of an ended job',
      family: 'status',
      upstreamCalls: 0,
      path: pathsOf('status', 'ended', { count: ENDED_JOBS }),
      warmUp: 2 * ENDED_JOBS,
    },
    {
      name: 'result of a running job',
      family: 'result',
      upstreamCalls: 1,
      path: pathsOf('result', 'open', { from: POLLED_JOBS, count: POLLED_JOBS }),
      warmUp: POLLED_JOBS,
    },
    {
      name: 'result of an ended job',
      family: 'result',
      upstreamCalls: 0,
      path: pathsOf('result', 'ended', { count: ENDED_JOBS }),
      warmUp: 2 * ENDED_JOBS,
    },
  ];
}

function refusedPolls(): Gated[] {
  const refused = { family: 'status', upstreamCalls: 0, status: 404 } as const;
  const own = pathsOf('status', 'open', { count: POLLED_JOBS });
  return [
    { ...refused, name: 'garbage key', path: own, key: GARBAGE, status: 401 },
    { ...refused, name: 'malformed id', path: () => '/v1/requests/not-one-of-ours/status' },
    { ...refused, name: 'missing id', path: pathsOf('status', 'absent', { count: ABSENT_JOBS }) },
    {
      ...refused,
      name: 'foreign id',
      path: pathsOf('status', 'other', { count: OTHER_JOBS }),
      warmUp: OTHER_JOBS,
    },
  ];
}

function submits(keys: Keys): Gated[] {
  return [
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
