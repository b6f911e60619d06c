// The scenarios: requests to one Worker, a row of the table each. A scenario is compared with the pass-through of its family
// that has the same headers.

import type { Ask } from './drive.ts';
import { CALL_HEADERS, type HeaderSet } from './header-sets.ts';
import { jobId, upstreamId } from './made-up.ts';
import type { Keys } from './seed.ts';

export type Family = 'status' | 'result' | 'submit';
export type MeasuredWorker = (typeof COMPARED)[number] | 'instant';

export type Scenario = {
  name: string;
  family: Family;
  headers: HeaderSet;
  worker: MeasuredWorker;
  ask: Ask;
  /** Calls of the upstream that each request must make; null: any number. */
  upstreamCalls: number | null;
  /** Reads of KV that each request must make. */
  kvReads: number;
  /** Requests right before the rounds, which fill the isolate's memory as the name says. */
  warmUp: number;
};

/** Requests before each turn that do not count: the turn before may have left work. */
export const LEAD = 32;

/**
 * Jobs that are polled for their status, and as many for their result: more than can be asked for within a second, and
 * fewer than the 5,000 whose owners the gateway remembers.
 */
const POLLED_JOBS = 4_000;
/** So few that each is asked for again within a second. */
const WATCHED_JOBS = 20;
const ENDED_JOBS = 200;
const OTHER_JOBS = 500;
/** Each of them is asked for once. */
const FRESH_JOBS = 1_000_000;

export const JOBS: Record<'open' | 'ended' | 'other', number> = {
  open: 2 * POLLED_JOBS + WATCHED_JOBS,
  ended: ENDED_JOBS,
  other: OTHER_JOBS,
};

const COMPARED = ['pass-through', 'hono', 'fal-proxy'] as const;
const MODEL = '/v1/models/bytedance/dreamina-3-0/pro/text-to-video';
const INPUT = {
  prompt: 'a lighthouse in the rain, seen from the sea, with a small boat on its way home '.repeat(2).trim(),
  seed: 42,
};
const GARBAGE = `cg_${'x'.repeat(49)}`;

/** A scenario of the gateway with either set of headers. */
type Gated = Pick<Scenario, 'name' | 'family' | 'upstreamCalls'> &
  Partial<Pick<Scenario, 'kvReads' | 'warmUp'>> & {
    /** Absent for a submit. */
    path?: Ask['path'];
    key?: string;
    status?: number;
    body?: object;
  };

/** All of them, before the upstream at `origin`. */
export function scenarios(origin: string, keys: Keys): Scenario[] {
  const both = (['few', 'many'] as const).flatMap((headers) => [
    ...COMPARED.flatMap((worker) =>
      (['status', 'result', 'submit'] as const).map((family) =>
        comparedWith({ worker, family, headers }, origin),
      ),
    ),
    ...CALLS.map((call) => gated(call, headers, keys)),
  ]);
  return [...both, ...[...SPECIAL_CALLS, overQuota(keys)].map((call) => gated(call, 'few', keys))];
}

function comparedWith(
  { worker, family, headers }: Pick<Scenario, 'family' | 'headers'> & { worker: (typeof COMPARED)[number] },
  origin: string,
): Scenario {
  const isSubmit = family === 'submit';
  const path = isSubmit ? MODEL : `/v1/requests/${upstreamId(jobId('open', 1))}/${family}`;
  return {
    name: worker === 'fal-proxy' ? '@fal-ai/server-proxy' : worker,
    family,
    headers,
    worker,
    ask: {
      method: isSubmit ? 'POST' : 'GET',
      path,
      headers: {
        ...CALL_HEADERS[headers],
        authorization: 'Bearer of-the-client',
        'content-type': 'application/json',
        // Only fal's proxy reads it.
        ...(worker === 'fal-proxy' ? { 'x-fal-target-url': `${origin}${path}` } : {}),
      },
      ...(isSubmit ? { body: JSON.stringify(INPUT) } : {}),
      status: 200,
    },
    upstreamCalls: 1,
    kvReads: 0,
    warmUp: 100,
  };
}

/** The calls that customers make all day. */
const CALLS: Gated[] = [
  {
    name: 'status poll, owner remembered',
    family: 'status',
    upstreamCalls: 1,
    path: { verb: 'status', kind: 'open', count: POLLED_JOBS },
    warmUp: POLLED_JOBS,
  },
  {
    name: 'status poll within a second',
    family: 'status',
    upstreamCalls: null,
    path: { verb: 'status', kind: 'open', from: 2 * POLLED_JOBS, count: WATCHED_JOBS },
  },
  {
    name: 'status of an ended job',
    family: 'status',
    upstreamCalls: 0,
    path: { verb: 'status', kind: 'ended', count: ENDED_JOBS },
    warmUp: 2 * ENDED_JOBS,
  },
  {
    name: 'result of a running job',
    family: 'result',
    upstreamCalls: 1,
    path: { verb: 'result', kind: 'open', from: POLLED_JOBS, count: POLLED_JOBS },
    warmUp: POLLED_JOBS,
  },
  {
    name: 'result of an ended job',
    family: 'result',
    upstreamCalls: 0,
    path: { verb: 'result', kind: 'ended', count: ENDED_JOBS },
    warmUp: 2 * ENDED_JOBS,
  },
  { name: 'submit', family: 'submit', upstreamCalls: 1 },
];

const REFUSED = { family: 'status', upstreamCalls: 0, status: 404 } as const;

/** Rare calls, and calls that are refused. */
const SPECIAL_CALLS: Gated[] = [
  {
    name: 'status poll, owner from KV',
    family: 'status',
    upstreamCalls: 1,
    kvReads: 1,
    path: { verb: 'status', kind: 'fresh', count: FRESH_JOBS },
  },
  {
    ...REFUSED,
    name: 'garbage key',
    path: { verb: 'status', kind: 'open', count: POLLED_JOBS },
    key: GARBAGE,
    status: 401,
  },
  { ...REFUSED, name: 'malformed id', path: '/v1/requests/not-one-of-ours/status' },
  {
    ...REFUSED,
    name: 'foreign id',
    path: { verb: 'status', kind: 'other', count: OTHER_JOBS },
    warmUp: OTHER_JOBS,
  },
  { name: 'bad input', family: 'submit', upstreamCalls: 0, body: { seed: 'x' }, status: 422 },
];

function overQuota(keys: Keys): Gated {
  return { name: 'over quota', family: 'submit', upstreamCalls: 0, key: keys.full, status: 429 };
}

function gated(call: Gated, headers: HeaderSet, keys: Keys): Scenario {
  const { name, family, upstreamCalls, kvReads = 0, path, warmUp = 100, key, status = 200, body } = call;
  const isSubmit = family === 'submit';
  return {
    name,
    family,
    headers,
    worker: 'instant',
    ask: {
      method: isSubmit ? 'POST' : 'GET',
      path: path ?? MODEL,
      headers: {
        ...CALL_HEADERS[headers],
        authorization: `Bearer ${key ?? keys.asks}`,
        'content-type': 'application/json',
      },
      ...(isSubmit ? { body: JSON.stringify(body ?? INPUT) } : {}),
      status,
    },
    upstreamCalls,
    kvReads,
    warmUp,
  };
}
