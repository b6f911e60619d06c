// Calls of the client that are refused, get no answer, or have an expired token. No timer runs: pauses
// are written down and take no time.
//
// Interleavings of a submit, and what may be sent after them:
//   not answered, same token                 → again, under the same Idempotency-Key
//   401, new token                           → again: nothing had been done
//   not answered, 401, token of the same user → again: the key stands for the same job
//   not answered, 401, any other token       → never: the key would stand for a second job
//   not answered, 401, secret key            → again: its customer is the scope
//   reload, token of the same user           → again
//   reload, token of another user            → never

import { test } from 'vitest';
import { ComfygateError } from '../../client/src/index.ts';
import { refusal, status, SUBMITTED, wire, type Planned } from './wire.ts';

const EXPIRED = refusal(401, 'invalid_key');
const MODEL = 'bytedance/dreamina-3-0/pro/text-to-video';
const INPUT = { prompt: 'a lighthouse' };

/** Hands out one credential after another, and counts how often it was asked. */
function mint<T>(...credentials: T[]) {
  let minted = 0;
  return Object.assign(
    async () => {
      minted += 1;
      return credentials[Math.min(minted, credentials.length) - 1]!;
    },
    { minted: () => minted },
  );
}

async function errorOf(promise: Promise<unknown>): Promise<ComfygateError> {
  return promise.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: ComfygateError) => error,
  );
}

test('a call names the token, and the path keeps its ids', async ({ expect }) => {
  const { client, asked } = wire([status('in_queue')], { baseUrl: 'https://gate.example///' });
  await client.status('a/../b?c');
  await client.models({ search: 'a & b', limit: 5 });
  await client.result('job-1', { include_cost: true });
  await client.cancel('job-1');
  await client.estimate(MODEL, INPUT);
  await client.model(MODEL);
  await client.key();
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /v1/requests/a%2F..%2Fb%3Fc/status',
    'GET /v1/models?search=a+%26+b&limit=5',
    'GET /v1/requests/job-1/result?include_cost=true',
    'POST /v1/requests/job-1/cancel',
    `POST /v1/estimate/${MODEL}`,
    `GET /v1/models/${MODEL}`,
    'GET /v1/key',
  ]);
  expect(new Set(asked.map(({ token }) => token))).toEqual(new Set(['cgt_one']));
});

test('an error has all members of the refusal', async ({ expect }) => {
  const limit = { scope: 'token', name: 'requests_total', max: 1, used: 1, left: 0 };
  const { client, asked } = wire([
    { ...refusal(429, 'request_limit', { limit }), headers: { 'Retry-After': '3600' } },
  ]);
  const error = await errorOf(client.submit(MODEL, INPUT));
  expect(error).toBeInstanceOf(ComfygateError);
  expect(error).toMatchObject({
    name: 'ComfygateError',
    message: 'refused: request_limit',
    status: 429,
    code: 'request_limit',
    traceId: '6b0c4b9e-4c5e-4a37-9d53-0f7f3d1f4f0a',
    errors: [],
    limit,
    retryAfter: 3600,
    requestId: null,
  });
  expect(asked).toHaveLength(1);
});

test('mistakes of an input are reported by path', async ({ expect }) => {
  const errors = [
    { path: '/frames', rule: 'enum', message: 'is none of 121, 241', allowed: [121, 241], sent: 5 },
  ];
  const { client } = wire([refusal(422, 'invalid_input', { errors })]);
  expect((await errorOf(client.estimate(MODEL, { frames: 5 }))).errors).toEqual(errors);
});

test.for<[string, Planned]>([
  ['no connection', 'cut'],
  ['a page of something in between', { status: 502, text: '<html>Bad gateway</html>' }],
  ['half an answer', { status: 200, text: '{"request_id": "jo' }],
  ['a failure of the gateway', refusal(500, 'internal')],
])('%s: the same submit under the same key', async ([, failure], { expect }) => {
  const { client, asked, pauses } = wire([failure, failure, SUBMITTED]);
  await client.submit(MODEL, INPUT);
  expect(asked).toHaveLength(3);
  expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
  expect(asked[0]!.key).toMatch(/^[0-9a-f]{32}$/);
  expect(pauses[0]).toBeGreaterThanOrEqual(500);
  expect(pauses[0]).toBeLessThanOrEqual(1000);
  expect(pauses[1]).toBeGreaterThanOrEqual(1000);
});

test('without an answer it gives up after five tries', async ({ expect }) => {
  const { client, asked } = wire(['cut']);
  const error = await errorOf(client.submit(MODEL, INPUT));
  expect(error).toMatchObject({ code: 'no_answer', status: 0, retryAfter: null });
  expect(error.cause).toBeInstanceOf(TypeError);
  expect(asked).toHaveLength(5);
});

test.for([
  [429, 'upstream_busy', '2'],
  [429, 'concurrency_limit', '5'],
  [409, 'request_in_flight', '5'],
  [503, 'storage_unavailable', '5'],
] as const)('%i %s: again after Retry-After', async ([code, name, seconds], { expect }) => {
  const busy = { ...refusal(code, name), headers: { 'Retry-After': seconds } };
  const { client, asked, pauses } = wire([busy, SUBMITTED]);
  await client.submit(MODEL, INPUT);
  expect(asked).toHaveLength(2);
  expect(pauses[0]).toBeGreaterThanOrEqual(Number(seconds) * 1000);
});

test.for([
  [429, 'request_limit', '21'],
  [429, 'request_limit', null],
  [402, 'spend_limit', '5'],
  [409, 'conflict', null],
  [503, 'model_unpriced', null],
  [422, 'invalid_input', null],
] as const)('%i %s with Retry-After %s: at once the caller’s', async ([code, name, seconds], { expect }) => {
  const headers: Record<string, string> = seconds === null ? {} : { 'Retry-After': seconds };
  const { client, asked, pauses } = wire([{ ...refusal(code, name), headers }]);
  expect(await errorOf(client.submit(MODEL, INPUT))).toMatchObject({
    status: code,
    retryAfter: seconds === null ? null : Number(seconds),
  });
  expect(asked).toHaveLength(1);
  expect(pauses).toEqual([]);
});

test('a token that expired is renewed once, and the call sent again', async ({ expect }) => {
  const credentials = mint('cgt_one', 'cgt_two');
  const { client, asked } = wire([EXPIRED, SUBMITTED, status('in_queue')], { credentials });
  await client.submit(MODEL, INPUT);
  await client.status('job-1');
  expect(asked.map(({ token }) => token)).toEqual(['cgt_one', 'cgt_two', 'cgt_two']);
  expect(asked[1]!.key).toBe(asked[0]!.key);
  expect(credentials.minted()).toBe(2);
});

test('a refusal of the renewed token is thrown', async ({ expect }) => {
  const credentials = mint('cgt_one', 'cgt_two', 'cgt_three');
  const { client, asked } = wire([EXPIRED], { credentials });
  expect(await errorOf(client.status('job-1'))).toMatchObject({ status: 401, code: 'invalid_key' });
  expect(asked).toHaveLength(2);
});

test('a fixed token is not renewed', async ({ expect }) => {
  const { client, asked } = wire([EXPIRED]);
  expect(await errorOf(client.status('job-1'))).toMatchObject({ code: 'invalid_key' });
  expect(asked).toHaveLength(1);
});

test('calls that fail together renew once', async ({ expect }) => {
  const credentials = mint('cgt_one', 'cgt_two', 'cgt_three');
  const { client, asked } = wire([EXPIRED, EXPIRED, EXPIRED, status('in_queue')], { credentials });
  await Promise.all(['a', 'b', 'c'].map((id) => client.status(id)));
  expect(credentials.minted()).toBe(2);
  expect(asked.slice(3).map(({ token }) => token)).toEqual(['cgt_two', 'cgt_two', 'cgt_two']);
});

test('a server that mints no token is asked again by the next call', async ({ expect }) => {
  let isUp = false;
  const { client } = wire([status('in_queue')], {
    async credentials() {
      if (!isUp) {
        throw new Error('signed out');
      }
      return 'cgt_one';
    },
  });
  await expect(client.status('job-1')).rejects.toThrow('signed out');
  isUp = true;
  await client.status('job-1');
});

const user = (token: string, name: string) => ({ token, end_user: name });

test.for([
  ['of the same user', [user('cgt_one', 'ada'), user('cgt_two', 'ada')], true],
  ['of another user', [user('cgt_one', 'ada'), user('cgt_two', 'bob')], false],
  ['without a user', ['cgt_one', 'cgt_two'], false],
  ['a secret key', ['cg_one', 'cg_two'], true],
] as const)(
  'a submit without an answer, and then another token: %s',
  async ([, tokens, isSent], { expect }) => {
    const { client, asked } = wire(['cut', EXPIRED, SUBMITTED], { credentials: mint(...tokens) });
    const submit = client.submit(MODEL, INPUT);
    if (isSent) {
      expect(await submit).toMatchObject({ request_id: 'job-1' });
      expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
    } else {
      expect(await errorOf(submit)).toMatchObject({ code: 'no_answer' });
    }
    expect(asked).toHaveLength(isSent ? 3 : 2);
  },
);

test('a read without an answer is repeated under any token', async ({ expect }) => {
  const credentials = mint('cgt_one', 'cgt_two');
  const { client } = wire(['cut', EXPIRED, status('in_queue')], { credentials });
  expect(await client.status('job-1')).toMatchObject({ status: 'in_queue' });
});

test.for([
  ['ada', true],
  ['bob', false],
] as const)('a submit that a reload cut off, of %s', async ([now, isSent], { expect }) => {
  const { client, asked } = wire([SUBMITTED], { credentials: mint(user('cgt_two', now)) });
  const submit = client.submit(MODEL, INPUT, { idempotencyKey: 'order-1', endUser: 'ada' });
  if (isSent) {
    await submit;
    expect(asked).toMatchObject([{ key: 'order-1', body: INPUT }]);
  } else {
    expect(await errorOf(submit)).toMatchObject({ code: 'no_answer' });
    expect(asked).toEqual([]);
  }
});

test('a signal ends the call and its pauses', async ({ expect }) => {
  const controller = new AbortController();
  const { client, asked } = wire(['cut'], {
    async wait(_ms, signal) {
      controller.abort(new Error('enough'));
      signal?.throwIfAborted();
    },
  });
  await expect(client.status('job-1', { signal: controller.signal })).rejects.toThrow('enough');
  await expect(client.status('job-1', { signal: controller.signal })).rejects.toThrow('enough');
  expect(asked).toHaveLength(1);
});

test('a file is sent as it is, with its name and type, and never twice without an answer', async ({
  expect,
}) => {
  const stored = { id: 'file_1', url: 'https://gate.example/files/x/a%20b.png', bytes: 3 };
  const file = new File(['png'], 'a b.png', { type: 'image/png' });
  const good = wire([EXPIRED, { status: 201, body: stored }], { credentials: mint('cgt_one', 'cgt_two') });
  expect(await good.client.upload(file)).toEqual(stored);
  expect(good.asked.map(({ path, token }) => `${path} ${token}`)).toEqual([
    '/v1/files?filename=a%20b.png cgt_one',
    '/v1/files?filename=a%20b.png cgt_two',
  ]);
  expect(good.asked[1]!.body).toBe(file);
  const cut = wire(['cut']);
  expect(await errorOf(cut.client.upload(new Blob(['png'])))).toMatchObject({ code: 'no_answer' });
  expect(cut.asked).toMatchObject([{ path: '/v1/files' }]);
});

test('no id leads a call to another route', async ({ expect }) => {
  const { client, asked } = wire([{ body: {} }]);
  await client.estimate('../requests/job-1/cancel', INPUT);
  await client.submit('some/../../tokens', INPUT);
  await client.model('./..');
  await client.status('..');
  await client.cancel('.');
  expect(asked.map(({ path }) => new URL(path, 'https://gate.example').pathname)).toEqual([
    '/v1/estimate/%252E%252E/requests/job-1/cancel',
    '/v1/models/some/%252E%252E/%252E%252E/tokens',
    '/v1/models/%252E/%252E%252E',
    '/v1/requests/%252E%252E/status',
    '/v1/requests/%252E/cancel',
  ]);
});
