// The only file that talks to RunComfy. URLs are built from stored ids, headers from a list of our own; redirects
// are not followed, so a token goes to the configured origins and nowhere else.

import type { Clock } from '../../lib/clock.ts';
import { readBoundedText } from '../../lib/bounded-read.ts';
import type { Held } from '../../lib/bytes-in-flight.ts';
import { parseExactJson, withoutNaN } from '../../lib/exact-json.ts';
import { isJsonObject } from '../../lib/json.ts';
import type { Runtime } from '../../runtime.ts';
import { withoutToken } from './disclosure.ts';
import { readRetryAfter } from './retry-after.ts';
import type { Answer } from './wire.ts';

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
  /** Numbers of the answer that no double holds keep their digits, as RawJson. */
  exact?: true;
  /** What the answer takes of the bytes in flight, for as long as its reader needs it; absent: until it is parsed. */
  held?: Held | undefined;
};

/**
 * An HTTP answer, or `silent` when none came whole: time-out, cut connection, unreachable host. `retryAfterSeconds`: a
 * default where the answer does not say. `noRoom`: it came, and there was no room for it among the bytes in flight.
 */
export type UpstreamAnswer =
  | { kind: 'answer'; status: number; body: Answer | null; retryAfterSeconds: number }
  | { kind: 'silent'; timedOut: boolean; noRoom?: boolean };

export type Upstream = { call: (call: UpstreamCall) => Promise<UpstreamAnswer> };

export type RunComfyRuntime = Runtime & { upstream: Upstream };

/**
 * A result may echo the whole input, so this is the usual cap on bodies (16 MiB) and room for the output; an answer
 * beyond it is as good as none.
 */
const MAX_ANSWER_BYTES = 24 * 1024 * 1024;

/** RunComfy's two origins; a token goes nowhere else. */
export type Origins = { models: string; account: string };

type Means = Pick<Runtime, 'clock' | 'inFlight'>;

export function createUpstream(origins: Origins, { clock, inFlight }: Means): Upstream {
  /** Made once for an opened account, they cost each call less than an object of texts; they go when it goes. */
  const prepared = new WeakMap<Account, Prepared>();
  const headersFor = ({ account, body }: UpstreamCall): Headers => {
    const headers = prepared.get(account) ?? prepare(account.token);
    prepared.set(account, headers);
    return body === undefined ? headers.bare : headers.withBody;
  };
  return {
    async call(call) {
      const held = call.held ?? inFlight.open('RunComfy');
      try {
        return await send(call, {
          origin: origins[call.api ?? 'models'],
          clock,
          headers: headersFor(call),
          held,
        });
      } finally {
        if (call.held === undefined) {
          held.release();
        }
      }
    },
  };
}

type Prepared = { bare: Headers; withBody: Headers };

function prepare(token: string): Prepared {
  const common = {
    Authorization: `Bearer ${token}`,
    Accept: 'application/json',
    // Plain answers come with their length, and are read in one step.
    'Accept-Encoding': 'identity',
    'User-Agent': 'comfygate',
  };
  return {
    bare: new Headers(common),
    withBody: new Headers({ ...common, 'Content-Type': 'application/json' }),
  };
}

async function send(
  call: UpstreamCall,
  { origin, clock, headers, held }: { origin: string; clock: Clock; headers: Headers; held: Held },
): Promise<UpstreamAnswer> {
  const signal = clock.timeout(call.timeoutMs);
  try {
    const response = await fetch(`${origin}${call.path}`, {
      method: call.method,
      headers,
      ...(call.body === undefined ? {} : { body: call.body }),
      redirect: 'manual',
      signal,
    });
    const read = await readBoundedText(response, { maxBytes: MAX_ANSWER_BYTES, held });
    if (!read.ok) {
      return { kind: 'silent', timedOut: signal.aborted, noRoom: read.reason === 'no_room' };
    }
    const retryAfterSeconds = readRetryAfter(response.headers.get('Retry-After'), clock.now());
    return { kind: 'answer', status: response.status, body: parse(read.text, call), retryAfterSeconds };
  } catch {
    return { kind: 'silent', timedOut: signal.aborted };
  }
}

/** RunComfy's JSON object, never with our token in it; null for HTML, garbage and everything else. */
function parse(text: string, { exact, account: { token } }: UpstreamCall): Answer | null {
  // Escaped it is not found in the text: as any character may be, or as JSON has to write its own.
  const escapes = JSON.stringify(token) === `"${token}"` ? /\\[u/]/ : /\\/;
  const mayHoldToken = text.includes(token) || escapes.test(text);
  const read = (json: string): unknown => {
    const value: unknown = exact === true ? parseExactJson(json) : JSON.parse(json);
    return mayHoldToken ? withoutToken(value, token) : value;
  };
  // RunComfy is written in Python, which writes NaN where JSON has no word.
  return objectIn(text, read) ?? objectIn(withoutNaN(text), read);
}

function objectIn(text: string, read: (json: string) => unknown): Answer | null {
  try {
    const value = read(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
