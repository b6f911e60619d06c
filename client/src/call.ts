// One call of the gateway: it renews the token once after a 401, pauses between tries, and never sends a submit twice if the
// second one would be another job.

import type { Held, Wallet } from './credentials.ts';
import { ComfygateError, isLost } from './errors.ts';
import type { Problem, ProblemCode } from './wire.ts';

export type Link = {
  baseUrl: string;
  wallet: Wallet;
  fetch: typeof fetch;
  wait: (ms: number, signal?: AbortSignal) => Promise<void>;
};

/** Stops the call, but not the job behind it. */
export type CallOptions = { signal?: AbortSignal | undefined };

type Call = CallOptions & {
  method: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  submit?: Attempts | undefined;
};

/** The scope of an earlier try of the submit, or null. Under another scope the submit would be another job. */
type Attempts = { triedAs: string | null };

const TRIES = 5;
/** If a refusal asks for a longer wait, the caller decides. */
const PATIENCE_SECONDS = 20;
const TIMEOUT_MS = 60_000;

export function call<T>(link: Link, { method, path, body, headers, signal, submit }: Call): Promise<T> {
  const json = body === undefined ? null : JSON.stringify(body);
  const send = async ({ token }: Held) => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await link.fetch(link.baseUrl + path, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          ...(json === null ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        body: json,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const text = await response.text();
      return { status: response.status, text, retryAfter: response.headers.get('Retry-After') };
    } catch (cause) {
      signal?.throwIfAborted();
      throw new ComfygateError(null, { status: 0, cause });
    }
  };
  return insist(link, { send, signal, submit, tries: TRIES });
}

export type Answer = { status: number; text: string; retryAfter: string | null };

type Insisted = Pick<Call, 'signal' | 'submit'> & {
  send: (held: Held) => Promise<Answer>;
  tries: number;
};

/** `scope` is the scope of a submit that may have arrived, and `lost` the error that left this open. */
type Attempt = { held: Held; tried: number; isRenewed: boolean; scope: string | null; lost: ComfygateError };

/** Sends until there is an answer, or an error that another try cannot change. */
export async function insist<T>(link: Link, asked: Insisted): Promise<T> {
  const { send, signal, submit } = asked;
  let attempt: Attempt = {
    held: await link.wallet.get(),
    tried: 1,
    isRenewed: false,
    scope: submit?.triedAs ?? null,
    lost: new ComfygateError(null, { status: 0 }),
  };
  for (;;) {
    signal?.throwIfAborted();
    if (attempt.scope !== null && attempt.scope !== attempt.held.scope) {
      throw attempt.lost;
    }
    try {
      return read(await send(attempt.held));
    } catch (error) {
      if (!(error instanceof ComfygateError)) {
        throw error;
      }
      attempt = await nextAttempt(link, asked, { ...attempt, error });
    }
  }
}

/** Throws the error if another try cannot change it. */
async function nextAttempt(
  link: Link,
  { signal, submit, tries }: Insisted,
  { error, ...last }: Attempt & { error: ComfygateError },
): Promise<Attempt> {
  const renewed = error.status === 401 && !last.isRenewed ? link.wallet.renew(last.held) : null;
  if (renewed !== null) {
    // Without a token, the error of a submit that may have arrived tells more.
    const held = await renewed.catch((cause) => Promise.reject(last.scope === null ? cause : last.lost));
    return { ...last, held, isRenewed: true };
  }
  const pauseMs = last.tried < tries ? pauseBefore(error, last.tried) : null;
  if (pauseMs === null) {
    throw error;
  }
  await link.wait(pauseMs, signal);
  const next = { ...last, tried: last.tried + 1 };
  return submit !== undefined && isLost(error) ? { ...next, scope: last.held.scope, lost: error } : next;
}

/** Null if another try cannot help. The pause is partly random, so that pages do not retry together. */
function pauseBefore(error: ComfygateError, tried: number): number | null {
  const { retryAfter } = error;
  if (isLost(error)) {
    return 2 ** tried * 250 * (1 + Math.random());
  }
  return retryAfter !== null && retryAfter <= PATIENCE_SECONDS && [409, 429, 503].includes(error.status)
    ? (retryAfter + Math.random()) * 1000
    : null;
}

function read({ status, text, retryAfter }: Answer) {
  const body = parse(text);
  if (status < 300 && body !== undefined) {
    // openapi.json defines the type; the gateway's tests compare each answer with it.
    return body;
  }
  const seconds = Number(retryAfter ?? Number.NaN);
  throw new ComfygateError(isProblem(body) ? body : null, {
    status,
    retryAfter: Number.isNaN(seconds) ? null : seconds,
  });
}

function parse(text: string) {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(body: unknown): body is Omit<Problem, 'code'> & { code: ProblemCode } {
  return typeof body === 'object' && body !== null && 'code' in body && 'trace_id' in body;
}
