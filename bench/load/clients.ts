// Customers who submit and poll on a schedule that waits for no answer: a call that falls behind is late.

import type { Tenant } from '../tenants.ts';
import { createCaller, type Caller } from './caller.ts';

export type Clients = Pick<Caller, 'calls' | 'errors' | 'end'> & {
  accepted: Submitted[];
  /** How each job ended for its owner, by id. */
  ends: Map<string, string>;
  /** Submits so many jobs, as fast as they are accepted; nobody polls them yet. */
  fill: (count: number) => Promise<void>;
  /** Polls all jobs and submits `perSecond` until `seconds` are over; then waits for the last answers. */
  run: (plan: { perSecond: number; seconds: number; pollMs: number }) => Promise<void>;
};

type Submitted = { id: string; key: string };
type Schedule = { fromMs: number; pollMs: number; untilMs: number };

const MODEL = '/v1/models/bytedance/dreamina-3-0/pro/text-to-video';
const FILLERS = 16;

export function createClients(origin: string, tenants: Tenant[]): Clients {
  const { call, calls, errors, end: close } = createCaller(origin);
  const accepted: Submitted[] = [];
  const ends = new Map<string, string>();
  let submits = 0;

  async function submit(dueMs: number): Promise<Submitted | null> {
    const key = tenants[submits++ % tenants.length]?.key ?? '';
    const reply = await call('submit', { path: MODEL, key, dueMs });
    if (reply === null) {
      return null;
    }
    const job = { id: String(reply['request_id']), key };
    accepted.push(job);
    return job;
  }

  async function own(job: Submitted, schedule: Schedule): Promise<void> {
    const end = await follow(call, job, schedule);
    if (end !== null) {
      ends.set(job.id, end);
    }
  }

  return {
    calls,
    errors,
    end: close,
    accepted,
    ends,
    async fill(count) {
      await Promise.all(
        Array.from({ length: FILLERS }, async () => {
          while (submits < count) {
            await submit(performance.now());
          }
        }),
      );
    },
    async run({ perSecond, seconds, pollMs }) {
      const startMs = performance.now();
      const untilMs = startMs + seconds * 1000;
      const spread = pollMs / accepted.length;
      const owners = accepted.map((job, at) => own(job, { fromMs: startMs + at * spread, pollMs, untilMs }));
      const customer = async (dueMs: number) => {
        const job = await submit(dueMs);
        return job === null ? undefined : own(job, { fromMs: dueMs + pollMs, pollMs, untilMs });
      };
      for (let number = 0; number < perSecond * seconds; number += 1) {
        const dueMs = startMs + (number / perSecond) * 1000;
        await until(dueMs);
        owners.push(customer(dueMs));
      }
      await until(untilMs);
      await Promise.all(owners);
    },
  };
}

/** Polls until the job has ended, then reads its result. Returns how it ended, or null if it did not in time. */
async function follow(
  call: Caller['call'],
  { id, key }: Submitted,
  { fromMs, pollMs, untilMs }: Schedule,
): Promise<string | null> {
  const path = `/v1/requests/${id}`;
  for (let dueMs = fromMs; dueMs < untilMs; dueMs += pollMs) {
    await until(dueMs);
    const reply = await call('status', { path: `${path}/status`, key, dueMs });
    if (reply?.['status'] === 'completed') {
      const result = await call('result', { path: `${path}/result`, key, dueMs: performance.now() });
      return String(result?.['status']);
    }
  }
  return null;
}

async function until(dueMs: number): Promise<void> {
  const waitMs = dueMs - performance.now();
  if (waitMs > 0) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
