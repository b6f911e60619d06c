// Observe a job: learn its end from RunComfy's /result and settle it. The one path to a settlement, taken by
// status, result, cancel and the cron alike. /status never says «failed», so only /result is believed.

import type { LifecycleRuntime } from './memory.ts';
import { endHolds } from '../ledger/end-store.ts';
import { isAboutAccount } from '../runcomfy/disclosure.ts';
import type { ResultRead } from '../runcomfy/reads.ts';
import {
  chargeFor,
  endStateOf,
  givenUpAs,
  costCheckMs,
  isCostLate,
  isEnded,
  OPEN_STATES,
  type CostFlag,
  type Due,
  type EndedJob,
  type Job,
  type Owned,
} from '../jobs/job.ts';
import { bookCost, findJob } from '../jobs/store.ts';
import type { EndState, JobResult, ReportedCost, SuccessWord } from '../runcomfy/wire.ts';
import { askResult } from './ask.ts';

/** Results up to this many characters are kept; a larger one is asked of RunComfy again. */
const MAX_RESULT_CHARS = 32 * 1024;

export type ReadEnd = { result: JobResult; successWord: SuccessWord | null; cost: ReportedCost };

/** Asks /result, and settles if it tells of an end. Ten at once settle once: the ledger's guard sees to that. */
export async function observe(deps: LifecycleRuntime, owned: Owned): Promise<ResultRead> {
  const read = await askResult(deps, owned);
  if (read.kind === 'end') {
    await conclude(deps, owned, read);
  }
  return read;
}

/** Books the end that /result told of, unless this isolate knows that it has been booked. */
export async function conclude(deps: LifecycleRuntime, owned: Owned, end: ReadEnd): Promise<void> {
  if (deps.memory.ended.get(owned.jobId, deps.clock.now()) !== undefined) {
    return;
  }
  const job = await findJob(deps.db, owned.jobId);
  if (job !== null) {
    await settle(deps, { ...job, upstreamId: owned.upstreamId }, end);
  }
}

type DueEnd = Due & { state: EndState };

/** The end of the job and what it costs. The end that was learnt first stands. */
export function dueOf(job: Job, end: ReadEnd, nowMs: number): DueEnd {
  const state = endStateOf(job) ?? end.result.state;
  return { state, ...chargeFor(job, { state, cost: end.cost, isLate: isCostLate(job, nowMs) }) };
}

/** Ends the job, its hold, or the wait for its cost: whatever of these is still open and can be told now. */
export async function settle(deps: LifecycleRuntime, job: Job, end: ReadEnd): Promise<void> {
  const nowMs = deps.clock.now();
  const due = dueOf(job, end, nowMs);
  const { state } = due;
  const kept = keep(end.result);
  const isBooked =
    job.chargeMicros === null
      ? await endOnce(deps, job, { end, due, result: kept?.text ?? null })
      : await bookLateCost(deps, job, { cost: end.cost, flag: due.flag });
  const chargeMicros = job.chargeMicros ?? due.chargeMicros;
  if (isBooked && chargeMicros !== null) {
    // What is too large for the books is too large for the isolate's memory as well.
    const result = job.result ?? kept?.result ?? null;
    const successWord = job.successWord ?? end.successWord;
    const givenUp = givenUpAs(job);
    const ended: EndedJob =
      givenUp === null
        ? { state, successWord, result, chargeMicros }
        : { state: givenUp, successWord: null, result: null, chargeMicros };
    deps.memory.ended.set(job.id, ended, nowMs);
  }
}

/** Ends a job that has not been settled; false when somebody else was first. */
async function endOnce(
  deps: LifecycleRuntime,
  job: Job,
  { end, due, result }: { end: ReadEnd; due: DueEnd; result: string | null },
): Promise<boolean> {
  if (due.chargeMicros === null && isEnded(job.state)) {
    return true;
  }
  const nowMs = deps.clock.now();
  const { state } = due;
  const changed = await endHolds(deps.db, {
    jobIds: [job.id],
    from: state === 'succeeded' ? [...OPEN_STATES, state] : OPEN_STATES,
    state,
    chargeMicros: due.chargeMicros,
    atMs: nowMs,
    upstreamId: job.upstreamId,
    costMicros: end.cost.kind === 'known' ? end.cost.micros : null,
    costFlag: due.flag,
    successWord: state === 'succeeded' ? end.successWord : null,
    result,
    checkAtMs: end.cost.kind === 'absent' && due.flag === null ? costCheckMs(due, nowMs) : null,
  });
  if (changed === 1) {
    deps.log.info('job_ended', { job: job.id, outcome: state });
    if (isAboutAccount(end.result.error)) {
      deps.log.error('job_failed_for_account', { job: job.id, account: job.accountId });
    }
  }
  return changed === 1;
}

/** The cost of a job that has been settled without it: booked when it comes, given up when it does not. */
async function bookLateCost(
  deps: LifecycleRuntime,
  job: Job,
  { cost, flag }: { cost: ReportedCost; flag: CostFlag | null },
): Promise<boolean> {
  const micros = cost.kind === 'known' ? cost.micros : null;
  const isGivenUp = job.checkAtMs !== null && (cost.kind === 'invalid' || isCostLate(job, deps.clock.now()));
  if (job.costMicros === null && (micros !== null || isGivenUp)) {
    await bookCost(deps.db, job.id, { micros, flag, atMs: deps.clock.now() });
  }
  return true;
}

/** The result as it is kept: whole, without the echoed input if that makes it fit, or not at all. */
function keep(whole: JobResult): { result: JobResult; text: string } | null {
  const { input: _input, ...rest } = whole;
  const versions = [whole, rest].map((result) => ({ result, text: JSON.stringify(result) }));
  return versions.find(({ text }) => text.length <= MAX_RESULT_CHARS) ?? null;
}
