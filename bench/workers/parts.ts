// The parts of a proxied call, one on each path. They do what the gateway does.

import { Hono } from 'hono';
import { compileJudge } from '../../src/features/input-schema/judge.ts';
import type { Quote } from '../../src/features/pricing/price.ts';
import { callerLimits } from '../../src/features/ledger/caller-limits.ts';
import { placeHold } from '../../src/features/ledger/store.ts';
import { limitHeaders } from '../../src/http/limit-headers.ts';
import { newJobId } from '../../src/lib/ids.ts';
import { isJsonObject, parseStrictJson } from '../../src/lib/json.ts';
import { consoleLog, type LogFields } from '../../src/lib/log.ts';
import { microsOf } from '../../src/lib/money.ts';
import { made } from './meter.ts';

type Bindings = { UPSTREAM: string };
type Part = (request: Request, env: Bindings, ctx: ExecutionContext) => Promise<Response> | Response;

const URL_OF_STATUS = '/v1/requests/u-job/status';
const CALL = new Headers({
  Authorization: 'Bearer of-the-upstream',
  Accept: 'application/json',
  'Accept-Encoding': 'identity',
  'User-Agent': 'comfygate',
});
const ANSWER = { request_id: '00000000-0000-4000-8000-000000000000', status: 'in_progress' };
const LINE: LogFields = {
  trace_id: '00000000-0000-4000-8000-000000000000',
  method: 'GET',
  route: '/v1/requests/:id/status',
  status: 200,
  duration_ms: 14,
  customer: 'cus_0000000000000000000000',
  key: 'key_0000000000000000000000',
};
const encoder = new TextEncoder();

const BODY = encoder.encode(JSON.stringify({ prompt: 'a lighthouse in the rain '.repeat(6), seed: 42 }));
const SCHEMA = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt: { type: 'string', maxLength: 800 },
    aspect_ratio: { type: 'string', enum: ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'], default: '16:9' },
    frames: { type: 'integer', enum: [121, 241], default: 121 },
    seed: { type: 'integer', default: -1 },
  },
};
const compiled = compileJudge(SCHEMA);

const FREE = microsOf(0) ?? never();
const QUOTE: Quote = {
  unitMicros: FREE,
  estimateMicros: FREE,
  leastMicros: FREE,
  addsMicros: FREE,
  addsCostMicros: FREE,
  holdMicros: FREE,
  charge: 'estimate',
  price: { usdMicros: FREE, unit: 'output' },
  terms: { markupE4: 10_000, ownUnitMicros: null },
};
const STANDING = {
  admitted: 1,
  key_live: 1,
  customer_active: 1,
  submits_on: 1,
  terms_hold: 1,
  customer_wait_ms: 0,
  held_micros: 0,
};
const ROOMS = ['requests_per_minute', 'requests_per_day', 'spend_per_month'].map((name) => {
  return { scope: 'key', name, max: 1_000_000, used: 1, adds: 1, oldest_ms: null };
});
const WRITE = { results: [] };
const GATE = [
  ...Array.from({ length: 5 }, () => WRITE),
  { results: [STANDING] },
  { results: ROOMS },
  { results: [{ usable: 1, open: 1, wait_ms: null }] },
  { results: [{ id: 'acct_env', sealed: null }] },
];
const statement = made<D1PreparedStatement>({ bind: (...values: unknown[]) => made({ values }) });
/** A store that answers at once and admits every submit. */
const db = made<D1Database>({ prepare: () => statement, batch: () => Promise.resolve(GATE) });

function never(): never {
  throw new Error('cannot happen');
}

const app = new Hono();
app.use(async function outer(c, next) {
  await next();
  c.res.headers.set('X-Request-Id', crypto.randomUUID());
});
app.use(async function inner(_c, next) {
  await next();
});
app.get('/hono', (c) => c.json(ANSWER));

function ask(env: Bindings, init: RequestInit = {}): Promise<Response> {
  return fetch(`${env.UPSTREAM}${URL_OF_STATUS}`, { headers: CALL, redirect: 'manual', ...init });
}

function rewritten(text: string): Response {
  return new Response(JSON.stringify({ ...JSON.parse(text) }), {
    headers: { 'Content-Type': 'application/json' },
  });
}

const PARTS: Record<string, Part> = {
  itself: () => new Response('{}'),
  async floor(request, env) {
    const headers = new Headers(request.headers);
    headers.set('Authorization', 'Bearer of-the-upstream');
    const response = await fetch(`${env.UPSTREAM}${URL_OF_STATUS}`, { headers });
    return new Response(response.body, response);
  },
  read: async (_request, env) => rewritten(await (await ask(env)).text()),
  'time-out': async (_request, env) =>
    rewritten(await (await ask(env, { signal: AbortSignal.timeout(8_000) })).text()),
  async iterator(_request, env) {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of (await ask(env)).body ?? []) {
      text += decoder.decode(chunk, { stream: true });
    }
    return rewritten(text);
  },
  async key(request) {
    await crypto.subtle.digest('SHA-256', encoder.encode(request.headers.get('authorization') ?? ''));
    return new Response('{}');
  },
  headers: () =>
    new Response('{}', {
      headers: {
        'Content-Type': 'application/json',
        'X-Request-Id': crypto.randomUUID(),
        'Access-Control-Allow-Origin': '*',
      },
    }),
  log() {
    consoleLog.info('request', LINE);
    return new Response('{}');
  },
  hono: (request, env, ctx) => app.fetch(request, env, ctx),
  input() {
    const parsed = parseStrictJson(BODY);
    const isSound =
      parsed.ok &&
      isJsonObject(parsed.value) &&
      compiled.ok &&
      compiled.judge.check(parsed.value).length + compiled.judge.unknown(parsed.value).length === 0;
    return new Response('{}', { status: isSound ? 200 : 422 });
  },
  async gate() {
    const atMs = Date.now();
    const report = await placeHold(db, {
      jobId: newJobId(),
      customerId: 'cus_bench',
      keyId: 'key_bench',
      tokenId: '',
      endUser: '',
      modelId: 'bench/model',
      openable: ['acct_env'],
      quote: QUOTE,
      atMs,
      idempotency: null,
      traceId: '',
      terms: '10000 ',
      checkAtMs: atMs,
    });
    return new Response('{}', { headers: limitHeaders(callerLimits(report, { tokenId: '', atMs })) });
  },
};

export default {
  fetch(request, env, ctx) {
    const name = new URL(request.url).pathname.slice(1);
    return PARTS[name]?.(request, env, ctx) ?? new Response(null, { status: 404 });
  },
} satisfies ExportedHandler<Bindings>;
