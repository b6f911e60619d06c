// A route as data. Hono's registration, the authorisation matrix of the tests, openapi.json and the types of client and
// pages are made from these rows; a handler gets typed values and calls one verb.

import type * as z from 'zod/mini';
import type { Gateway } from '../compose.ts';
import type { Change, Creation } from '../features/audit/store.ts';
import type { Principal } from '../features/keys/principal.ts';
import type { ProblemCode } from '../lib/problem.ts';
import type { FileAsk } from './file-ask.ts';
import type { Sitter } from './session-cookie.ts';
import type { UploadBody } from './upload.ts';

/**
 * `key`: a customer's key, or a browser token where the row says so. `admin`: one of ADMIN_TOKENS, or of READ_TOKENS where
 * nothing is changed. `open`: everybody.
 */
export type Door = 'open' | 'key' | 'admin';

type Schema = z.ZodMiniType;

/** `bytes`: the body as received, for payloads that go to RunComfy. `file`: the body as a stream. */
type Body = Schema | 'bytes' | 'file';

/** The names in a path template such as `/admin/customers/{customer}/prices/{model_id+}`; `+` matches several segments. */
type ParamsOf<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Record<Name extends `${infer Plain}+` ? Plain : Name, string> & ParamsOf<Rest>
  : unknown;

type Caller<D extends Door> = D extends 'admin'
  ? {
      /** Name of the admin token. */
      actor: string;
      /** The session whose cookie opened the door; null for a token. */
      sessionId: string | null;
      /** The audit entry of this call, with the body as it was sent. `object` is the id of what it changes. */
      change: (object: string) => Change;
      /** The same for an object that the feature creates with an id of its own. */
      creation: Creation;
    }
  : D extends 'key'
    ? { principal: Principal }
    : unknown;

export type Status = 200 | 201 | 202 | 204 | 206 | 304 | 502 | 503;

/** The rest of the HTTP request that a handler may need. */
export type RequestFacts = {
  /** Names the call in its answer and in the log. */
  traceId: string;
  /** The origin that our URLs name. */
  origin: string;
  /** Host names of this gateway. */
  ownHosts: () => string[];
  /** The Idempotency-Key, or null. Throws 400 if it is malformed. */
  idempotencyKey: () => string | null;
  /** The caller's IP address; '' if unknown. */
  address: string;
  /** Conditions and range of a request for a file. */
  fileAsk: () => FileAsk;
  /** The browser session, for the routes that sign in and out. */
  sitter: Sitter;
  /** When the request began, before its body was read. */
  arrivedAtMs: number;
  /** Adds to the log line of the request. */
  note: (fields: { job: string }) => void;
};

type Call<
  D extends Door,
  P extends string,
  Q extends Schema | undefined,
  B extends Body | undefined,
> = Caller<D> & {
  runtime: Gateway;
  /** Undecoded where the template has a `+`. */
  params: ParamsOf<P>;
  query: Q extends Schema ? z.output<Q> : undefined;
  body: B extends Schema
    ? z.output<B>
    : B extends 'bytes'
      ? Uint8Array
      : B extends 'file'
        ? UploadBody
        : undefined;
  request: RequestFacts;
};

const ANSWER = Symbol('answer');

/** A view with a status of its own, with headers, as text, or as a file. */
export type Answer<A> = {
  [ANSWER]: true;
  view: A | string | ReadableStream | null;
  status?: Status;
  headers?: Record<string, string>;
};

export function answer<A>(view: A, more: { status?: Status; headers?: Record<string, string> }): Answer<A> {
  return { [ANSWER]: true, view, ...more };
}

export function csvAnswer(text: string, headers: Record<string, string> = {}): Answer<never> {
  return { [ANSWER]: true, view: text, headers: { 'Content-Type': 'text/csv; charset=utf-8', ...headers } };
}

export function textAnswer(text: string, type: string): Answer<never> {
  return { [ANSWER]: true, view: text, headers: { 'Content-Type': type } };
}

/** Null: the headers alone. */
export function fileAnswer(
  body: ReadableStream | null,
  head: { status: Status; headers: Record<string, string> },
): Answer<never> {
  return { [ANSWER]: true, view: body, ...head };
}

export function isAnswer(value: unknown): value is Answer<unknown> {
  return typeof value === 'object' && value !== null && ANSWER in value;
}

export type Row<
  D extends Door,
  P extends string,
  Q extends Schema | undefined,
  B extends Body | undefined,
  A,
> = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: P;
  door: D;
  /** Browser tokens can call it. Without this they get 403: access is granted row by row. */
  tokens?: true;
  /** The summary in openapi.json. */
  summary: string;
  /** RunComfy's own routes ignore unknown query parameters; ours refuse them. */
  wire?: 'runcomfy';
  query?: Q;
  body?: B;
  /** The body may be missing: it counts as `{}`. */
  optionalBody?: true;
  /** 200 if absent. Of several statuses the first applies unless `run` returns another. */
  status?: Status | readonly Status[];
  /** The call runs to its end even if the client disconnects (waitUntil). */
  held?: true;
  /** The answer may also be CSV. */
  csv?: true;
  /** The answer is plain text. */
  text?: true;
  /** The answer is a file that was uploaded. */
  file?: true;
  /** The call changes nothing, although its method is not GET. */
  reads?: true;
  /** A read that needs no store while the isolate is warm. Every other read by a key is rate limited. */
  unrated?: true;
  /** A change without a limit of its own. It is rate limited like a read. */
  rated?: true;
  /** In each isolate the calls of one customer run one after another: together they would keep D1 from others. */
  inTurn?: true;
  /** The call honours an Idempotency-Key. */
  idempotent?: true;
  /** Refusals beyond those of the door, the query and the body. */
  refusals: readonly ProblemCode[];
  /** The action of the audit entry, if the call changes something. */
  audit?: string;
  /** Members of the body that the audit entry must not contain. */
  secrets?: readonly string[];
  run: (call: Call<D, P, Q, B>) => Promise<A | Answer<A>> | A | Answer<A>;
};

/** Returns the row; TypeScript checks that its types agree. */
export function route<
  const D extends Door,
  const P extends string,
  A,
  Q extends Schema | undefined = undefined,
  B extends Body | undefined = undefined,
>(row: Row<D, P, Q, B, A>): Row<D, P, Q, B, A> {
  return row;
}

/** A row as registration and tools read it. Its handler can only be called with the row's own types. */
export type Route = {
  method: string;
  path: string;
  door: Door;
  tokens?: true;
  summary: string;
  wire?: 'runcomfy';
  query?: Schema | undefined;
  body?: Body | undefined;
  optionalBody?: true;
  status?: Status | readonly Status[];
  held?: true;
  csv?: true;
  text?: true;
  file?: true;
  reads?: true;
  unrated?: true;
  rated?: true;
  inTurn?: true;
  idempotent?: true;
  refusals: readonly ProblemCode[];
  audit?: string;
  secrets?: readonly string[];
  run: (call: never) => unknown;
};

/** The view that a row answers with. */
export type ViewOf<R> = R extends { run: (call: never) => infer T }
  ? Exclude<Awaited<T>, Answer<unknown>>
  : never;

/** Rows by operation id. */
export type Routes = Record<string, Route>;

/** One of READ_TOKENS can call it. */
export function isRead({ method, reads }: Pick<Route, 'method' | 'reads'>): boolean {
  return method === 'GET' || reads === true;
}

/** Calls by a key are rate limited. */
export function isRated(row: Pick<Route, 'method' | 'reads' | 'rated' | 'unrated'>): boolean {
  return row.rated === true || (isRead(row) && row.unrated === undefined);
}

/** The statuses of the row's answers, the usual one first. */
export function statusesOf({ status = 200 }: Route): readonly [Status, ...Status[]] {
  const [first = 200, ...others] = typeof status === 'number' ? [status] : status;
  return [first, ...others];
}
