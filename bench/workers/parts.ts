// One part of a proxied call a path, so that each can be seen alone. What the parts do is what the gateway does.

import { Hono } from 'hono';
import { consoleLog, type LogFields } from '../../src/lib/log.ts';

type Bindings = { UPSTREAM: string };
type Part = (request: Request, env: Bindings, ctx: ExecutionContext) => Promise<Response> | Response;

const URL_OF_STATUS = '/v1/requests/u-job/status';
const CALL = new Headers({
  Authorization: 'Bearer of-the-upstream',
  Accept: 'application/json',
  'Accept-Encoding': 'identity',
  'User-Agent': 'comfygate',
});
const ANSWER = { request_id: 'job_0000000000000000000000', status: 'in_progress' };
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
};

export default {
  fetch(request, env, ctx) {
    const name = new URL(request.url).pathname.slice(1);
    return PARTS[name]?.(request, env, ctx) ?? new Response(null, { status: 404 });
  },
} satisfies ExportedHandler<Bindings>;
