// An upstream whose jobs wait, run and end as RunComfy's do, in a thread of its own. The fate of the n-th job follows from
// a seed and n, so that others can compute it too.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { serveJson } from './serve-json.ts';

export type Draw = {
  seed: number;
  /** Mean time from the submit to the end. Exponential: the time that is left does not depend on a job's age. */
  meanSeconds: number;
  /** Share of the jobs that fail, 0 to 1. */
  failing: number;
};

export type Fate = { seconds: number; state: 'succeeded' | 'failed'; costUsd: number };

export type JobsUpstream = {
  origin: string;
  /** Answers so far. */
  calls: () => number;
  /** Jobs accepted so far. */
  submits: () => number;
  /** Jobs age from now on. */
  age: () => void;
  /** Ends every job that was accepted so far. */
  endAll: () => void;
  end: () => Promise<void>;
};

/** The fate of the n-th job, counted from 0. */
export function fateOf({ seed, meanSeconds, failing }: Draw, number: number): Fate {
  const drawn = createHash('sha256').update(`${seed} ${number}`).digest();
  const [life = 0, luck = 0, price = 0] = [0, 4, 8].map((at) => drawn.readUInt32LE(at) / 2 ** 32);
  return {
    seconds: -Math.log(1 - life) * meanSeconds,
    state: luck < failing ? 'failed' : 'succeeded',
    costUsd: Math.round(price * 100) / 1000,
  };
}

/** The id of its n-th job. */
export function upstreamIdOf(number: number): string {
  return `u-taken-${number}`;
}

type Shared = { draw: Draw; bornMs: number; counts: Int32Array };

const CALLS = 0;
const SUBMITS = 1;
/** Milliseconds after the start of the upstream; 0: not yet. */
const AGE_FROM = 2;
const ENDED_UP_TO = 3;

/** Starts it on a free port of the loopback. */
export async function startJobsUpstream(draw: Draw): Promise<JobsUpstream> {
  const counts = new Int32Array(new SharedArrayBuffer(16));
  const bornMs = Date.now();
  const thread = new Worker(import.meta.filename, { workerData: { draw, bornMs, counts } satisfies Shared });
  const [port] = await once(thread, 'message');
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    calls: () => Atomics.load(counts, CALLS),
    submits: () => Atomics.load(counts, SUBMITS),
    age: () => void Atomics.store(counts, AGE_FROM, Date.now() - bornMs),
    endAll: () => void Atomics.store(counts, ENDED_UP_TO, Atomics.load(counts, SUBMITS)),
    end: async () => void (await thread.terminate()),
  };
}

type Taken = Fate & { takenMs: number };

/** A job waits for a tenth of its life, and for 5 s at most. */
const QUEUED_SHARE = 0.1;
const QUEUED_MS = 5_000;

function createJobs({ draw, bornMs, counts }: Shared) {
  const jobs: Taken[] = [];

  function stateOf(number: number, { takenMs, seconds }: Taken): 'in_queue' | 'in_progress' | 'ended' {
    const ageFrom = Atomics.load(counts, AGE_FROM);
    const ageMs = ageFrom === 0 ? 0 : Date.now() - Math.max(takenMs, bornMs + ageFrom);
    if (number < Atomics.load(counts, ENDED_UP_TO) || ageMs >= seconds * 1000) {
      return 'ended';
    }
    return ageMs < Math.min(seconds * 1000 * QUEUED_SHARE, QUEUED_MS) ? 'in_queue' : 'in_progress';
  }

  function take(): object {
    const number = jobs.length;
    jobs.push({ ...fateOf(draw, number), takenMs: Date.now() });
    Atomics.add(counts, SUBMITS, 1);
    return { request_id: upstreamIdOf(number), ...urlsOf(upstreamIdOf(number)) };
  }

  /** A job that was never accepted is a row that the bench has made up, and runs. */
  function describe(id: string, verb: string): object {
    const number = Number(id.slice(upstreamIdOf(0).length - 1));
    const job = jobs[number];
    const state = job === undefined ? 'in_progress' : stateOf(number, job);
    if (job !== undefined && state === 'ended' && verb === 'result') {
      return resultOf(id, job);
    }
    const word = state === 'ended' ? 'completed' : state;
    const place = state === 'in_queue' ? { queue_position: 1 } : {};
    return { request_id: id, status: word, ...place, ...urlsOf(id) };
  }

  return { take, describe };
}

function urlsOf(id: string): object {
  const url = `https://model-api.runcomfy.net/v1/requests/${id}`;
  return { status_url: `${url}/status`, result_url: `${url}/result`, cancel_url: `${url}/cancel` };
}

function resultOf(id: string, { state, costUsd, takenMs }: Taken): object {
  const end =
    state === 'failed'
      ? { error: { message: 'The model ran out of memory.' } }
      : { output: { videos: [`https://cdn.example/${id}.mp4`] } };
  return {
    request_id: id,
    status: state,
    ...end,
    model_id: 'bytedance/dreamina-3-0/pro/text-to-video',
    input: { prompt: 'a lighthouse in the rain, seen from the sea, '.repeat(8), seed: 42 },
    created_at: new Date(takenMs).toISOString(),
    finished_at: new Date().toISOString(),
    cost: costUsd,
  };
}

async function serve(shared: Shared): Promise<void> {
  const jobs = createJobs(shared);
  const port = await serveJson((method, url) => {
    const [, , , id = '', verb = ''] = url.split(/[/?]/);
    Atomics.add(shared.counts, CALLS, 1);
    return method === 'POST' ? jobs.take() : jobs.describe(id, verb);
  });
  parentPort?.postMessage(port, []);
}

if (!isMainThread) {
  await serve(workerData);
}
