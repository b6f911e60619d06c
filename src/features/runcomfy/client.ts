// The only file that calls RunComfy. URLs are built from stored ids, and headers from a fixed list. Redirects are not
// followed, so a token goes to the configured origins and nowhere else.

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
  /** Path and query, built from stored ids only. */
  path: string;
  body?: Uint8Array;
  timeoutMs: number;
  /** Numbers of the answer that a double cannot hold keep their digits, as RawJson. */
  exact?: true;
  /** Accounts for the answer's bytes in flight while its reader needs them; absent: until it is parsed. */
  held?: Held | undefined;
};

/**
 * An HTTP answer, or `silent` if none came whole: time-out, cut connection, unreachable host. `retryAfterSeconds` has a
 * default. `noRoom`: an answer came, but there was no room for it among the bytes in flight.
 */
export type UpstreamAnswer =
  | { kind: 'answer'; status: number; body: Answer | null; retryAfterSeconds: number }
  | { kind: 'silent'; timedOut: boolean; noRoom?: boolean };

export type Upstream = { call: (call: UpstreamCall) => Promise<UpstreamAnswer> };

export type RunComfyRuntime = Runtime & { upstream: Upstream };

/**
 * A result may echo the whole input, so this is the cap on inputs (16 MiB) plus room for the output. A larger answer
 * counts as silence.
 */
const MAX_ANSWER_BYTES = 24 * 1024 * 1024;

/** RunComfy's two origins; a token goes nowhere else. */
export type Origins = { models: string; account: string };

export function createUpstream(
  origins: Origins,
  { clock, inFlight }: Pick<Runtime, 'clock' | 'inFlight'>,
): Upstream {
  /** Prepared once per opened account: ready Headers cost each call less than an object of strings. */
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
    // An uncompressed answer comes with its length, and is read in one step.
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

/** RunComfy's JSON object without our token in it; null for HTML and anything else that is not an object. */
function parse(text: string, { exact, account: { token } }: UpstreamCall): Answer | null {
  // A token with escaped characters is not found in the text: JSON may escape any character, and must escape some.
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
