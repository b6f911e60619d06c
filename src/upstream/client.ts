// The only file that talks to RunComfy. URLs are built from stored ids, headers from a list of our own; redirects
// are not followed, so a token goes to the configured origins and nowhere else.

import type { Clock } from '../lib/clock.ts';
import { readBounded } from '../lib/bounded-read.ts';
import { readAnswer, type Answer } from './wire.ts';

export type Account = { token: string };

export type UpstreamCall = {
  account: Account;
  /** Absent: the Model API. `account`: RunComfy's account API. */
  api?: 'account';
  method: 'GET' | 'POST';
  /** Path and query, made of stored ids only. */
  path: string;
  body?: Uint8Array;
  timeoutMs: number;
};

/** An HTTP answer, or `silent` when none came whole: time-out, cut connection, unreachable host. */
export type UpstreamAnswer =
  | { kind: 'answer'; status: number; body: Answer | null }
  | { kind: 'silent'; timedOut: boolean };

export type Upstream = { call: (call: UpstreamCall) => Promise<UpstreamAnswer> };

/**
 * A result may echo the whole input, so this is the usual cap on bodies (16 MiB) and room for the output; an answer
 * beyond it is as good as none.
 */
const MAX_ANSWER_BYTES = 24 * 1024 * 1024;

/** RunComfy's two origins; a token goes nowhere else. */
export type Origins = { models: string; account: string };

export function createUpstream(origins: Origins, clock: Clock): Upstream {
  return { call: (call) => send(origins[call.api ?? 'models'], clock, call) };
}

async function send(origin: string, clock: Clock, call: UpstreamCall): Promise<UpstreamAnswer> {
  const signal = clock.timeout(call.timeoutMs);
  try {
    const response = await fetch(`${origin}${call.path}`, {
      method: call.method,
      headers: {
        Authorization: `Bearer ${call.account.token}`,
        Accept: 'application/json',
        // Plain answers come with their length, and are read in one step.
        'Accept-Encoding': 'identity',
        'User-Agent': 'comfygate',
        ...(call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: call.body }),
      redirect: 'manual',
      signal,
    });
    const read = await readBounded(response, MAX_ANSWER_BYTES);
    if (!read.ok) {
      return { kind: 'silent', timedOut: signal.aborted };
    }
    return { kind: 'answer', status: response.status, body: parse(read.bytes) };
  } catch {
    return { kind: 'silent', timedOut: signal.aborted };
  }
}

const decoder = new TextDecoder();

/** RunComfy's JSON object, or null for HTML, garbage and everything else. */
function parse(bytes: Uint8Array): Answer | null {
  try {
    return readAnswer(JSON.parse(decoder.decode(bytes)));
  } catch {
    return null;
  }
}
