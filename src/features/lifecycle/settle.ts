// Settlement: turns an end that RunComfy reported into bookings. The one rule for polls, for the operator's verdict and for
// the cron, which books in sets.

import type { LifecycleRuntime } from './memory.ts';
import {
  chargeFor,
  costCheckMs,
  endStateOf,
  givenUpAs,
  isCostLate,
  isEnded,
  OPEN_STATES,
  type Due,
  type Job,
} from '../jobs/job.ts';
import { bookCosts, type LateCost } from '../jobs/progress-store.ts';
import { endJobs } from '../ledger/end-jobs.ts';
import type { JobEnd } from '../ledger/job-end.ts';
import { hasLongerJsonThan } from '../../lib/json-length.ts';
import { isJsonObject } from '../../lib/json.ts';
import type { Log } from '../../lib/log.ts';
import { isAboutAccount } from '../runcomfy/disclosure.ts';
import type { EndState, JobResult, ReportedCost, SuccessWord } from '../runcomfy/wire.ts';

/** Results up to this many characters are kept; a larger one is asked of RunComfy again. */
const MAX_RESULT_CHARS = 32 * 1024;

export type ReadEnd = { result: JobResult; successWord: SuccessWord | null; cost: ReportedCost };

/** `kept`: the JSON of the result for the books; null where it is too large, or where the job ended otherwise before. */
type Learnt = Omit<ReadEnd, 'result'> & { state: EndState; kept: string | null };

/** The end of a job, or of the wait for the cost of one that was settled without it. */
export type Booking = { kind: 'end'; end: JobEnd } | { kind: 'cost'; cost: LateCost };

/** The end of the job and its charge. The end that was reported first stands. */
export function dueOf(
  job: Job,
  reported: { state: EndState; cost: ReportedCost },
  nowMs: number,
): Due & { state: EndState } {
  const state = endStateOf(job) ?? reported.state;
  return { state, ...chargeFor(job, { state, cost: reported.cost, isLate: isCostLate(job, nowMs) }) };
}

/** Ends the job, its hold, or the wait for its cost. Ten at once settle once: the ledger's guard sees to that. */
export async function settle(deps: LifecycleRuntime, job: Job, end: ReadEnd): Promise<void> {
  const nowMs = deps.clock.now();
  const learnt = learn(job, end);
  const booking = bookingOf(job, learnt, nowMs);
  if (booking?.kind === 'cost') {
    await bookCosts(deps.db, [booking.cost], nowMs);
  }
  if (booking?.kind === 'end') {
    const ended = await endJobs(deps, [booking.end]);
    if (!ended.has(job.id)) {
      // Another call was first.
      return;
    }
    logEnd(deps.log, job, booking.end);
  }
  remember(deps, job, learnt);
}

/** The booking that ends what is still open of the job, its hold, or the wait for its cost; null: nothing is. */
export function bookingFor(job: Job, end: ReadEnd, nowMs: number): Booking | null {
  return bookingOf(job, learn(job, end), nowMs);
}

function bookingOf(job: Job, learnt: Learnt, nowMs: number): Booking | null {
  const { cost, kept } = learnt;
  const due = dueOf(job, learnt, nowMs);
  if (job.chargeMicros !== null) {
    return lateCostOf(job, { cost, flag: due.flag, isLate: isCostLate(job, nowMs) });
  }
  if (due.chargeMicros === null && isEnded(job.state)) {
    return null;
  }
  const end: JobEnd = {
    jobId: job.id,
    from: due.state === 'succeeded' ? [...OPEN_STATES, due.state] : OPEN_STATES,
    state: due.state,
    chargeMicros: due.chargeMicros,
    upstreamId: job.upstreamId,
    costMicros: cost.kind === 'known' ? cost.micros : null,
    costFlag: due.flag,
    successWord: due.state === 'succeeded' ? learnt.successWord : null,
    result: kept,
    checkAtMs: cost.kind === 'absent' && due.flag === null ? costCheckMs(due, nowMs) : null,
  };
  return { kind: 'end', end };
}

/** The cost of a job that has been settled without it: booked when it comes, given up when it does not. */
function lateCostOf(
  job: Job,
  { cost, flag, isLate }: { cost: ReportedCost; flag: LateCost['flag']; isLate: boolean },
): Booking | null {
  const micros = cost.kind === 'known' ? cost.micros : null;
  const isGivenUp = job.checkAtMs !== null && (cost.kind === 'invalid' || isLate);
  return job.costMicros === null && (micros !== null || isGivenUp)
    ? { kind: 'cost', cost: { jobId: job.id, micros, flag } }
    : null;
}

/** The end in the log, with an alarm where RunComfy failed the job for a reason of the operator's account. */
export function logEnd(log: Log, { id, accountId }: Job, { state, result }: JobEnd): void {
  log.info('job_ended', { job: id, outcome: state });
  const kept: unknown = state === 'failed' && result !== null ? JSON.parse(result) : null;
  if (isJsonObject(kept) && isAboutAccount(kept['error'])) {
    log.error('job_failed_for_account', { job: id, account: accountId });
  }
}

/** A result that is too large for the books is too large for the isolate's memory as well. */
function remember(deps: LifecycleRuntime, job: Job, learnt: Learnt): void {
  const nowMs = deps.clock.now();
  const due = dueOf(job, learnt, nowMs);
  const chargeMicros = job.chargeMicros ?? due.chargeMicros;
  if (chargeMicros === null) {
    return;
  }
  const givenUp = givenUpAs(job);
  const ended =
    givenUp === null
      ? {
          state: due.state,
          successWord: job.successWord ?? learnt.successWord,
          result: job.result ?? learnt.kept,
          chargeMicros,
        }
      : { state: givenUp, successWord: null, result: null, chargeMicros };
  deps.memory.ended.set(job.id, ended, nowMs);
}

function learn(job: Job, { result, successWord, cost }: ReadEnd): Learnt {
  const { state } = result;
  const isAsBooked = (endStateOf(job) ?? state) === state;
  return { state, successWord, cost, kept: isAsBooked ? keep(result) : null };
}

/** The result as it is kept: whole, without the echoed input if that makes it fit, or not at all. */
function keep(whole: JobResult): string | null {
  const { input: _input, ...rest } = whole;
  for (const part of [whole, rest]) {
    const json = hasLongerJsonThan(part, MAX_RESULT_CHARS) ? null : JSON.stringify(part);
    if (json !== null && json.length <= MAX_RESULT_CHARS) {
      return json;
    }
  }
  return null;
}
