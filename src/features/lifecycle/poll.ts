// Status, result and cancel as the owner of a job sees them. They answer first; the end of a job is booked behind the
// answer, and again by the cron if that is cut off.

import type { LifecycleRuntime, Recent } from './memory.ts';
import type { Principal } from '../keys/principal.ts';
import type { JobId } from '../../lib/ids.ts';
import { noRoom } from '../../lib/bytes-in-flight.ts';
import { Problem } from '../../lib/problem.ts';
import type { ResultRead } from '../runcomfy/reads.ts';
import type { UpstreamState } from '../runcomfy/wire.ts';
import { isEnded, type EndedJob, type Job, type KeptEnd, type Owned } from '../jobs/job.ts';
import { readEnd } from '../jobs/kept-result.ts';
import { askCancel, askResult, askStatus } from './ask.ts';
import { bridge, endOutage, noteUnreadable } from './bridge.ts';
import { endFromUpstream } from './end-from-upstream.ts';
import { observe } from './observe.ts';
import { getOwned, type Found } from '../jobs/owner.ts';
import { forgetRecent, freshState, keepRecent, lastRecent } from './recent.ts';
import { findJob } from '../jobs/store.ts';

export type StatusView = { jobId: JobId; state: UpstreamState };
/** `upstreamId` has to become our id wherever RunComfy's text has it; `ended` is set after the end. */
export type ResultView = StatusView & {
  upstreamId: string | null;
  /** The model id that was asked for, where it is known: RunComfy echoes the one behind an alias. */
  modelId: string | null;
  createdAtMs: number | null;
  ended: EndedJob | null;
};
export type CancelView = StatusView & { cancelled: boolean };

const IN_PROGRESS: UpstreamState = { state: 'in_progress' };
const IN_QUEUE: UpstreamState = { state: 'in_queue', queuePosition: null };

/**
 * The answer that a call gets without RunComfy, if there is one. `ended`: the end, as this isolate or the row has it.
 * `recent`: RunComfy's answer of a moment ago, or the queue for a job without an upstream id. `ask`: RunComfy has to be
 * asked; `end` is an end whose result or cost is missing here, `last` the last answer, and `sawEnd` says that /status has
 * just reported the end.
 */
type Known =
  | { kind: 'ended'; end: KeptEnd }
  | { kind: 'recent'; state: UpstreamState }
  | { kind: 'ask'; owned: Owned; end: KeptEnd | null; last: Recent | undefined; sawEnd: boolean };

type Wanted = { call: 'status' | 'cancel' } | { call: 'result'; withCost: boolean };

function whatIsKnown(deps: LifecycleRuntime, { jobId, owned, job }: Found, wanted: Wanted): Known {
  const end = deps.memory.ended.get(jobId, deps.clock.now()) ?? (job === null ? null : endOfRow(job));
  if (end !== null && (owned === null || wanted.call !== 'result' || isComplete(end, wanted.withCost))) {
    return { kind: 'ended', end };
  }
  if (owned === null) {
    return { kind: 'recent', state: IN_QUEUE };
  }
  const last = lastRecent(deps, jobId);
  // A cancel always goes to RunComfy, and a state from before a known end is no answer.
  const state = wanted.call === 'cancel' || end !== null ? null : freshState(deps, last, wanted.call);
  if (state !== null && (wanted.call === 'status' || state.state !== 'ended')) {
    return { kind: 'recent', state };
  }
  return { kind: 'ask', owned, end, last, sawEnd: state !== null };
}

export async function pollStatus(
  deps: LifecycleRuntime,
  principal: Principal,
  id: string,
): Promise<StatusView> {
  const found = await getOwned(deps, principal, id);
  const { jobId } = found;
  const known = whatIsKnown(deps, found, { call: 'status' });
  switch (known.kind) {
    case 'ended':
      return { jobId, state: endedState(known.end) };
    case 'recent':
      return { jobId, state: known.state };
    case 'ask': {
      const { owned, last } = known;
      const read = await askStatus(deps, owned);
      if (read.kind !== 'state') {
        const end = await endInBooks(deps, owned);
        return { jobId, state: end === null ? bridge(deps, owned, read) : endedState(end) };
      }
      endOutage(deps, owned);
      keepRecent(deps, jobId, { last, state: read.state, by: 'status' });
      if (read.state.state === 'ended') {
        deps.after(observe(deps, owned));
      }
      return { jobId, state: read.state };
    }
  }
}

/** `withCost`: the caller wants the charge, so an end whose charge is not known here is looked up in the books. */
export async function pollResult(
  deps: LifecycleRuntime,
  principal: Principal,
  { id, withCost }: { id: string; withCost: boolean },
): Promise<ResultView> {
  const found = await getOwned(deps, principal, id);
  const known = whatIsKnown(deps, found, { call: 'result', withCost });
  switch (known.kind) {
    case 'ended':
      return endedView(found, readEnd(known.end));
    case 'recent':
      return openView(found, known.state);
    case 'ask': {
      const held = deps.inFlight.open(known.owned.customerId);
      const asked = askResult(deps, known.owned, held);
      const work = asked
        .then((read) => viewOfRead(deps, found, { ...known, read, withCost }))
        .finally(held.release);
      // A client that hangs up must not keep the room that its result took.
      deps.after(Promise.allSettled([work]));
      return work;
    }
  }
}

type Read = Extract<Known, { kind: 'ask' }> & { read: ResultRead; withCost: boolean };

async function viewOfRead(
  deps: LifecycleRuntime,
  found: Found,
  { owned, end, last, sawEnd, read, withCost }: Read,
): Promise<ResultView> {
  const { jobId } = found;
  switch (read.kind) {
    case 'end': {
      endOutage(deps, owned);
      const ended = await endFromUpstream(deps, owned, { read, withCost });
      // Until the end is settled, a slower answer to /status must not fall back behind this one.
      keepRecent(deps, jobId, { last, state: endedState(ended), by: 'result' });
      return endedView(found, ended);
    }
    case 'state':
      endOutage(deps, owned);
      if (!sawEnd) {
        keepRecent(deps, jobId, { last, state: read.state, by: 'result' });
      }
      return openView(found, read.state);
    case 'no_room':
      throw noRoom();
    case 'missing':
    case 'silent':
    case 'unavailable': {
      const booked = end ?? (await endInBooks(deps, owned));
      // A success without its output would pass for a job that made nothing, so it is answered only where RunComfy no
      // longer has the result.
      if (booked !== null && (read.kind === 'missing' || isComplete(booked, false))) {
        return endedView(found, readEnd(booked));
      }
      const state = bridge(deps, owned, read);
      return openView(found, booked === null ? state : IN_PROGRESS);
    }
  }
}

export async function cancel(deps: LifecycleRuntime, principal: Principal, id: string): Promise<CancelView> {
  const found = await getOwned(deps, principal, id);
  const { jobId } = found;
  const known = whatIsKnown(deps, found, { call: 'cancel' });
  if (known.kind !== 'ask') {
    return { jobId, cancelled: false, state: known.kind === 'ended' ? endedState(known.end) : known.state };
  }
  const { owned } = known;
  const read = await askCancel(deps, owned);
  forgetRecent(deps, jobId);
  if (read.kind === 'answer') {
    endOutage(deps, owned);
    // The refund follows the end that /result confirms, never the answer to the cancel call.
    deps.after(observe(deps, owned));
    return { jobId, cancelled: read.cancelled, state: read.state };
  }
  const end = await endInBooks(deps, owned);
  if (end === null && read.kind !== 'missing') {
    noteUnreadable(deps, owned, read);
    throw new Problem(
      'upstream_unavailable',
      'RunComfy did not say whether it cancelled the job. Ask for its status before you cancel it again.',
      { retryAfterSeconds: 5 },
    );
  }
  return { jobId, cancelled: false, state: end === null ? IN_PROGRESS : endedState(end) };
}

/** The end of a job about which RunComfy gives no answer; null too if D1 does not answer. */
async function endInBooks(deps: LifecycleRuntime, owned: Owned): Promise<KeptEnd | null> {
  const job = await findJob(deps.db, owned.jobId).catch(() => null);
  return job === null ? null : endOfRow(job);
}

function endOfRow({ state, successWord, result, chargeMicros }: Job): KeptEnd | null {
  return isEnded(state) ? { state, successWord, result, chargeMicros } : null;
}

/** False for a success whose result was too large to keep, or whose cost is not known: RunComfy has to be asked. */
function isComplete(end: KeptEnd, withCost: boolean): boolean {
  const isPriced = !withCost || end.chargeMicros !== null;
  return isPriced && (end.result !== null || end.state !== 'succeeded');
}

function endedState(end: Pick<EndedJob, 'state'>): UpstreamState {
  return { state: 'ended', cancelled: end.state === 'cancelled' };
}

function endedView(found: Found, ended: EndedJob): ResultView {
  return { ...openView(found, endedState(ended)), ended };
}

function openView({ jobId, owned, job }: Found, state: UpstreamState): ResultView {
  return {
    jobId,
    upstreamId: owned?.upstreamId ?? null,
    modelId: job?.modelId ?? owned?.modelId ?? null,
    createdAtMs: job?.createdAtMs ?? owned?.createdAtMs ?? null,
    state,
    ended: null,
  };
}
