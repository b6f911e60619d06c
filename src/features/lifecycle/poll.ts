// Status, result and cancel as the owner of a job sees them. They answer first; what an end means for the books
// is done after the answer, and again by the cron if that is cut off.

import type { LifecycleRuntime } from './memory.ts';
import type { Principal } from '../keys/principal.ts';
import type { JobId } from '../../lib/ids.ts';
import { noRoom, type Held } from '../../lib/bytes-in-flight.ts';
import { Problem } from '../../lib/problem.ts';
import type { Unreadable } from '../runcomfy/reads.ts';
import type { UpstreamState } from '../runcomfy/wire.ts';
import { givenUpAs, isEnded, type EndedJob, type Job, type KeptEnd, type Owned } from '../jobs/job.ts';
import { readEnd } from '../jobs/kept-result.ts';
import { askCancel, askResult, askStatus } from './ask.ts';
import { bridge, endOutage, noteUnreadable } from './bridge.ts';
import { conclude, observe } from './observe.ts';
import { dueOf, settle, type ReadEnd } from './settle.ts';
import { getOwned, type Found } from '../jobs/owner.ts';
import { forgetRecent, freshState, keepRecent, lastRecent } from './recent.ts';
import { findJob } from '../jobs/store.ts';

export type StatusView = { jobId: JobId; state: UpstreamState };
/** `upstreamId` is what has to become our id wherever RunComfy's text mentions it; `ended` is set after the end. */
export type ResultView = StatusView & {
  upstreamId: string | null;
  /** The id that was asked for, where it is known: RunComfy echoes the one behind an alias. */
  modelId: string | null;
  createdAtMs: number | null;
  ended: EndedJob | null;
};
export type CancelView = StatusView & { cancelled: boolean };

const IN_PROGRESS: UpstreamState = { state: 'in_progress' };
const IN_QUEUE: UpstreamState = { state: 'in_queue', queuePosition: null };

export async function pollStatus(
  deps: LifecycleRuntime,
  principal: Principal,
  id: string,
): Promise<StatusView> {
  const found = await getOwned(deps, principal, id);
  const { jobId, owned } = found;
  const known = knownEnd(deps, found);
  if (known !== null || owned === null) {
    return { jobId, state: known === null ? IN_QUEUE : endedState(known) };
  }
  const last = lastRecent(deps, jobId);
  const fresh = freshState(deps, last, 'status');
  if (fresh !== null) {
    return { jobId, state: fresh };
  }
  const read = await askStatus(deps, owned);
  if (read.kind !== 'state') {
    const ended = await endInBooks(deps, owned);
    return { jobId, state: ended === null ? bridge(deps, owned, read) : endedState(ended) };
  }
  endOutage(deps, owned);
  keepRecent(deps, jobId, { last, state: read.state, by: 'status' });
  if (read.state.state === 'ended') {
    deps.after(observe(deps, owned));
  }
  return { jobId, state: read.state };
}

/** `withCost`: the caller wants to know what the job costs them, for which an end has to be looked up in the books. */
export async function pollResult(
  deps: LifecycleRuntime,
  principal: Principal,
  { id, withCost }: { id: string; withCost: boolean },
): Promise<ResultView> {
  const found = await getOwned(deps, principal, id);
  const { owned } = found;
  const known = knownEnd(deps, found);
  if (owned === null || (known !== null && isComplete(known, withCost))) {
    return viewOf(found, known === null ? null : readEnd(known), IN_QUEUE);
  }
  const held = deps.inFlight.open(owned.customerId);
  const work = askForResult(deps, found, { owned, known, withCost, held }).finally(held.release);
  // A client that hangs up must not keep the room that its result took.
  deps.after(Promise.allSettled([work]));
  return work;
}

type Asking = { owned: Owned; known: KeptEnd | null; withCost: boolean; held: Held };

async function askForResult(
  deps: LifecycleRuntime,
  found: Found,
  { owned, known, withCost, held }: Asking,
): Promise<ResultView> {
  const { jobId } = found;
  const last = lastRecent(deps, jobId);
  // Whoever knows of the end needs the whole result: what was said before the end is no answer.
  const fresh = known === null ? freshState(deps, last, 'result') : null;
  if (fresh !== null && fresh.state !== 'ended') {
    return viewOf(found, null, fresh);
  }
  const read = await askResult(deps, owned, held);
  switch (read.kind) {
    case 'end': {
      endOutage(deps, owned);
      const ended = await endFromUpstream(deps, owned, { read, withCost });
      // Until the end is settled, a slower answer to /status must not fall back behind what is told here.
      keepRecent(deps, jobId, { last, state: endedState(ended), by: 'result' });
      return viewOf(found, ended, IN_PROGRESS);
    }
    case 'state':
      endOutage(deps, owned);
      if (fresh === null) {
        keepRecent(deps, jobId, { last, state: read.state, by: 'result' });
      }
      return viewOf(found, null, read.state);
    case 'no_room':
      throw noRoom();
    case 'missing':
    case 'silent':
    case 'unavailable':
      return resultWithout(deps, found, { owned, ended: known ?? (await endInBooks(deps, owned)), read });
  }
}

type Unread = { owned: Owned; ended: KeptEnd | null; read: Unreadable };

/**
 * RunComfy's /result cannot be read: the end as the books have it, else the state before it. A success without its
 * output would pass for a job that made nothing, so that is said only where RunComfy has the result no more.
 */
function resultWithout(deps: LifecycleRuntime, found: Found, { owned, ended, read }: Unread): ResultView {
  if (ended !== null && (read.kind === 'missing' || isComplete(ended, false))) {
    return viewOf(found, readEnd(ended), IN_PROGRESS);
  }
  const bridged = bridge(deps, owned, read);
  return viewOf(found, null, ended === null ? bridged : IN_PROGRESS);
}

export async function cancel(deps: LifecycleRuntime, principal: Principal, id: string): Promise<CancelView> {
  const found = await getOwned(deps, principal, id);
  const { jobId, owned } = found;
  const known = knownEnd(deps, found);
  if (known !== null || owned === null) {
    return { jobId, cancelled: false, state: known === null ? IN_QUEUE : endedState(known) };
  }
  const read = await askCancel(deps, owned);
  forgetRecent(deps, jobId);
  if (read.kind === 'answer') {
    endOutage(deps, owned);
    // The refund follows the end that /result confirms, never the word of the cancel call.
    deps.after(observe(deps, owned));
    return { jobId, cancelled: read.cancelled, state: read.state };
  }
  const ended = await endInBooks(deps, owned);
  if (ended === null && read.kind !== 'missing') {
    noteUnreadable(deps, owned, read);
    throw new Problem(
      'upstream_unavailable',
      'RunComfy did not say whether it cancelled the job. Ask for its status before you cancel it again.',
      { retryAfterSeconds: 5 },
    );
  }
  return { jobId, cancelled: false, state: ended === null ? IN_PROGRESS : endedState(ended) };
}

/** The end as this isolate or the row already knows it. */
function knownEnd(deps: LifecycleRuntime, found: Found): KeptEnd | null {
  return (
    deps.memory.ended.get(found.jobId, deps.clock.now()) ?? (found.job === null ? null : endOfRow(found.job))
  );
}

/** The end of a job that RunComfy gives no answer about. Books that do not answer either know of none. */
async function endInBooks(deps: LifecycleRuntime, owned: Owned): Promise<KeptEnd | null> {
  const job = await findJob(deps.db, owned.jobId).catch(() => null);
  return job === null ? null : endOfRow(job);
}

function endOfRow(job: Job): KeptEnd | null {
  const { state, successWord, result, chargeMicros } = job;
  return isEnded(state) ? { state, successWord, result, chargeMicros } : null;
}

/**
 * The end that RunComfy tells of, unless the books have given the job up: then their word stands. What it costs is
 * what settlement charges; where that hangs on the reported cost, the job is settled first.
 */
async function endFromUpstream(
  deps: LifecycleRuntime,
  owned: Owned,
  { read, withCost }: { read: ReadEnd; withCost: boolean },
): Promise<EndedJob> {
  const { result, successWord } = read;
  const told: EndedJob = { state: result.state, successWord, result, chargeMicros: null };
  const job = await findJob(deps.db, owned.jobId).catch(() => null);
  if (job === null) {
    deps.after(conclude(deps, owned, read));
    return told;
  }
  const settling = settle(deps, { ...job, upstreamId: owned.upstreamId }, read);
  deps.after(settling);
  const givenUp = givenUpAs(job);
  if (givenUp !== null) {
    return { state: givenUp, successWord: null, result: null, chargeMicros: 0 };
  }
  if (!withCost || job.chargeMicros !== null) {
    return { ...told, chargeMicros: job.chargeMicros };
  }
  if (job.chargeMode === 'estimate') {
    return {
      ...told,
      chargeMicros: dueOf(job, { state: read.result.state, cost: read.cost }, deps.clock.now()).chargeMicros,
    };
  }
  const settled = await settling.then(() => findJob(deps.db, owned.jobId)).catch(() => null);
  return { ...told, chargeMicros: settled?.chargeMicros ?? null };
}

/** A success whose result was too large to keep, or whose cost is not known, has to be asked of RunComfy again. */
function isComplete(ended: KeptEnd, withCost: boolean): boolean {
  const isPriced = !withCost || ended.chargeMicros !== null;
  return isPriced && (ended.result !== null || ended.state !== 'succeeded');
}

function endedState(ended: Pick<EndedJob, 'state'>): UpstreamState {
  return { state: 'ended', cancelled: ended.state === 'cancelled' };
}

function viewOf(found: Found, ended: EndedJob | null, otherwise: UpstreamState): ResultView {
  return {
    jobId: found.jobId,
    upstreamId: found.owned?.upstreamId ?? null,
    modelId: found.job?.modelId ?? found.owned?.modelId ?? null,
    createdAtMs: found.job?.createdAtMs ?? found.owned?.createdAtMs ?? null,
    state: ended === null ? otherwise : endedState(ended),
    ended,
  };
}
