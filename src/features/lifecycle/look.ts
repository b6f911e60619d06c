// A look at jobs that are due: what KV and RunComfy tell of each. It writes nothing but what KV knows to be accepted;
// what else is to be written is returned, so that it can be booked in sets.

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
import { bookingFor, type Booking, type ReadEnd } from './settle.ts';

/** What is to be written of a job. `mark`: why it is refused. */
export type Finding = { job: Job; mark?: EndMark } & (Booking | { kind: 'open'; open: Open });

export type Run = { deps: LifecycleRuntime; budget: Budget };

type Seen = (finding: Finding | null) => void;

/** Below this nothing large is in flight. */
const CALM_BYTES = 3 * MIB;
/** For 5 s at most. */
const WAIT_MS = 250;
const MOST_WAITS = 20;

/** A Worker has six connections that wait for headers; one is left for what is booked meanwhile. */
const LANES = 5;

/** Looks at all of them, the first ones first, and hands on what each shows. A job that fails is left for its next check. */
export async function lookAt(run: Run, jobs: Job[], seen: Seen): Promise<void> {
  const recalled = await recallAll(run, jobs.filter(isUnanswered));
  const accepted = await noteAccepted(run, jobs, recalled);
  const large: Job[] = [];
  await inLanes(run, jobs, async (job) => {
    const upstreamId = accepted.get(job.id);
    const now: Job = upstreamId === undefined ? job : { ...job, state: 'running', upstreamId };
    if (isUnanswered(now)) {
      seen(judge(run, now, recalled.get(job.id)));
      return;
    }
    const checked = await checkForEnd(run, now, usual(run.deps, now));
    if (checked === 'large') {
      large.push(now);
    } else {
      seen(checked);
    }
  });
  for (const job of large) {
    await inLanes(run, [job], async () => seen(await checkLargeForEnd(run, job)));
  }
}

/** Room for a result of the usual size. */
function usual({ inFlight }: LifecycleRuntime, { customerId }: Job): Held {
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

/** Waits until nothing large is in flight, but not for ever: customers who keep it busy must not keep their jobs open. */
async function checkLargeForEnd(run: Run, job: Job): Promise<Finding | null> {
  const { inFlight, clock } = run.deps;
  for (let waits = 0; inFlight.weight() > CALM_BYTES && waits < MOST_WAITS; waits += 1) {
    await clock.sleep(WAIT_MS);
  }
  const checked = await checkForEnd(run, job, inFlight.open(job.customerId, 'always'));
  return checked === 'large' ? null : checked;
}

/** What KV knows of jobs whose outcome D1 does not know: only the write to D1 may have been cut off. */
async function recallAll(run: Run, jobs: Job[]): Promise<Map<JobId, Recalled>> {
  const recalled = new Map<JobId, Recalled>();
  await inLanes(run, jobs, async ({ id }) => {
    if (run.budget.look(2)) {
      recalled.set(id, await recall(run.deps, id));
    }
  });
  return recalled;
}

/**
 * Notes in one statement what KV knows to be accepted; returns the upstream ids of those that D1 took. Where D1 was not
 * asked or did not answer, it is as if KV had not been read.
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
  const marked = accepted.length > 0 && run.budget.query(1) ? await tryToMark(run, accepted) : null;
  if (marked === null) {
    accepted.forEach(({ jobId }) => recalled.delete(jobId));
  }
  const ours = accepted.filter(({ jobId }) => marked?.has(jobId) === true);
  return new Map(ours.map(({ jobId, upstreamId }) => [jobId, upstreamId]));
}

async function tryToMark({ deps }: Run, accepted: Accepted[]): Promise<Set<JobId> | null> {
  try {
    return await markAccepted(deps.db, accepted);
  } catch (error) {
    deps.log.warn('reconcile_failed', { count: accepted.length, reason: reasonOf(error) });
    return null;
  }
}

/** What becomes of a job that KV does not know to be accepted. Unread, KV decides nothing. */
function judge({ deps }: Run, job: Job, known: Recalled | undefined): Finding | null {
  if (known === undefined) {
    return dueStill(deps, job);
  }
  if (known.kind === 'unreadable') {
    return null;
  }
  if (known.kind === 'ended') {
    const end = unpaid({ jobId: job.id, from: UNANSWERED_STATES, state: 'refused' });
    return { job, kind: 'end', end, mark: known.mark };
  }
  return isLost(job, deps.clock.now(), deps.settings.unconfirmedLostMs) ? lost(job) : goesOn(deps, job, null);
}

/**
 * Asks for the end of a running job, or for the cost of one that has ended without it. `large`: its result takes more room
 * than `held` has. Of the result only what is written is left when this returns.
 */
async function checkForEnd(run: Run, job: Job, held: Held): Promise<Finding | 'large' | null> {
  try {
    const read = await readFor(run, job, held);
    return read !== 'skipped' && read.kind === 'no_room' ? 'large' : findingOf(run, job, read);
  } finally {
    held.release();
  }
}

type Followed = Exclude<ResultRead, { kind: 'no_room' }> | 'skipped';

function findingOf({ deps }: Run, job: Job, read: Followed): Finding | null {
  if (read === 'skipped') {
    return dueStill(deps, job);
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
  // Only one more 404 makes earlier ones count: silence says nothing of the job.
  const counted = read.kind === 'missing' ? job : { ...job, missing: 0 };
  if (isLost(counted, nowMs, deps.settings.unconfirmedLostMs)) {
    return lost(job);
  }
  const isKnown = read.kind === 'state' && job.missing > 0;
  return goesOn(deps, job, read.kind === 'missing' ? 'again' : isKnown ? 'never' : null);
}

function endBy(job: Job, end: ReadEnd, nowMs: number): Finding | null {
  const booking = bookingFor(job, end, nowMs);
  return booking === null ? null : { job, ...booking };
}

/** Asks as a poll does, within the budget: the first call has been taken, a repeated one may not be there any more. */
async function readFor(
  run: Run,
  { accountId, upstreamId }: Job,
  held: Held,
): Promise<ResultRead | 'skipped'> {
  const { deps, budget } = run;
  if (upstreamId === null) {
    return { kind: 'silent' };
  }
  if (!budget.look(1)) {
    return 'skipped';
  }
  let isRepeated = false;
  const upstream: Upstream = {
    async call(call) {
      if (isRepeated && !budget.look(1)) {
        return { kind: 'silent', timedOut: false };
      }
      isRepeated = true;
      return deps.upstream.call({ ...call, timeoutMs: Math.min(call.timeoutMs, budget.callMs()) });
    },
  };
  return askResult({ ...deps, upstream }, { accountId, upstreamId }, held);
}

/** The hold is released; should RunComfy have run the job, that is the operator's loss, listed under `lost`. */
function lost(job: Job): Finding {
  return { job, kind: 'end', end: unpaid({ jobId: job.id, from: [job.state], state: 'lost' }) };
}

/** The claim has set a check within two minutes; an older job is looked at more rarely. */
function goesOn({ clock }: LifecycleRuntime, job: Job, missing: Open['missing']): Finding | null {
  const nowMs = clock.now();
  const claimedMs = job.checkAtMs ?? nowMs;
  const next = Math.max(nextCheckMs(job, nowMs), claimedMs);
  return missing === null && next === claimedMs
    ? null
    : { job, kind: 'open', open: { jobId: job.id, claimedMs, nextCheckMs: next, missing, atMs: nowMs } };
}

/** The budget did not reach the job: the next run does. */
function dueStill({ clock }: LifecycleRuntime, job: Job): Finding {
  const nowMs = clock.now();
  const claimedMs = job.checkAtMs ?? nowMs;
  const open: Open = { jobId: job.id, claimedMs, nextCheckMs: nowMs, missing: null, atMs: nowMs };
  return { job, kind: 'open', open };
}

/** Works through the list in order, a few at once. */
async function inLanes(run: Run, jobs: Job[], work: (job: Job) => Promise<void>): Promise<void> {
  const waiting = [...jobs];
  async function lane(): Promise<void> {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      try {
        await work(job);
      } catch (error) {
        run.deps.log.warn('reconcile_failed', { job: job.id, reason: reasonOf(error) });
      }
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane));
}
