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

/** `bytes`: the body as it came, for the payloads that RunComfy gets. `file`: the body while it comes. */
type Body = Schema | 'bytes' | 'file';

/** The names in a path template: `/admin/customers/{customer}/prices/{model_id+}`. A `+` takes several segments. */
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
      /** The same for an object whose id its verb mints. */
      creation: Creation;
    }
  : D extends 'key'
    ? { principal: Principal }
    : unknown;

export type Status = 200 | 201 | 202 | 204 | 206 | 304 | 502 | 503;

/** What else of the HTTP request a handler may need. */
export type RequestFacts = {
  /** Names the call in its answer and in the log. */
  traceId: string;
  /** The origin that our URLs name. */
  origin: string;
  /** Names that this gateway is known to be called by. */
  ownHosts: () => string[];
  /** The Idempotency-Key, or null; throws 400 for one that is malformed. */
  idempotencyKey: () => string | null;
  /** The caller's address; '' where nobody says. */
  address: string;
  /** What of a file is asked for. */
  fileAsk: () => FileAsk;
  /** Who sits at the browser, for the routes that sign in and out. */
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

/** A view with a status other than the row's, with headers, as text, or as a file. */
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
  /** Browser tokens may call it too. Without this they get 403: what a token may do is written down. */
  tokens?: true;
  /** One line: what the call does. */
  summary: string;
  /** RunComfy's own routes ignore query parameters that they don't know; ours refuse them. */
  wire?: 'runcomfy';
  query?: Q;
  body?: B;
  /** The body may be missing: it counts as `{}`. */
  optionalBody?: true;
  /** 200 where absent. Several: the first, unless `run` answers with another of them. */
  status?: Status | readonly Status[];
  /** The call goes on to its end when the client hangs up (waitUntil). */
  held?: true;
  /** The answer may also be CSV. */
  csv?: true;
  /** The answer is plain text. */
  text?: true;
  /** The answer is a file that was uploaded. */
  file?: true;
  /** It changes nothing, whatever its method. */
  reads?: true;
  /** A read that asks no store while it is warm. Every other read by a key is rate limited. */
  unrated?: true;
  /** A change that no limit of its own counts: it is rate limited like a read. */
  rated?: true;
  /** The call honours an Idempotency-Key. */
  idempotent?: true;
  /** The refusals that this route alone adds to those of its door, its query and its body. */
  refusals: readonly ProblemCode[];
  /** The action of the audit entry, where the call changes something. */
  audit?: string;
  /** Members of the body that the audit entry must not hold. */
  secrets?: readonly string[];
  run: (call: Call<D, P, Q, B>) => Promise<A | Answer<A>> | A | Answer<A>;
};

/** Checks the row's types against each other and leaves it as it is. */
export function route<
  const D extends Door,
  const P extends string,
  A,
  Q extends Schema | undefined = undefined,
  B extends Body | undefined = undefined,
>(row: Row<D, P, Q, B, A>): Row<D, P, Q, B, A> {
  return row;
}

/** A row as the registration and the tools read it: its handler cannot be called without its own types. */
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

/** Whether a token that may only read may call it. */
export function isRead({ method, reads }: Pick<Route, 'method' | 'reads'>): boolean {
  return method === 'GET' || reads === true;
}

/** Whether calls by a key are rate limited. */
export function isRated(row: Pick<Route, 'method' | 'reads' | 'rated' | 'unrated'>): boolean {
  return row.rated === true || (isRead(row) && row.unrated === undefined);
}

/** The statuses of the row's answers, the usual one first. */
export function statusesOf({ status = 200 }: Route): readonly [Status, ...Status[]] {
  const [first = 200, ...others] = typeof status === 'number' ? [status] : status;
  return [first, ...others];
}
