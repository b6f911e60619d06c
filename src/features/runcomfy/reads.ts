// Reads the status and the result of a job at RunComfy, and cancels it. A read is repeated once; a cancel never is, because
// the second answer to a cancelled job is "not_cancellable".

import type { Held } from '../../lib/bytes-in-flight.ts';
import type { Clock } from '../../lib/clock.ts';
import { isDeeperThan } from '../../lib/json.ts';
import type { Account, Upstream, UpstreamAnswer, UpstreamCall } from './client.ts';
import {
  costOf,
  endOf,
  errorCodeOf,
  isBadToken,
  isCancelled,
  stateOf,
  successWordOf,
  type Answer,
  type JobResult,
  type ReportedCost,
  type SuccessWord,
  type UpstreamState,
} from './wire.ts';

/** Why an answer cannot be used. `missing`: RunComfy does not know the job. `alarm`: the operator has to know. */
export type Unreadable =
  | { kind: 'missing' }
  | { kind: 'unavailable'; status: number; alarm: boolean; badToken: boolean }
  | { kind: 'silent' };

/** The answer is large, and there is no room for it among the bytes in flight. It can be read again later. */
type NoRoom = { kind: 'no_room' };

export type StatusRead = { kind: 'state'; state: UpstreamState } | Unreadable;
export type ResultRead =
  | { kind: 'end'; result: JobResult; successWord: SuccessWord | null; cost: ReportedCost }
  | { kind: 'state'; state: UpstreamState }
  | NoRoom
  | Unreadable;
export type CancelRead = { kind: 'answer'; cancelled: boolean; state: UpstreamState } | Unreadable;

/** `held`: accounts for the result's bytes in flight while its reader needs them. */
export type UpstreamJob = { account: Account; upstreamId: string; held?: Held };

const READ_TIMEOUT_MS = 8_000;
const NOT_READY = 400005;
const PAUSE_MS = 150;
/** More levels than an echoed input has. Serialising a deeper result could exhaust the stack. */
const MAX_LEVELS = 200;

export async function readStatus(upstream: Upstream, clock: Clock, job: UpstreamJob): Promise<StatusRead> {
  const sent = await callTwice(upstream, clock, callFor(job, 'GET', 'status'));
  const read = usable(sent);
  return 'kind' in read ? read : { kind: 'state', state: stateOf(read.body) };
}

/** Always asks for the cost: what the operator paid is kept on the job, whatever the customer asked for. */
export async function readResult(upstream: Upstream, clock: Clock, job: UpstreamJob): Promise<ResultRead> {
  const call = callFor(job, 'GET', 'result?include_cost=true');
  const sent = await callTwice(upstream, clock, { ...call, exact: true, held: job.held });
  if (sent.kind === 'silent' && sent.noRoom === true) {
    return { kind: 'no_room' };
  }
  if (sent.kind === 'answer' && errorCodeOf(sent.body) === NOT_READY) {
    return { kind: 'state', state: { state: 'in_progress' } };
  }
  const read = usable(sent);
  if ('kind' in read) {
    return read;
  }
  if (isDeeperThan(read.body, MAX_LEVELS)) {
    return { kind: 'unavailable', status: 200, alarm: false, badToken: false };
  }
  const result = endOf(read.body);
  if (result === null) {
    const state = stateOf(read.body);
    // If /result says "completed" but has no result yet, the job is still running for the customer.
    return { kind: 'state', state: state.state === 'ended' ? { state: 'in_progress' } : state };
  }
  const successWord = result.state === 'succeeded' ? successWordOf(read.body) : null;
  return { kind: 'end', result, successWord, cost: costOf(read.body) };
}

export async function cancelUpstream(upstream: Upstream, job: UpstreamJob): Promise<CancelRead> {
  const read = usable(await upstream.call(callFor(job, 'POST', 'cancel')));
  return 'kind' in read
    ? read
    : { kind: 'answer', cancelled: isCancelled(read.body), state: stateOf(read.body) };
}

function callFor(job: UpstreamJob, method: 'GET' | 'POST', verb: string): UpstreamCall {
  const path = `/v1/requests/${job.upstreamId}/${verb}`;
  return { account: job.account, method, path, timeoutMs: READ_TIMEOUT_MS };
}

/** Repeats the call once after a cut, a time-out, a 429 or a 5xx, with jitter so that pollers do not retry at once. */
async function callTwice(upstream: Upstream, clock: Clock, call: UpstreamCall): Promise<UpstreamAnswer> {
  const first = await upstream.call(call);
  const isRead = first.kind === 'answer' && first.status < 500 && first.status !== 429;
  if (isRead || (first.kind === 'silent' && first.noRoom === true)) {
    return first;
  }
  await clock.sleep(PAUSE_MS + Math.random() * PAUSE_MS);
  return upstream.call(call);
}

/** The body of a usable answer, or why there is none. A 2xx with an error code is a failure. */
function usable(sent: UpstreamAnswer): { body: Answer } | Unreadable {
  if (sent.kind === 'silent') {
    return { kind: 'silent' };
  }
  const { status, body } = sent;
  const errorCode = errorCodeOf(body);
  if (errorCode === 404001 || (status === 404 && errorCode === null)) {
    return { kind: 'missing' };
  }
  if (status >= 200 && status < 300 && body !== null && errorCode === null) {
    return { body };
  }
  const badToken = isBadToken(status, body);
  const alarm = badToken || errorCode === 403001 || status === 403;
  return { kind: 'unavailable', status, alarm, badToken };
}
