// Turns rows into Hono's routes: reads what a row asks for, calls its handler, renders its view.

import * as z from 'zod/mini';
import type { Creation } from '../features/audit/store.ts';
import { countedKey } from '../features/keys/principal.ts';
import { requireReadRate } from '../features/shield/shield.ts';
import type { Held } from '../lib/bytes-in-flight.ts';
import { cut } from '../lib/cut.ts';
import { isJsonObject } from '../lib/json.ts';
import { Problem } from '../lib/problem.ts';
import { ownText } from '../lib/weight.ts';
import { parseJson, readBytes } from './body.ts';
import { requireTokenRight } from './require-key.ts';
import { addressOf, originOf, ownHostsOf, pathBehind, type AppContext, type AppEnv } from './context.ts';
import type { Hono } from './hono.ts';
import { fileAskOf } from './file-ask.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { sitterOf } from './session-cookie.ts';
import {
  isAnswer,
  isRated,
  isRead,
  statusesOf,
  type RequestFacts,
  type Route,
  type Routes,
} from './route.ts';
import { uploadOf } from './upload.ts';
import { validate } from './validate.ts';

/** Stands in the audit entry where a secret was. */
const SECRET = '(secret)';

const NO_PARAMETERS = z.strictObject({});

/** `app` has passed the door of the rows already: a door guards a whole plane, unknown routes included. */
export function register(app: Hono<AppEnv>, routes: Routes): void {
  for (const row of Object.values(routes)) {
    // The room that a body takes is given back although the client hangs up.
    const isHeld = row.held === true || row.body !== undefined;
    app.on(row.method, honoPath(row.path), (c) => (isHeld ? hold(c, row) : handle(c, row)));
  }
}

function hold(c: AppContext, row: Route): Promise<Response> {
  const work = handle(c, row);
  c.get('deps').after(Promise.allSettled([work]));
  return work;
}

/** `{id}` becomes `:id`; `{id+}` takes several segments, up to what follows it or to the end of the path. */
function honoPath(template: string): string {
  const { head, name, tail } = partsOf(template);
  const start = head.replaceAll(/\{(\w+)\}/g, ':$1');
  return name === null ? start : `${start}:${name}{.+${tail.replaceAll('.', String.raw`\.`)}}`;
}

/** Around the `{name+}` of a template; all of it is head where it has none. */
function partsOf(template: string): { head: string; name: string | null; tail: string } {
  const [, head = template, name = null, tail = ''] = /^(.*)\{(\w+)\+\}(.*)$/.exec(template) ?? [];
  return { head, name, tail };
}

/** What the call takes of the bytes in flight is given back when it is over, whatever becomes of it. */
async function handle(c: AppContext, row: Route): Promise<Response> {
  const held = c.get('deps').inFlight.open(holderOf(c));
  try {
    return await answerTo(c, row, held);
  } finally {
    held.release();
  }
}

/** Customers, the operator and those who are neither each take a share of their own. */
function holderOf(c: AppContext): string {
  return c.get('principal')?.customerId ?? (c.get('actor') === undefined ? 'nobody' : 'operator');
}

async function answerTo(c: AppContext, row: Route, held: Held): Promise<Response> {
  if (row.door === 'admin' && !isRead(row) && !c.get('mayChange')) {
    throw new Problem('read_only_token', 'This token may only read. Changes take one of ADMIN_TOKENS.');
  }
  requireTokenRight(c, row);
  if (row.door === 'key' && isRated(row)) {
    await requireReadRate(c.get('deps'), countedKey(c.get('principal')));
  }
  const params = paramsOf(c, row.path);
  const query = readQuery(c, row);
  const sent = await readBody(c, row, held);
  const creation = creationOf(c, row, sent?.json);
  const call = {
    runtime: c.get('deps'),
    principal: c.get('principal'),
    actor: c.get('actor'),
    sessionId: c.get('sessionId') ?? null,
    params,
    query,
    body: sent?.value,
    creation,
    change: (object: string) => ({ ...creation, object }),
    request: factsOf(c),
  };
  return render(row, await run(row, call));
}

/** The one place where a handler meets values that were read by its own row. */
function run(row: Route, call: object): unknown {
  const handler: (call: never) => unknown = row.run;
  return Reflect.apply(handler, undefined, [call]);
}

/** Texts of their own: what is remembered by an id must not keep the URL that it came in. */
function paramsOf(c: AppContext, template: string): Record<string, string> {
  const { head, name: greedy, tail } = partsOf(template);
  const params: Record<string, string> = {};
  let prefix = head;
  for (const [braced, name = ''] of head.matchAll(/\{(\w+)\}/g)) {
    const sent = c.req.param(name) ?? '';
    prefix = prefix.replace(braced, sent);
    params[name] = ownText(sent);
  }
  if (greedy !== null) {
    // Undecoded: an id that needs escaping is not one.
    const rest = pathBehind(c, prefix);
    params[greedy] = ownText(rest.endsWith(tail) ? rest.slice(0, rest.length - tail.length) : rest);
  }
  return params;
}

/** RunComfy's routes take the first of a repeated parameter and ignore unknown ones; on ours both are mistakes. */
function readQuery(c: AppContext, { query: schema, wire }: Route): unknown {
  if (wire === 'runcomfy') {
    return schema === undefined ? undefined : validate(schema, c.req.query(), 'invalid_parameter');
  }
  const sent = c.req.queries();
  const repeated = Object.keys(sent).find((name) => (sent[name]?.length ?? 0) > 1);
  if (repeated !== undefined) {
    const path = cut(repeated, 40);
    const message = 'is sent more than once';
    throw new Problem('invalid_parameter', `${path}: ${message}`, {
      errors: [{ path, rule: 'once', message }],
    });
  }
  return validate(schema ?? NO_PARAMETERS, c.req.query(), 'invalid_parameter');
}

type Sent = { value: unknown; json: unknown };

async function readBody(
  c: AppContext,
  { door, body, optionalBody }: Route,
  held: Held,
): Promise<Sent | undefined> {
  if (body === undefined) {
    return undefined;
  }
  if (body === 'file') {
    return { value: uploadOf(c), json: undefined };
  }
  const bytes = await readBytes(c, door, held);
  if (body === 'bytes') {
    return { value: bytes, json: undefined };
  }
  const json = bytes.byteLength === 0 && optionalBody === true ? {} : parseJson(bytes);
  return { value: validate(body, json), json };
}

/** The audit entry holds the body in the caller's units, after it was found valid, and of a secret only that it came. */
function creationOf(c: AppContext, { audit, secrets = [] }: Route, sent: unknown): Creation {
  const told = Object.entries(isJsonObject(sent) ? sent : {}).map(
    ([name, value]) => [name, secrets.includes(name) ? SECRET : value] as const,
  );
  return {
    atMs: c.get('deps').clock.now(),
    actor: c.get('actor'),
    action: audit ?? '',
    sessionId: c.get('sessionId') ?? null,
    address: addressOf(c),
    change: Object.fromEntries(told),
    traceId: c.get('traceId'),
  };
}

function factsOf(c: AppContext): RequestFacts {
  return {
    traceId: c.get('traceId'),
    origin: originOf(c),
    ownHosts: () => ownHostsOf(c),
    idempotencyKey: () => idempotencyKeyOf(c),
    address: addressOf(c),
    fileAsk: () => fileAskOf(c),
    sitter: sitterOf(c),
    arrivedAtMs: c.get('arrivedAtMs'),
    note: (fields) => Object.assign(c.get('logged'), fields),
  };
}

function render(row: Route, result: unknown): Response {
  const { view, status, headers } = isAnswer(result) ? result : { view: result };
  const code = status ?? statusesOf(row)[0];
  const init = { status: code, headers: headers ?? {} };
  if (view === null || typeof view === 'string' || view instanceof ReadableStream) {
    return new Response(view, init);
  }
  return Response.json(view, init);
}
