// Checks jobs that are due: reads what KV and RunComfy have of each. The only write here is the state of jobs that KV knows
// to be accepted; every other finding is returned, so that it can be booked in sets.

import type { LifecycleRuntime } from './memory.ts';
import { ALWAYS_READ_BYTES, type Held } from '../../lib/bytes-in-flight.ts';
import type { JobId } from '../../lib/ids.ts';
import { reasonOf } from '../../lib/log.ts';
import { MIB } from '../../lib/weighed-cache.ts';
import type { EndMark } from '../jobs/end-mark.ts';
import { endStateOf, isLost, isUnanswered, nextCheckMs, UNANSWERED_STATES, type Job } from '../jobs/job.ts';
import { readResult } from '../jobs/kept-result.ts';
import { markAccepted, type Accepted, type Open } from '../jobs/progress-store.ts';
import { recall, type Recalled } from '../jobs/recall.ts';
import { unpaid } from '../ledger/job-end.ts';
import type { Upstream } from '../runcomfy/client.ts';
import type { ResultRead } from '../runcomfy/reads.ts';
import { askResult } from './ask.ts';
import type { Budget } from './budget.ts';
import { inLanes } from './in-lanes.ts';
import { bookingFor, type Booking, type ReadEnd } from './settle.ts';

/** A check's result that has to be written. `mark`: why the job is refused. */
export type Finding = { job: Job; mark?: EndMark } & (Booking | { kind: 'open'; open: Open });

export type Run = { deps: LifecycleRuntime; budget: Budget };

type OnChecked = (finding: Finding | null) => void;

/** Below this nothing large is in flight. */
const CALM_BYTES = 3 * MIB;
/** For 5 s at most. */
const WAIT_MS = 250;
const MOST_WAITS = 20;

/** Checks all of them, the first ones first, and calls `onChecked` with each finding. A job that fails waits for its next check. */
export async function checkJobs(run: Run, jobs: Job[], onChecked: OnChecked): Promise<void> {
  const recalled = await recallAll(run, jobs.filter(isUnanswered));
  const accepted = await noteAccepted(run, jobs, recalled);
  const large: Job[] = [];
  await inLanes(run.deps.log, jobs, async (job) => {
    const upstreamId = accepted.get(job.id);
    const now: Job = upstreamId === undefined ? job : { ...job, state: 'running', upstreamId };
    if (isUnanswered(now)) {
      onChecked(findingOfUnanswered(run, now, recalled.get(job.id)));
      return;
    }
    const checked = await checkForEnd(run, now, holdUsual(run.deps, now));
    if (checked === 'large') {
      large.push(now);
    } else {
      onChecked(checked);
    }
  });
  for (const job of large) {
    await inLanes(run.deps.log, [job], async () => onChecked(await checkLargeForEnd(run, job)));
  }
}

/** Takes room for a result of the usual size, and no more. */
function holdUsual({ inFlight }: LifecycleRuntime, { customerId }: Job): Held {
  const held = inFlight.open(customerId);
  let left = ALWAYS_READ_BYTES;
  return {
    ...held,
    take(bytes) {
      left -= bytes;
      return left >= 0 && held.take(bytes);
    },
  };
}

/** Waits until nothing large is in flight, but not for ever: a customer who keeps the gateway busy must not keep jobs open. */
async function checkLargeForEnd(run: Run, job: Job): Promise<Finding | null> {
  const { inFlight, clock } = run.deps;
  for (let waits = 0; inFlight.weight() > CALM_BYTES && waits < MOST_WAITS; waits += 1) {
    await clock.sleep(WAIT_MS);
  }
  const checked = await checkForEnd(run, job, inFlight.open(job.customerId, 'always'));
  return checked === 'large' ? null : checked;
}

/** Reads in KV the jobs whose outcome D1 does not know: only the write to D1 may have been cut off. */
async function recallAll(run: Run, jobs: Job[]): Promise<Map<JobId, Recalled>> {
  const recalled = new Map<JobId, Recalled>();
  await inLanes(run.deps.log, jobs, async ({ id }) => {
    if (run.budget.call(2)) {
      recalled.set(id, await recall(run.deps, id));
    }
  });
  return recalled;
}

/**
 * Marks in one statement the jobs that KV knows to be accepted; returns the upstream ids of those that D1 changed. If D1
 * was not asked or did not answer, these jobs count as not read in KV.
 */
async function noteAccepted(
  run: Run,
  jobs: Job[],
  recalled: Map<JobId, Recalled>,
): Promise<Map<JobId, string>> {
  const accepted = jobs.flatMap(({ id: jobId, accountId }): Accepted[] => {
    const known = recalled.get(jobId);
    return known?.kind === 'accepted' ? [{ jobId, accountId, upstreamId: known.upstreamId }] : [];
  });
  const marked = await markInOneGo(run, accepted);
  if (marked === null) {
    accepted.forEach(({ jobId }) => recalled.delete(jobId));
  }
  const ours = accepted.filter(({ jobId }) => marked?.has(jobId) === true);
  return new Map(ours.map(({ jobId, upstreamId }) => [jobId, upstreamId]));
}

async function markInOneGo({ deps, budget }: Run, accepted: Accepted[]): Promise<Set<JobId> | null> {
  if (accepted.length === 0 || !budget.query(1)) {
    return null;
  }
  try {
    return await markAccepted(deps.db, accepted);
  } catch (error) {
    deps.log.warn('reconcile_failed', { count: accepted.length, reason: reasonOf(error) });
    return null;
  }
}

/** The finding for a job that KV does not know to be accepted. If KV was not read, it decides nothing. */
function findingOfUnanswered({ deps }: Run, job: Job, known: Recalled | undefined): Finding | null {
  if (known === undefined) {
    return stillDue(deps, job);
  }
  if (known.kind === 'unreadable') {
    return null;
  }
  if (known.kind === 'ended') {
    const end = unpaid({ jobId: job.id, from: UNANSWERED_STATES, state: 'refused' });
    return { job, kind: 'end', end, mark: known.mark };
  }
  return isLost(job, deps.clock.now(), deps.settings.unconfirmedLostMs)
    ? lost(job)
    : staysOpen(deps, job, null);
}

/**
 * Asks for the end of a running job, or for the cost of one that has ended without it. `large`: its result takes more room
 * than `held` has. Only what is to be written of the result is in memory when this returns.
 */
async function checkForEnd(run: Run, job: Job, held: Held): Promise<Finding | 'large' | null> {
  try {
    const read = await readFor(run, job, held);
    return read !== 'skipped' && read.kind === 'no_room' ? 'large' : findingOf(run, job, read);
  } finally {
    held.release();
  }
}

/** `skipped`: the budget does not reach the job. */
type Read = Exclude<ResultRead, { kind: 'no_room' }> | 'skipped';

function findingOf({ deps }: Run, job: Job, read: Read): Finding | null {
  if (read === 'skipped') {
    return stillDue(deps, job);
  }
  const nowMs = deps.clock.now();
  const ended = endStateOf(job);
  if (read.kind === 'end') {
    return endBy(job, read, nowMs);
  }
  if (ended !== null) {
    const { successWord } = job;
    const result = job.result === null ? { state: ended } : readResult(job.result);
    return endBy(job, { result, successWord, cost: { kind: 'absent' } }, nowMs);
  }
  // Earlier 404s count only together with one more: silence says nothing about the job.
  const counted = read.kind === 'missing' ? job : { ...job, missing: 0 };
  if (isLost(counted, nowMs, deps.settings.unconfirmedLostMs)) {
    return lost(job);
  }
  const isKnown = read.kind === 'state' && job.missing > 0;
  return staysOpen(deps, job, read.kind === 'missing' ? 'again' : isKnown ? 'never' : null);
}

function endBy(job: Job, end: ReadEnd, nowMs: number): Finding | null {
  const booking = bookingFor(job, end, nowMs);
  return booking === null ? null : { job, ...booking };
}

/** Asks as a poll does, within the budget: each of the two calls that a read may make is taken from it. */
async function readFor(
  run: Run,
  { accountId, upstreamId }: Job,
  held: Held,
): Promise<ResultRead | 'skipped'> {
  const { deps, budget } = run;
  if (upstreamId === null) {
    return { kind: 'silent' };
  }
  if (!budget.call(1)) {
    return 'skipped';
  }
  let isRepeated = false;
  const upstream: Upstream = {
    async call(call) {
      if (isRepeated && !budget.call(1)) {
        return { kind: 'silent', timedOut: false };
      }
      isRepeated = true;
      return deps.upstream.call({ ...call, timeoutMs: Math.min(call.timeoutMs, budget.callMs()) });
    },
  };
  return askResult({ ...deps, upstream }, { accountId, upstreamId }, held);
}

/** Releases the hold; if RunComfy did run the job, that is the operator's loss, listed under `lost`. */
function lost(job: Job): Finding {
  return { job, kind: 'end', end: unpaid({ jobId: job.id, from: [job.state], state: 'lost' }) };
}

/** The claim has set a check within two minutes; an older job is checked more rarely. */
function staysOpen({ clock }: LifecycleRuntime, job: Job, missing: Open['missing']): Finding | null {
  const nowMs = clock.now();
  const claimedMs = job.checkAtMs ?? nowMs;
  const next = Math.max(nextCheckMs(job, nowMs), claimedMs);
  return missing === null && next === claimedMs
    ? null
    : { job, kind: 'open', open: { jobId: job.id, claimedMs, nextCheckMs: next, missing, atMs: nowMs } };
}

/** The budget did not reach the job, so it is due at once in the next run. */
function stillDue({ clock }: LifecycleRuntime, job: Job): Finding {
  const nowMs = clock.now();
  const claimedMs = job.checkAtMs ?? nowMs;
  const open: Open = { jobId: job.id, claimedMs, nextCheckMs: nowMs, missing: null, atMs: nowMs };
  return { job, kind: 'open', open };
}
