// A job: its states, its ends, its charge, and when the cron checks it. Pure rules, no clock.

import type { AccountId, CustomerId, JobId, KeyId } from '../../lib/ids.ts';
import type { PriceSnapshot } from '../pricing/price-format.ts';
import type { ChargeMode } from '../pricing/price.ts';
import type { EndState, JobResult, ReportedCost, SuccessWord } from '../runcomfy/wire.ts';
import { divide, microsOf, type Micros } from '../../lib/money.ts';
import { Problem } from '../../lib/problem.ts';

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
export type EndedState = Exclude<JobState, 'reserved' | 'running' | 'unconfirmed'>;

/** Why an estimate stands in the place of a reported cost. */
export type CostFlag = 'missing' | 'invalid';

/** The immutable facts that a poll needs. */
export type Owned = {
  jobId: JobId;
  customerId: CustomerId;
  tokenId: KeyId | '';
  /** The customer's end user whose token submitted it; '': none. */
  endUser: string;
  accountId: AccountId;
  upstreamId: string;
  /** The model id that was asked for; null in copies that were written without. */
  modelId: string | null;
  createdAtMs: number;
};

export type Job = {
  id: JobId;
  customerId: CustomerId;
  keyId: KeyId;
  tokenId: KeyId | '';
  endUser: string;
  modelId: string;
  accountId: AccountId;
  state: JobState;
  upstreamId: string | null;
  /** The call that submitted it; null in rows from before this was kept. */
  traceId: string | null;
  /** SHA-256 of the body, kept for a submit with an Idempotency-Key. */
  bodyHash: string | null;
  /** The price at the gate: the charge follows it, whatever is changed later. */
  unitMicros: Micros;
  estimateMicros: Micros;
  holdMicros: Micros;
  /** The least that a charge by the reported cost comes to. */
  leastMicros: Micros;
  /** The part of the estimate, and of RunComfy's cost, that items of lists add. */
  addsMicros: Micros;
  addsCostMicros: Micros;
  chargeMode: ChargeMode;
  markupE4: number;
  price: PriceSnapshot | null;
  /** Null until the job is settled. */
  chargeMicros: Micros | null;
  /** The cost to the operator that RunComfy reported. */
  costMicros: Micros | null;
  /** When the cost was booked. */
  costAtMs: number | null;
  costFlag: CostFlag | null;
  /** RunComfy's own word, of a job that succeeded. */
  successWord: SuccessWord | null;
  /** The stored JSON: see readResult. Its parsed values would take many times the memory. */
  result: string | null;
  createdAtMs: number;
  endedAtMs: number | null;
  settledAtMs: number | null;
  /** When the cron checks it again; null: never. */
  checkAtMs: number | null;
  checks: number;
  missing: number;
  missingSinceMs: number | null;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A `reserved` job older than this was cut off while it was sent. */
export const STALE_RESERVED_MS = 5 * MINUTE_MS;
const FIRST_CHECK_MS = 45_000;
const RUNNING_LOST_MS = 7 * DAY_MS;
const MISSING_LOST = 3;
const MISSING_LOST_MS = HOUR_MS;

/** The answer to customers for an id that is malformed, missing or belongs to another customer. */
export function noSuchJob(): Problem {
  return new Problem('job_not_found', 'There is no request with this id, or it is not yours.');
}

/** The answer to the operator, who may see that an id exists. */
export function noSuchJobForOperator(): Problem {
  return new Problem('not_found', 'There is no such job.');
}

/** The states of a job that may still end. */
export const OPEN_STATES: JobState[] = ['reserved', 'unconfirmed', 'running'];
/** The states of a job that RunComfy has not been seen to take. */
export const UNANSWERED_STATES: JobState[] = ['reserved', 'unconfirmed'];

export function isEnded(state: JobState): state is EndedState {
  return state !== 'reserved' && state !== 'running' && state !== 'unconfirmed';
}

/** The end that RunComfy reported, or null without one. */
export function endStateOf({ state }: Pick<Job, 'state'>): EndState | null {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled' ? state : null;
}

/** How the books gave the job up, or null. That stands, whatever RunComfy reports later. */
export function givenUpAs({ state }: Pick<Job, 'state'>): 'lost' | 'refused' | null {
  return state === 'lost' || state === 'refused' ? state : null;
}

/** D1 does not know if RunComfy took the job. KV may know. */
export function isUnanswered({ state }: Pick<Job, 'state'>): boolean {
  return UNANSWERED_STATES.includes(state);
}

export type FirstOutcome = 'accepted' | 'unknown' | 'in flight';

/** The outcome that a later submit with the same Idempotency-Key gets. A refused job frees its key. */
export function firstOutcomeOf(job: Job): FirstOutcome {
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

/** A success whose cost has not been reported by then is charged by its estimate. */
export const COST_WAIT_MS = 10 * MINUTE_MS;

/** The charge for a job that ended; `chargeMicros` is null while it waits for the reported cost. */
export type Due = { chargeMicros: Micros | 0 | null; flag: CostFlag | null };

/**
 * The charge to the customer for an end: only success costs, and never more than the hold. Settlement and /result share
 * this rule. `isLate`: an absent cost is not waited for any longer.
 */
export function chargeFor(
  job: Job,
  { state, cost, isLate }: { state: EndState; cost: ReportedCost; isLate: boolean },
): Due {
  if (state !== 'succeeded') {
    return { chargeMicros: 0, flag: null };
  }
  const isMissing = cost.kind === 'absent' && isLate;
  const flag = cost.kind === 'invalid' ? 'invalid' : isMissing ? 'missing' : null;
  if (job.chargeMode === 'estimate' || flag !== null) {
    return { chargeMicros: job.estimateMicros, flag };
  }
  return { chargeMicros: cost.kind === 'known' ? chargeByCost(job, cost.micros) : null, flag: null };
}

/** Rounded half up once, never above the hold, and not below the least of a range. */
function chargeByCost(job: Job, costMicros: Micros): Micros {
  const { holdMicros, leastMicros } = job;
  const owed = microsOf(job.price?.isOwn === true ? ownDue(job, costMicros) : markedUp(job, costMicros));
  if (owed === null || owed > holdMicros) {
    return holdMicros;
  }
  return owed < leastMicros ? leastMicros : owed;
}

function markedUp({ markupE4 }: Job, costMicros: Micros): bigint {
  return divide(BigInt(costMicros) * BigInt(markupE4), 10_000n, 'half_up');
}

/** The quantity that the cost implies, at the customer's own price. Jobs of free models are not charged this way. */
function ownDue({ unitMicros, price, addsMicros, addsCostMicros }: Job, costMicros: Micros): bigint {
  const counted = BigInt(Math.max(0, costMicros - addsCostMicros)) * BigInt(unitMicros);
  return BigInt(addsMicros) + divide(counted, BigInt(price?.usdMicros ?? 1), 'half_up');
}

/**
 * When the cron checks a running job again: the older, the rarer, up to an hour. The first check comes so soon that a job
 * of a few seconds is settled within two minutes, wherever in the cron's minute it was submitted.
 */
export function nextCheckMs(job: { createdAtMs: number }, nowMs: number): number {
  const quarter = (nowMs - job.createdAtMs) / 4;
  return nowMs + Math.round(Math.min(Math.max(quarter, FIRST_CHECK_MS), HOUR_MS));
}

/** The job ended so long ago that its cost is not waited for any longer. */
export function isCostLate({ endedAtMs }: Job, nowMs: number): boolean {
  return endedAtMs !== null && nowMs - endedAtMs >= COST_WAIT_MS;
}

/**
 * When the cron asks for the cost of a job that has just ended without one: soon, and then ever more rarely, where
 * the charge waits for it; where only the operator's figures do, three runs before it is given up.
 */
export function costCheckMs({ chargeMicros }: Due, nowMs: number): number {
  return nowMs + (chargeMicros === null ? MINUTE_MS : COST_WAIT_MS - 3 * MINUTE_MS);
}

/** No store and no upstream can bring the job to an end, so it is given up as lost. */
export function isLost(job: Job, nowMs: number, unconfirmedLostMs: number): boolean {
  const ageMs = nowMs - job.createdAtMs;
  switch (job.state) {
    case 'unconfirmed':
      return ageMs >= unconfirmedLostMs;
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

/** The end of a job as polls answer it. */
export type EndedJob = {
  state: EndedState;
  successWord: SuccessWord | null;
  result: JobResult | null;
  /** The charge to the customer; null where only RunComfy has been asked. */
  chargeMicros: Micros | 0 | null;
};

/** The end of a job in memory, enough to answer without any store; its result is JSON, as in `Job`. */
export type KeptEnd = Omit<EndedJob, 'result'> & Pick<Job, 'result'>;
