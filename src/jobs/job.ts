// What a job is: its states, how it may end, when to look at it again. Pure rules, no clock.

import type { AccountId, CustomerId, JobId, KeyId } from '../lib/ids.ts';
import type { Micros } from '../lib/money.ts';

export const JOB_STATES = [
  'reserved',
  'running',
  'unconfirmed',
  'refused',
  'succeeded',
  'failed',
  'cancelled',
  'lost',
] as const;
export type JobState = (typeof JOB_STATES)[number];
export type EndState = 'succeeded' | 'failed' | 'cancelled';
export type EndedState = Exclude<JobState, 'reserved' | 'running' | 'unconfirmed'>;

/** What /result says of a job that ended; kept, and answered when RunComfy has forgotten it. */
export type JobResult = {
  state: EndState;
  output?: unknown;
  error?: unknown;
  input?: unknown;
  modelId?: string | undefined;
  createdAt?: string | undefined;
  finishedAt?: string | undefined;
};

/** The immutable facts that a poll needs. */
export type Owned = {
  jobId: JobId;
  customerId: CustomerId;
  tokenId: KeyId | '';
  accountId: AccountId;
  upstreamId: string;
};

export type Job = {
  id: JobId;
  customerId: CustomerId;
  keyId: KeyId;
  tokenId: KeyId | '';
  modelId: string;
  accountId: AccountId;
  state: JobState;
  upstreamId: string | null;
  /** SHA-256 of the body, kept for a submit with an Idempotency-Key. */
  bodyHash: string | null;
  unitMicros: Micros;
  holdMicros: Micros;
  chargeMicros: Micros | null;
  costMicros: Micros | null;
  result: JobResult | null;
  createdAtMs: number;
  endedAtMs: number | null;
  checks: number;
  missing: number;
  missingSinceMs: number | null;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A `reserved` job older than this was cut off while it was sent. */
export const STALE_RESERVED_MS = 5 * MINUTE_MS;
const UNCONFIRMED_LOST_MS = DAY_MS;
const RUNNING_LOST_MS = 7 * DAY_MS;
const MISSING_LOST = 3;
const MISSING_LOST_MS = HOUR_MS;

export function isEnded(state: JobState): state is EndedState {
  return state !== 'reserved' && state !== 'running' && state !== 'unconfirmed';
}

/** What a submit with the same Idempotency-Key is told of this first job. A refused job frees its key. */
export function firstOutcome(job: Job): 'accepted' | 'unknown' | 'in flight' {
  switch (job.state) {
    case 'reserved':
      return 'in flight';
    case 'unconfirmed':
      return 'unknown';
    case 'lost':
      return job.upstreamId === null ? 'unknown' : 'accepted';
    default:
      return 'accepted';
  }
}

/** What the customer pays for an end: only success costs, and never more than the hold. */
export function chargeFor(job: Job, state: EndState): Micros | 0 {
  return state === 'succeeded' ? job.holdMicros : 0;
}

/** When the cron looks at a running job again: the older, the rarer, between a minute and an hour. */
export function nextCheckMs(job: { createdAtMs: number }, nowMs: number): number {
  const quarter = (nowMs - job.createdAtMs) / 4;
  return nowMs + Math.round(Math.min(Math.max(quarter, MINUTE_MS), HOUR_MS));
}

/** Whether a job that no store and no upstream can bring to an end has to be given up as lost. */
export function isLost(job: Job, nowMs: number): boolean {
  const ageMs = nowMs - job.createdAtMs;
  switch (job.state) {
    case 'unconfirmed':
      return ageMs >= UNCONFIRMED_LOST_MS;
    case 'running':
      return (
        ageMs >= RUNNING_LOST_MS ||
        (job.missing >= MISSING_LOST &&
          job.missingSinceMs !== null &&
          nowMs - job.missingSinceMs >= MISSING_LOST_MS)
      );
    default:
      return false;
  }
}

/** What is remembered of an ended job: enough to answer without any store. */
export type EndedJob = {
  state: EndedState;
  result: JobResult | null;
  /** What the customer pays for it; null where only RunComfy has been asked. */
  chargeMicros: Micros | 0 | null;
};
