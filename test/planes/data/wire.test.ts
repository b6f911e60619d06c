// The wire on both sides. What RunComfy receives and what a customer receives are allow-lists (G10); whatever
// RunComfy answers, the customer gets RunComfy's documented words, or a refusal that says whose turn it is.

import { test } from 'vitest';
import type { FaultRule } from '../../../simulator/fault.ts';
import { browserToken } from '../../support/browser-token.ts';
import { booksOf } from '../../support/books.ts';
import { expectRefusal, type Refusal } from '../../support/problem.ts';
import { tapUpstream } from '../../support/upstream.ts';
import {
  createWorld,
  PROMPT,
  TEXT_TO_VIDEO,
  type Reply,
  type Tenant,
  type World,
} from '../../support/world.ts';

type Running = { world: World; tenant: Tenant; jobId: string; upstreamId: string };

/** A job that RunComfy runs until the test ends it. */
async function running(): Promise<Running> {
  const world = createWorld();
  world.runcomfy.settings({ hold: 'in_progress' });
  const tenant = await world.tenant();
  const { body } = await world.submit(tenant.token);
  await world.idle();
  world.runcomfy.resetCalls();
  return { world, tenant, jobId: body.request_id, upstreamId: world.runcomfy.accepted().jobs[0]!.id };
}

const isOurs = (name: string) => name !== 'x-request-id' && !name.startsWith('access-control-');
const headersOf = (reply: Reply) => [...reply.headers.keys()].filter(isOurs);

test('G10: RunComfy receives the operator’s token and four headers of ours, nothing of the client', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await browserToken(world, await world.tenant());
  const sent = tapUpstream(world);
  const headers = {
    Cookie: 'session=1',
    'X-Forwarded-For': '203.0.113.9',
    'CF-Connecting-IP': '203.0.113.9',
    'X-RunComfy-Client': 'mcp',
    'X-Custom': 'x',
    'User-Agent': 'runcomfy-cli/1.0',
    Accept: 'text/html',
    'Accept-Language': 'de',
    'Cache-Control': 'no-cache',
    Origin: 'https://shop.example',
    Referer: 'https://shop.example/cart',
    'Idempotency-Key': 'one',
    'Proxy-Authorization': 'Basic x',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  };
  const query = '?include_cost=false&webhook=https%3A%2F%2Fevil.example&token=x';
  const submitted = await world.call(`/v1/models/${TEXT_TO_VIDEO}${query}`, {
    method: 'POST',
    token,
    body: PROMPT,
    headers,
  });
  expect(submitted.status).toBe(200);
  const base = `/v1/requests/${submitted.body.request_id}`;
  await world.call(`${base}/status${query}`, { token, headers });
  await world.call(`${base}/result${query}`, { token, headers });
  await world.call(`${base}/cancel${query}`, { method: 'POST', token, headers, body: 'not even JSON' });
  await world.idle();

  const origin = world.deps.settings.runcomfyOrigin;
  const upstream = `${origin}/v1/requests/${world.runcomfy.accepted().jobs[0]!.id}`;
  const urls = new Set(sent.map(({ method, url }) => `${method} ${url}`));
  expect(urls).toEqual(
    new Set([
      `POST ${origin}/v1/models/${TEXT_TO_VIDEO}`,
      `GET ${upstream}/status`,
      `GET ${upstream}/result?include_cost=true`,
      `POST ${upstream}/cancel`,
    ]),
  );
  const always = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    authorization: 'Bearer rc-test-token-0123456789',
    'user-agent': 'comfygate',
  };
  for (const { url, headers: received, redirect, body } of sent) {
    const isSubmit = url.includes('/v1/models/');
    expect(received).toEqual(isSubmit ? { ...always, 'content-type': 'application/json' } : always);
    // A redirect that is followed would carry the token along.
    expect(redirect).toBe('manual');
    expect(body.byteLength > 0).toBe(isSubmit);
  }
});

const texts: { what: string; text: string }[] = [
  { what: 'an integer beyond 2^53', text: '{"prompt":"x","seed":9007199254740993}' },
  { what: 'white space', text: ' {\n\t"prompt" :  "x" ,\r\n "seed":1 }\n' },
  { what: 'the order of keys', text: '{"z":1,"prompt":"x","a":2,"10":3,"2":4}' },
  { what: 'the form of numbers', text: '{"prompt":"x","seed":1.0,"scale":1e-7,"other":-0}' },
  { what: 'escapes', text: String.raw`{"prompt":"\u00e4\/\ud83c\udf0a","a":"\u0001"}` },
  { what: 'letters beyond ASCII', text: '{"prompt":"Ärger 🌊","aspect_ratio":"1920×1088(16:9)"}' },
];

test.for(texts)('the bytes of a submit are forwarded as they came: $what', async ({ text }, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const sent = tapUpstream(world);
  const bytes = new TextEncoder().encode(text);
  expect(
    (await world.call(`/v1/models/${TEXT_TO_VIDEO}`, { method: 'POST', token, body: bytes })).status,
  ).toBe(200);
  expect(sent.map(({ body }) => body)).toEqual([bytes]);
});

/** RunComfy at its worst: its id in every text, members nobody knows, headers of its own. */
function gossip(upstreamId: string, body: Record<string, unknown>): Response {
  const headers = {
    'Set-Cookie': 'upstream=1',
    Server: 'runcomfy',
    Via: '1.1 runcomfy',
    'X-Request-Id': upstreamId,
    'X-RunComfy-Account': 'operator@example.com',
    'X-RateLimit-Remaining': '3',
    'Access-Control-Allow-Origin': 'https://runcomfy.net',
    'Access-Control-Allow-Credentials': 'true',
    'Cache-Control': 'public, max-age=60',
    ETag: 'W/"1"',
    Link: '<https://runcomfy.net>; rel=next',
    RateLimit: '"upstream";r=1',
    Location: 'https://elsewhere.example/',
  };
  return Response.json(
    {
      status_url: `https://elsewhere.example/${upstreamId}`,
      result_url: `https://elsewhere.example/${upstreamId}`,
      cancel_url: `https://elsewhere.example/${upstreamId}`,
      instance_id: upstreamId,
      balance_usd: 12.34,
      account: 'operator@example.com',
      user_id: 'operator',
      cost: 0.987654,
      price_usd: 0.987654,
      debug: { token: 'rc-test-token-0123456789' },
      request_id: upstreamId,
      ...body,
    },
    { headers },
  );
}

/** The headers that an answer of ours may have beside CORS and the trace id. */
const HEADERS = new Set([
  'content-type',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'comfygate-committed-usd',
  'comfygate-remaining-usd',
]);

test('G10: the customer gets only the named fields of RunComfy’s answers', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const upstreamId = 'up-5f3a9c-77';
  tapUpstream(world, (_response, request) => {
    const { pathname } = new URL(request.url);
    const at = `at ${upstreamId}`;
    const body = pathname.endsWith('/status')
      ? { status: 'in_queue', queue_position: 4 }
      : pathname.endsWith('/cancel')
        ? { status: 'completed', outcome: 'cancelled' }
        : {
            status: 'failed',
            outcome: upstreamId,
            error: { message: at, [at]: [at, { deep: at }], code: 7, ok: null },
            input: { prompt: at, list: [at] },
            model_id: at,
            created_at: at,
            finished_at: at,
          };
    return gossip(upstreamId, pathname.startsWith('/v1/models/') ? {} : body);
  });
  const submitted = await world.submit(token);
  const id = submitted.body.request_id;
  const base = `https://gate.test/v1/requests/${id}`;
  expect(submitted.body).toEqual({
    request_id: id,
    status_url: `${base}/status`,
    result_url: `${base}/result`,
    cancel_url: `${base}/cancel`,
  });
  const status = await world.status(token, id);
  expect(status.body).toEqual({
    request_id: id,
    status: 'in_queue',
    queue_position: 4,
    status_url: `${base}/status`,
    result_url: `${base}/result`,
  });
  const cancelled = await world.cancel(token, id);
  expect(cancelled.body).toEqual({ request_id: id, status: 'completed', outcome: 'cancelled' });
  await world.idle();
  const at = `at ${id}`;
  const wanted = {
    request_id: id,
    status: 'failed',
    error: { message: at, [at]: [at, { deep: at }], code: 7, ok: null },
    input: { prompt: at, list: [at] },
    model_id: TEXT_TO_VIDEO,
    created_at: at,
    finished_at: at,
  };
  // From RunComfy, from this isolate's memory, and from the books.
  const results = [await world.result(token, id), await world.isolate().result(token, id)];
  tapUpstream(world, () => new Response(null, { status: 404 }));
  results.push(await world.isolate().result(token, id));
  for (const result of results) {
    expect(result.body).toEqual(wanted);
  }
  for (const reply of [submitted, status, cancelled, ...results]) {
    expect(headersOf(reply).filter((name) => !HEADERS.has(name))).toEqual([]);
    expect(reply.headers.get('access-control-allow-origin')).toBe('*');
    expect(reply.headers.get('access-control-allow-credentials')).toBeNull();
    expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify([reply.body, [...reply.headers]])).not.toMatch(
      /up-5f3a9c|operator|12\.34|0\.98765|rc-test-token|elsewhere|upstream"/,
    );
  }
});

test('`output` is passed as it came, with the upstream id where a URL has it', async ({ expect }) => {
  const { world, tenant, jobId, upstreamId } = await running();
  const output = {
    videos: [`https://playgrounds-storage-public.runcomfy.net/${upstreamId}/a.mp4`],
    nested: { url: `https://x.test/${upstreamId}`, path: null, n: 1.5, deep: [[upstreamId]] },
  };
  world.runcomfy.settings({ echo_input: true });
  world.runcomfy.finish(upstreamId, { as: 'succeeded', output, cost_usd: 0.987654 });
  const first = await world.result(tenant.token, jobId);
  await world.idle();
  for (const { body } of [first, await world.result(tenant.token, jobId)]) {
    expect(body.output).toEqual(output);
    const { output: _output, ...rest } = body;
    expect(rest).toMatchObject({
      request_id: jobId,
      status: 'succeeded',
      model_id: TEXT_TO_VIDEO,
      input: PROMPT,
      created_at: expect.any(String),
      finished_at: expect.any(String),
    });
    // The operator's cost is not the customer's; theirs is the price that they were quoted.
    expect(JSON.stringify(rest)).not.toMatch(new RegExp(`${upstreamId}|0\\.98765`));
  }
});

test('URLs name PUBLIC_URL if it is set, else the origin that was called', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const isPublic = world.isolate({ PUBLIC_URL: 'https://api.shop.example/' });
  const { body } = await isPublic.submit(token);
  const base = `https://api.shop.example/v1/requests/${body.request_id}`;
  expect(body).toMatchObject({ status_url: `${base}/status`, result_url: `${base}/result` });
  expect((await isPublic.status(token, body.request_id)).body).toMatchObject({
    result_url: `${base}/result`,
  });
  const elsewhere = await world.call(`https://other.test/v1/requests/${body.request_id}/status`, { token });
  expect(elsewhere.body.status_url).toBe(`https://other.test/v1/requests/${body.request_id}/status`);
});

const statusWords: [word: string, shown: string][] = [
  ['in_queue', 'in_queue'],
  ['queued', 'in_queue'],
  ['pending', 'in_queue'],
  ['IN_QUEUE', 'in_queue'],
  ['in_progress', 'in_progress'],
  ['processing', 'in_progress'],
  ['warming_up', 'in_progress'],
  ['', 'in_progress'],
  ['completed', 'completed'],
  ['Completed', 'completed'],
  ['succeeded', 'completed'],
  ['success', 'completed'],
  ['failed', 'completed'],
  ['error', 'completed'],
  ['cancelled', 'cancelled'],
  ['canceled', 'cancelled'],
];

test.for(statusWords)('/status: RunComfy’s word "%s" is %s', async ([word, shown], { expect }) => {
  const { world, tenant, jobId } = await running();
  world.runcomfy.fault({ on: 'status', fault: { kind: 'word', word } });
  const { status, body } = await world.status(tenant.token, jobId);
  expect({ status, word: body.status }).toEqual({ status: 200, word: shown });
  await world.idle();
  // Only /result ends a job: it still runs, and its hold stays.
  expect(await booksOf(tenant.id)).toMatchObject({ states: { running: 1 }, ends: 0, heldMicros: 250_000 });
});

const resultWords: [word: string, shown: string, members: string[]][] = [
  ['succeeded', 'succeeded', ['output']],
  ['success', 'succeeded', ['output']],
  ['SUCCEEDED', 'succeeded', ['output']],
  ['completed', 'completed', ['output']],
  ['Completed', 'completed', ['output']],
  ['failed', 'failed', ['error']],
  ['error', 'failed', ['error']],
  ['cancelled', 'cancelled', []],
  ['canceled', 'cancelled', []],
  ['in_queue', 'in_queue', []],
  ['pending', 'in_queue', []],
  ['in_progress', 'in_progress', []],
  ['warming_up', 'in_progress', []],
  ['', 'in_progress', []],
];

test.for(resultWords)('/result: RunComfy’s word "%s" is %s', async ([word, shown, members], { expect }) => {
  const { world, tenant, jobId, upstreamId } = await running();
  world.runcomfy.finish(upstreamId, { as: 'succeeded' });
  world.runcomfy.fault({ on: 'result', fault: { kind: 'word', word } });
  const { status, body } = await world.result(tenant.token, jobId);
  expect({ status, word: body.status }).toEqual({ status: 200, word: shown });
  expect(['output', 'error'].filter((name) => name in body)).toEqual(members);
  expect(body).not.toHaveProperty('error_code');
  await world.idle();
  const isEnd = !shown.startsWith('in_');
  const state = shown === 'completed' ? 'succeeded' : shown;
  expect(await booksOf(tenant.id)).toMatchObject({
    states: { [isEnd ? state : 'running']: 1 },
    ends: isEnd ? 1 : 0,
    heldMicros: isEnd ? 0 : 250_000,
    balanceMicros: state === 'succeeded' ? -250_000 : 0,
  });
});

test('"completed" on /result with an error and no output is a failure', async ({ expect }) => {
  const { world, tenant, jobId, upstreamId } = await running();
  world.runcomfy.finish(upstreamId, { as: 'failed', error: { code: 'nsfw', message: 'no' } });
  world.runcomfy.fault({ on: 'result', fault: { kind: 'word', word: 'completed' } });
  const { body } = await world.result(tenant.token, jobId);
  expect(body).toMatchObject({ status: 'failed', error: { code: 'nsfw', message: 'no' } });
  await world.idle();
  expect(await booksOf(tenant.id)).toMatchObject({ states: { failed: 1 }, balanceMicros: 0, heldMicros: 0 });
});

const positions: [sent: unknown, shown: number | undefined][] = [
  [0, 0],
  [12, 12],
  [-1, undefined],
  [1.5, undefined],
  ['3', undefined],
  [null, undefined],
];

test.for(positions)('queue_position %s is shown as %s', async ([sent, shown], { expect }) => {
  const { world, tenant, jobId } = await running();
  tapUpstream(world, () => Response.json({ request_id: 'x', status: 'in_queue', queue_position: sent }));
  const { body } = await world.status(tenant.token, jobId);
  expect(body).toMatchObject({ status: 'in_queue' });
  expect(body.queue_position).toBe(shown);
});

type Fault = FaultRule['fault'];

const passing: Fault[] = [
  { kind: 'status', status: 429 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502 },
  { kind: 'html', status: 503 },
  { kind: 'cut_before' },
];
const once = (['status', 'result'] as const).flatMap((verb) => passing.map((fault) => ({ verb, fault })));

test.for(once)(
  '$verb: $fault.kind $fault.status once is asked again, and nobody notices',
  async (row, { expect }) => {
    const { verb, fault } = row;
    const { world, tenant, jobId } = await running();
    world.runcomfy.fault({ on: verb, fault, times: 1 });
    const { status, body } = await world[verb](tenant.token, jobId);
    expect({ status, word: body.status }).toEqual({ status: 200, word: 'in_progress' });
    expect(world.runcomfy.calls().counts[verb]).toBe(2);
  },
);

test('a result that is not ready is its state, however RunComfy says so', async ({ expect }) => {
  const { world, tenant, jobId } = await running();
  world.runcomfy.fault({ on: 'result', fault: { kind: 'not_ready' } });
  const { status, body } = await world.result(tenant.token, jobId);
  expect({ status, body }).toMatchObject({ status: 200, body: { request_id: jobId, status: 'in_progress' } });
});

test('a job that RunComfy does not know for now is in progress', async ({ expect }) => {
  const { world, tenant, jobId, upstreamId } = await running();
  world.runcomfy.forget(upstreamId);
  expect((await world.status(tenant.token, jobId)).body).toMatchObject({
    request_id: jobId,
    status: 'in_progress',
  });
  expect((await world.result(tenant.token, jobId)).body).toMatchObject({
    request_id: jobId,
    status: 'in_progress',
  });
  const cancelled = await world.cancel(tenant.token, jobId);
  expect(cancelled).toMatchObject({
    status: 202,
    body: { request_id: jobId, status: 'in_progress', outcome: 'not_cancellable' },
  });
  await world.idle();
  expect(await booksOf(tenant.id)).toMatchObject({ states: { running: 1 }, ends: 0 });
});

const ends = [
  { as: 'succeeded', word: 'completed' },
  { as: 'failed', word: 'completed' },
  { as: 'cancelled', word: 'cancelled' },
] as const;

test.for(ends)(
  'a job that $as is answered from the books when RunComfy is gone',
  async ({ as, word }, { expect }) => {
    const { world, tenant, jobId, upstreamId } = await running();
    world.runcomfy.finish(upstreamId, { as });
    const first = await world.result(tenant.token, jobId);
    expect(first.body.status).toBe(as);
    await world.idle();
    world.runcomfy.resetCalls();
    world.runcomfy.fault({ on: 'any', fault: { kind: 'status', status: 503 } });

    // The isolate that saw the end asks nobody; one that did not still knows it from the books.
    for (const isolate of [world, world.isolate()]) {
      expect((await isolate.result(tenant.token, jobId)).body).toEqual(first.body);
      expect((await isolate.status(tenant.token, jobId)).body).toMatchObject({ status: word });
      expect((await isolate.cancel(tenant.token, jobId)).body).toEqual({
        request_id: jobId,
        status: word,
        outcome: 'not_cancellable',
      });
      if (isolate === world) {
        expect(Object.values(world.runcomfy.calls().counts)).toEqual([0, 0, 0, 0, 0, 0]);
      }
    }
  },
);

const cancels: { what: string; body: object; outcome: string; status: string }[] = [
  {
    what: 'the documented answer',
    body: { status: 'completed', outcome: 'cancelled' },
    outcome: 'cancelled',
    status: 'completed',
  },
  { what: 'a state alone', body: { status: 'cancelled' }, outcome: 'cancelled', status: 'completed' },
  {
    what: 'Serverless’s word',
    body: { status: 'cancellation_requested' },
    outcome: 'cancelled',
    status: 'completed',
  },
  {
    what: 'running',
    body: { status: 'in_progress', outcome: 'not_cancellable' },
    outcome: 'not_cancellable',
    status: 'in_progress',
  },
  {
    what: 'ended',
    body: { status: 'completed', outcome: 'not_cancellable' },
    outcome: 'not_cancellable',
    status: 'completed',
  },
  { what: 'nothing', body: {}, outcome: 'not_cancellable', status: 'in_progress' },
];

test.for(cancels)('/cancel: $what is $outcome', async ({ body, outcome, status }, { expect }) => {
  const { world, tenant, jobId } = await running();
  tapUpstream(world, (response, request) =>
    request.method === 'POST' ? Response.json(body, { status: 202 }) : response,
  );
  const reply = await world.cancel(tenant.token, jobId);
  expect({ status: reply.status, body: reply.body }).toEqual({
    status: 202,
    body: { request_id: jobId, status, outcome },
  });
  await world.idle();
  // Whatever /cancel says: /result has not said that the job ended.
  expect(await booksOf(tenant.id)).toMatchObject({ states: { running: 1 }, ends: 0, heldMicros: 250_000 });
});

type SubmitFault = {
  what: string;
  fault: Fault;
  refusal: Refusal;
  alarm: boolean;
  retryAfter: string | null;
};

const NOT_NOW = {
  status: 503,
  code: 'upstream_unavailable',
  errorCode: 500001,
  detail: /RunComfy takes no jobs for now\. Nothing was spent/,
};
const BUSY = {
  status: 429,
  code: 'upstream_busy',
  errorCode: 429001,
  detail: /RunComfy is busy and did not take the job\. Nothing was spent; submit it again/,
};
const BAD_INPUT = {
  status: 422,
  code: 'invalid_input',
  errorCode: 422001,
  detail: /RunComfy refused the input; nothing was spent\. It said: too wide/,
  also: ['errors'],
};

const submitFaults: SubmitFault[] = [
  { what: 'its unpaid bill', fault: { kind: 'no_balance' }, refusal: NOT_NOW, alarm: true, retryAfter: '30' },
  { what: 'a bad token', fault: { kind: 'bad_token' }, refusal: NOT_NOW, alarm: true, retryAfter: '30' },
  { what: '401', fault: { kind: 'status', status: 401 }, refusal: NOT_NOW, alarm: true, retryAfter: '30' },
  { what: '402', fault: { kind: 'status', status: 402 }, refusal: NOT_NOW, alarm: true, retryAfter: '30' },
  { what: '429', fault: { kind: 'status', status: 429 }, refusal: BUSY, alarm: false, retryAfter: '1' },
  { what: '418', fault: { kind: 'status', status: 418 }, refusal: NOT_NOW, alarm: true, retryAfter: '30' },
  {
    what: 'an error under 200',
    fault: { kind: 'ok_error' },
    refusal: NOT_NOW,
    alarm: true,
    retryAfter: '30',
  },
  {
    what: 'an unknown model',
    fault: { kind: 'status', status: 400, error_code: 400001 },
    refusal: {
      status: 503,
      code: 'model_unavailable',
      errorCode: 500001,
      detail: /does not offer this model now\. Nothing was spent/,
    },
    alarm: true,
    retryAfter: null,
  },
  {
    what: 'a bad input',
    fault: { kind: 'status', status: 422, error_code: 422001, error_message: 'too wide' },
    refusal: BAD_INPUT,
    alarm: false,
    retryAfter: null,
  },
  {
    what: '413',
    fault: { kind: 'status', status: 413, error_message: 'too wide' },
    refusal: BAD_INPUT,
    alarm: false,
    retryAfter: null,
  },
];

test.for(submitFaults)('a submit that RunComfy refuses for $what costs nothing', async (row, { expect }) => {
  const { fault, refusal, alarm, retryAfter } = row;
  const world = createWorld();
  const { id, token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault });
  const reply = await world.submit(token);
  expectRefusal(expect, reply, refusal);
  expect(reply.headers.get('retry-after')).toBe(retryAfter);
  await world.idle();
  expect(JSON.stringify(reply.body)).not.toMatch(/balance|authentication|simulated|account|40000[24]/i);
  expect(world.runcomfy.calls().counts.submit).toBe(1);
  expect(world.logs.filter(({ event }) => event === 'upstream_refused_submit')).toHaveLength(alarm ? 1 : 0);
  expect(await booksOf(id)).toMatchObject({
    states: { refused: 1 },
    holds: 1,
    ends: 1,
    heldMicros: 0,
    balanceMicros: 0,
    requests: { slice: 0, day: 0, total: 0 },
  });
});
