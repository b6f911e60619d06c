// Serves the call of a row: reads what the row asks for, calls its handler, renders its view.

import { getQueryParam, getQueryParams } from 'hono/utils/url';
import * as z from 'zod/mini';
import type { Creation } from '../features/audit/store.ts';
import { noteUse } from '../features/keys/note-use.ts';
import { countedKey } from '../features/keys/principal.ts';
import { requireReadRate } from '../features/shield/shield.ts';
import type { Held } from '../lib/bytes-in-flight.ts';
import { cut } from '../lib/cut.ts';
import { isJsonObject } from '../lib/json.ts';
import { Problem } from '../lib/problem.ts';
import { parseJson, readBytes } from './body.ts';
import { commonHeaders } from './common-headers.ts';
import { addressOf, originOf, ownHostsOf, rawPathOf, type RequestContext } from './context.ts';
import { fileAskOf } from './file-ask.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { paramsIn, parseTemplate, type PathTemplate } from './path.ts';
import {
  isAnswer,
  isRated,
  isRead,
  statusesOf,
  type RequestFacts,
  type Route,
  type Routes,
} from './route.ts';
import { sitterOf } from './session-cookie.ts';
import { uploadOf } from './upload.ts';
import { validate } from './validate.ts';

/** A row with its path parsed. */
export type Endpoint = { row: Route; template: PathTemplate };

/** Replaces a secret in the audit entry. */
const SECRET = '(secret)';

const NO_PARAMETERS = z.strictObject({});

export function endpointsOf(routes: Routes): Endpoint[] {
  return Object.values(routes).map((row) => ({ row, template: parseTemplate(row.path) }));
}

/** The response to a caller whom the door has let in. */
export function serve(context: RequestContext, endpoint: Endpoint): Promise<Response> {
  const { held, body, inTurn } = endpoint.row;
  const work = answerTo(context, endpoint);
  // The call runs to its end even if the client disconnects, so that the memory of a body is released and a turn ends.
  if (held === true || body !== undefined || inTurn === true) {
    context.gateway.after(Promise.allSettled([work]));
  }
  return work;
}

async function answerTo(context: RequestContext, { row, template }: Endpoint): Promise<Response> {
  const { gateway, principal } = context;
  requireRight(context, row);
  // Both are released when the call is over, however it ends.
  const held = gateway.inFlight.open(holderOf(context));
  const turn = row.inTurn === true ? gateway.turns.queue(holderOf(context)) : null;
  try {
    await turn?.begun;
    await requireRate(context, row);
    const params = paramsIn(template, context.path, () => rawPathOf(context));
    const query = readQuery(context, row);
    const sent = await readBody(context, row, held);
    const call = {
      runtime: gateway,
      principal,
      ...operatorsPart(context, row, sent?.json),
      params,
      query,
      body: sent?.value,
      request: factsOf(context),
    };
    const answer = render(context, row, await run(row, call));
    // A call that is refused changes nothing.
    if (principal !== null && answer.ok) {
      noteUse(gateway, principal);
    }
    return answer;
  } finally {
    held.release();
    turn?.end();
  }
}

/** 403 for a token that may not call this route. */
function requireRight({ principal, operator }: RequestContext, row: Route): void {
  if (row.door === 'admin') {
    if (operator === null) {
      throw new Error('no door guards this route');
    }
    if (!isRead(row) && !operator.mayChange) {
      throw new Problem('read_only_token', 'This token may only read. Changes take one of ADMIN_TOKENS.');
    }
  }
  if (row.door !== 'key') {
    return;
  }
  if (principal === null) {
    throw new Error('no door guards this route');
  }
  if (row.tokens === undefined && principal.tokenId !== '') {
    throw new Problem(
      'token_not_allowed',
      'A browser token may not do this. Call it from your server, with your secret key.',
    );
  }
}

/** 429 for a key that reads too often. */
async function requireRate({ gateway, principal }: RequestContext, row: Route): Promise<void> {
  if (principal !== null && isRated(row)) {
    await requireReadRate(gateway, countedKey(principal));
  }
}

/** Each customer has a share of the bytes in flight, the operator has one, and all other callers have one together. */
function holderOf({ principal, operator }: RequestContext): string {
  return principal?.customerId ?? (operator === null ? 'nobody' : 'operator');
}

/** The only place that calls a handler, with values read according to its own row. */
function run(row: Route, call: object): unknown {
  const handler: (call: never) => unknown = row.run;
  return Reflect.apply(handler, undefined, [call]);
}

/** RunComfy's routes use the first of a repeated parameter and ignore unknown ones. Our own routes refuse both. */
function readQuery({ url }: RequestContext, { query: schema, wire }: Route): unknown {
  if (wire === 'runcomfy') {
    return schema === undefined ? undefined : validate(schema, getQueryParam(url), 'invalid_parameter');
  }
  const sent = Object.entries(getQueryParams(url) ?? {});
  const repeated = sent.find(([, values]) => values.length > 1);
  if (repeated !== undefined) {
    const path = cut(repeated[0], 40);
    const message = 'is sent more than once';
    throw new Problem('invalid_parameter', `${path}: ${message}`, {
      errors: [{ path, rule: 'once', message }],
    });
  }
  return validate(schema ?? NO_PARAMETERS, getQueryParam(url), 'invalid_parameter');
}

type Sent = { value: unknown; json: unknown };

async function readBody(
  context: RequestContext,
  { door, body, optionalBody }: Route,
  held: Held,
): Promise<Sent | undefined> {
  if (body === undefined) {
    return undefined;
  }
  if (body === 'file') {
    return { value: uploadOf(context), json: undefined };
  }
  const bytes = await readBytes(context, door, held);
  if (body === 'bytes') {
    return { value: bytes, json: undefined };
  }
  const json = bytes.byteLength === 0 && optionalBody === true ? {} : parseJson(bytes);
  return { value: validate(body, json), json };
}

/** The audit entry stores the valid body in the caller's units. It replaces secrets by a marker. */
function operatorsPart(context: RequestContext, { audit, secrets = [] }: Route, sent: unknown) {
  const { operator } = context;
  if (operator === null) {
    return {};
  }
  const { actor, sessionId } = operator;
  const shown = Object.entries(isJsonObject(sent) ? sent : {}).map(
    ([name, value]) => [name, secrets.includes(name) ? SECRET : value] as const,
  );
  const creation: Creation = {
    atMs: context.gateway.clock.now(),
    actor,
    action: audit ?? '',
    sessionId,
    address: addressOf(context),
    change: Object.fromEntries(shown),
    traceId: context.traceId,
  };
  return { actor, sessionId, creation, change: (object: string) => ({ ...creation, object }) };
}

/** Headers are read only when a handler needs them: each read crosses into the runtime. */
function factsOf(context: RequestContext): RequestFacts {
  return {
    traceId: context.traceId,
    origin: originOf(context),
    ownHosts: () => ownHostsOf(context),
    idempotencyKey: () => idempotencyKeyOf(context),
    get address() {
      return addressOf(context);
    },
    fileAsk: () => fileAskOf(context),
    get sitter() {
      return sitterOf(context);
    },
    arrivedAtMs: context.arrivedAtMs,
    note: (fields) => Object.assign(context.logged, fields),
  };
}

function render(context: RequestContext, row: Route, result: unknown): Response {
  const { view, status = statusesOf(row)[0], headers } = isAnswer(result) ? result : { view: result };
  const common = commonHeaders(context);
  return view === null || typeof view === 'string' || view instanceof ReadableStream
    ? new Response(view, { status, headers: { ...common, ...headers } })
    : Response.json(view, { status, headers: { ...common, ...headers } });
}
