// The time of one submit. A client that hangs up right away leaves it the 30 s of waitUntil, so all that a submit does
// fits into 30 s from its arrival, counted from the start of the request:
//
//   until 19 s   each step on the way to the POST starts by then (body, checks, probes, gate); a store gets 4 s of it
//   until 24 s   the POST is over: it starts by 19 s, lasts at most 20 s and leaves 3 s
//   until 27 s   the outcome is written to D1 and KV, and written again after a failure while there is time
//   until 28 s   the last call to a store is over: each gets a second, however late it starts

import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import { STORE_LIMIT_MS, withTimeLimit } from '../../lib/time-limit.ts';

export type SubmitTime = { clock: Clock; deadlineMs: number };

const SUBMIT_MS = 27_000;
/** A POST and the record of its outcome need this much at least. */
const SEND_MS = 8_000;
const POST_LIMIT_MS = 20_000;
/** The POST leaves this much to record the outcome. */
const RECORD_MS = 3_000;
const LEAST_MS = 1_000;

/** Seven tries in 16 s: D1 is back after most outages, and an overloaded one is spared. */
export const D1_PAUSE_MS = 250;
/** KV takes one write a second and key, and a write that failed may have been made. */
export const KV_PAUSE_MS = 1_100;

/** Since the submit arrived. */
export function elapsedMs({ clock, deadlineMs }: SubmitTime): number {
  return clock.now() - (deadlineMs - SUBMIT_MS);
}

export function submitTime(clock: Clock, arrivedAtMs: number): SubmitTime {
  return { clock, deadlineMs: arrivedAtMs + SUBMIT_MS };
}

function leftMs({ clock, deadlineMs }: SubmitTime): number {
  return deadlineMs - clock.now();
}

/** There is time for a POST. */
export function canPost(time: SubmitTime): boolean {
  return leftMs(time) >= SEND_MS;
}

export function postTimeoutMs(time: SubmitTime): number {
  return Math.min(POST_LIMIT_MS, leftMs(time) - RECORD_MS);
}

/** Calls a store on the way to the POST; throws the Problem of a late submit when no time is left for a POST. */
export function beforePost<T>(time: SubmitTime, call: () => Promise<T>): Promise<T> {
  return canPost(time) ? callStore(time, call) : Promise.reject(outOfTime());
}

/** Calls a store, however late it is. */
export function callStore<T>({ clock, deadlineMs }: SubmitTime, call: () => Promise<T>): Promise<T> {
  const limitMs = Math.max(LEAST_MS, Math.min(STORE_LIMIT_MS, deadlineMs - clock.now()));
  return withTimeLimit(clock, limitMs, call());
}

/** Calls a store until it succeeds or time is out, each pause twice the one before; throws the last failure. */
export async function retryStore<T>(
  time: SubmitTime,
  firstPauseMs: number,
  call: () => Promise<T>,
): Promise<T> {
  // Pauses are counted as well as measured: the clock of an isolate may stand still.
  let left = leftMs(time);
  for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
    try {
      return await callStore(time, call);
    } catch (error) {
      left -= pauseMs;
      if (left < 0 || leftMs(time) < pauseMs) {
        throw error;
      }
      await time.clock.sleep(pauseMs);
    }
  }
}

export function outOfTime(): Problem {
  return new Problem(
    'submit_timeout',
    'The body, the checks or the storage took too long, so nothing was sent or spent. Try again.',
    { retryAfterSeconds: 5 },
  );
}
