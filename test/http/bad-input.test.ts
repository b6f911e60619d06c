// Bad input: each with a clear answer, and nothing spent: not a row, not a counter, not a call to RunComfy.

import { env } from 'cloudflare:workers';
import { test, type ExpectStatic } from 'vitest';
import { newKeyText } from '../../src/features/keys/key.ts';
import { booksOf } from '../support/books.ts';
import { dumpD1 } from '../support/dump.ts';
import { pathOf, ROUTES } from '../support/routes.ts';
import { expectRefusal, type Refusal } from '../support/problem.ts';
import { failingDb, failingKv } from '../support/stores.ts';
import {
  ADMIN_TOKEN,
  createWorld,
  IMAGE_TO_VIDEO,
  PROMPT,
  TEXT_TO_VIDEO,
  type Reply,
  type Tenant,
  type World,
} from '../support/world.ts';

const RUNCOMFY_TOKEN = 'rc-test-token-0123456789';
const SUBMIT = `/v1/models/${TEXT_TO_VIDEO}`;
const NOTHING = {
  jobs: 0,
  states: {},
  holds: 0,
  ends: 0,
  heldMicros: 0,
  balanceMicros: 0,
  requests: {},
};

async function replyOf(response: Response): Promise<Reply> {
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** No row, no counter, no job and no submit at RunComfy; no secret in an answer or a log line. */
async function expectNothingSpent(
  expect: ExpectStatic,
  world: World,
  { tenant, reply }: { tenant: Tenant; reply: Reply },
): Promise<void> {
  await world.idle();
  expect(await booksOf(tenant.id)).toEqual(NOTHING);
  expect(world.runcomfy.accepted().count).toBe(0);
  expect(world.runcomfy.calls().counts).toMatchObject({ submit: 0, status: 0, result: 0, cancel: 0 });
  const told = JSON.stringify([world.logs, reply.body, [...reply.headers]]);
  for (const secret of [tenant.token, ADMIN_TOKEN, RUNCOMFY_TOKEN]) {
    expect(told).not.toContain(secret);
  }
}

const INVALID_KEY = { status: 401, code: 'invalid_key', errorCode: 400004 };
const SEND_A_KEY = /Authorization: Bearer cg_/;
const DEAD_KEY = /unknown, revoked or expired/;

type Credential = {
  what: string;
  authorization: (tenant: Tenant) => string | null;
  detail: RegExp;
};

const credentials: Credential[] = [
  { what: 'no token', authorization: () => null, detail: SEND_A_KEY },
  { what: 'an empty header', authorization: () => '', detail: SEND_A_KEY },
  { what: 'a scheme alone', authorization: () => 'Bearer', detail: SEND_A_KEY },
  { what: 'the wrong scheme', authorization: ({ token }) => `Basic ${btoa(token)}`, detail: SEND_A_KEY },
  { what: 'a key without a scheme', authorization: ({ token }) => token, detail: SEND_A_KEY },
  { what: 'two tokens', authorization: ({ token }) => `Bearer ${token} ${token}`, detail: SEND_A_KEY },
  {
    what: 'a token of 5000 characters',
    authorization: () => `Bearer ${'x'.repeat(5000)}`,
    detail: SEND_A_KEY,
  },
  { what: 'garbage', authorization: () => 'Bearer garbage', detail: DEAD_KEY },
  { what: 'SQL', authorization: () => "Bearer cg_'OR'1'='1", detail: DEAD_KEY },
  { what: 'a RunComfy token', authorization: () => `Bearer ${RUNCOMFY_TOKEN}x`, detail: DEAD_KEY },
  { what: 'an admin token', authorization: () => `Bearer ${ADMIN_TOKEN}`, detail: DEAD_KEY },
  {
    what: 'a key with one character changed',
    authorization: ({ token }) =>
      `Bearer ${token.slice(0, 20)}${token[20] === 'x' ? 'y' : 'x'}${token.slice(21)}`,
    detail: DEAD_KEY,
  },
  {
    what: 'a key with its checksum changed',
    authorization: ({ token }) => `Bearer ${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`,
    detail: DEAD_KEY,
  },
  {
    what: 'a key under the prefix of a browser token',
    authorization: ({ token }) => `Bearer ${token.replace('cg_', 'cgt_')}`,
    detail: DEAD_KEY,
  },
  {
    what: 'a key cut short',
    authorization: ({ token }) => `Bearer ${token.slice(0, -1)}`,
    detail: DEAD_KEY,
  },
];

test.for(credentials)('$what: 401, and no store is asked', async ({ authorization, detail }, { expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const d1 = failingDb(env.DB);
  const kv = failingKv(env.OWNERS);
  const isolate = world.isolate({ DB: d1.db, OWNERS: kv.kv });
  const header = authorization(tenant);
  const headers = header === null ? {} : { Authorization: header };
  const reply = await isolate.call(SUBMIT, { method: 'POST', body: PROMPT, headers });
  expectRefusal(expect, reply, { ...INVALID_KEY, detail });
  const polled = await isolate.call('/v1/requests/00000000-0000-4000-8000-000000000000/status', { headers });
  expectRefusal(expect, polled, { ...INVALID_KEY, detail });
  expect({ d1: d1.calls.calls, reads: kv.reads.calls, writes: kv.writes.calls }).toEqual({
    d1: 0,
    reads: 0,
    writes: 0,
  });
  await expectNothingSpent(expect, world, { tenant, reply });
});

test('the scheme may be written in any case, and a valid key works', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    const { status } = await world.call('/v1/models', { headers: { Authorization: `${scheme} ${token}` } });
    expect(status).toBe(200);
  }
});

type DeadKey = Refusal & { what: string; kill: (world: World, tenant: Tenant) => Promise<string> };

/** Where `kill` calls first, this isolate remembers the key, and refuses it all the same. */
const deadKeys: DeadKey[] = [
  {
    what: 'an unknown key',
    kill: async () => newKeyText('secret'),
    ...INVALID_KEY,
    detail: DEAD_KEY,
  },
  {
    what: 'an unknown browser token',
    kill: async () => newKeyText('browser'),
    ...INVALID_KEY,
    detail: DEAD_KEY,
  },
  {
    what: 'a revoked key',
    async kill(world, { keyId, token }) {
      await world.call('/v1/models', { token });
      await world.admin('DELETE', `/admin/keys/${keyId}`);
      return token;
    },
    ...INVALID_KEY,
    detail: DEAD_KEY,
  },
  {
    what: 'a key that expires now',
    async kill(world, tenant) {
      const expiring = await world.key(tenant, {
        expires_at: new Date(world.clock.now() + 5000).toISOString(),
      });
      await world.call('/v1/models', { token: expiring.key });
      world.clock.advance(5000);
      return expiring.key;
    },
    ...INVALID_KEY,
    detail: DEAD_KEY,
  },
  {
    what: 'a suspended customer',
    async kill(world, { id, token }) {
      await world.call('/v1/models', { token });
      await world.admin('PATCH', `/admin/customers/${id}`, { status: 'suspended' });
      return token;
    },
    status: 403,
    code: 'customer_suspended',
    errorCode: 403001,
    detail: /suspended\. Ask the operator/,
  },
];

test.for(deadKeys)('$what is refused before anything is read', async ({ kill, ...refusal }, { expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const token = await kill(world, tenant);
  for (const isolate of [world, world.isolate()]) {
    const reply = await isolate.submit(token, 'not even JSON');
    expectRefusal(expect, reply, refusal);
    await expectNothingSpent(expect, world, { tenant: { ...tenant, token }, reply });
  }
});

type Submit = Refusal & {
  what: string;
  path?: string;
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  errors?: object[];
  allow?: string;
};

const UNKNOWN_MODEL = {
  status: 404,
  code: 'unknown_model',
  errorCode: 400001,
  detail: /GET \/v1\/models lists all/,
};
const UNKNOWN_ROUTE = { status: 404, code: 'unknown_route', errorCode: 404001, detail: /no such route/ };

const models: Submit[] = [
  { what: 'an unknown model', path: '/v1/models/nobody/nothing', ...UNKNOWN_MODEL },
  { what: 'a model of one segment', path: '/v1/models/dreamina', ...UNKNOWN_MODEL },
  { what: 'the list of categories as a model', path: '/v1/models/categories', ...UNKNOWN_MODEL },
  {
    what: 'a known model in other letters',
    path: `/v1/models/${TEXT_TO_VIDEO.toUpperCase()}`,
    ...UNKNOWN_MODEL,
  },
  {
    what: 'a known model with an encoded slash',
    path: SUBMIT.replace('dance/', 'dance%2F'),
    ...UNKNOWN_MODEL,
  },
  {
    what: 'a known model with an encoded letter',
    path: SUBMIT.replace('bytedance', '%62ytedance'),
    ...UNKNOWN_MODEL,
  },
  { what: 'a known model with a NUL', path: `${SUBMIT}%00`, ...UNKNOWN_MODEL },
  { what: 'a known model with a space', path: `${SUBMIT}%20`, ...UNKNOWN_MODEL },
  { what: 'encoded dots and slashes', path: '/v1/models/x/..%2f..%2frequests', ...UNKNOWN_MODEL },
  { what: 'twice encoded dots', path: '/v1/models/x/%252e%252e/y', ...UNKNOWN_MODEL },
  { what: 'backslashes', path: '/v1/models/x/..%5c..%5cy', ...UNKNOWN_MODEL },
  { what: 'a segment that starts with a dot', path: '/v1/models/x/.hidden', ...UNKNOWN_MODEL },
  { what: 'a model with a semicolon', path: `${SUBMIT};v=1`, ...UNKNOWN_MODEL },
  { what: 'a model of 300 characters', path: `/v1/models/x/${'y'.repeat(300)}`, ...UNKNOWN_MODEL },
  { what: 'a model of nine segments', path: '/v1/models/1/2/3/4/5/6/7/8/9', ...UNKNOWN_MODEL },
  { what: 'a model of Object.prototype', path: '/v1/models/__proto__/constructor', ...UNKNOWN_MODEL },
  { what: 'dots as a model', path: '/v1/models/..', ...UNKNOWN_ROUTE },
  { what: 'dots before a model', path: `/v1/models/../${TEXT_TO_VIDEO}`, ...UNKNOWN_ROUTE },
  { what: 'encoded dots before a model', path: `/v1/models/%2e%2e/${TEXT_TO_VIDEO}`, ...UNKNOWN_ROUTE },
];

const METHOD = {
  status: 405,
  code: 'method_not_allowed',
  errorCode: 405001,
  detail: /This route takes [A-Z]/,
};

const routes: Submit[] = [
  { what: 'an unknown route', path: '/v1/predictions', ...UNKNOWN_ROUTE },
  { what: 'the plane itself', path: '/v1', ...UNKNOWN_ROUTE },
  { what: 'another version', path: '/v2/models/x/y', ...UNKNOWN_ROUTE },
  { what: 'POST of the root', path: '/', allow: 'GET, HEAD', ...METHOD },
  { what: 'a route in capitals', path: `/V1/models/${TEXT_TO_VIDEO}`, ...UNKNOWN_ROUTE },
  { what: 'POST of the list of requests', path: '/v1/requests', allow: 'GET, HEAD', ...METHOD },
  { what: 'POST of a request', path: '/v1/requests/x', allow: 'GET, HEAD', ...METHOD },
  { what: 'POST of the list', path: '/v1/models', allow: 'GET, HEAD', ...METHOD },
  { what: 'POST of an empty model', path: '/v1/models/', allow: 'GET, HEAD', ...METHOD },
  { what: 'DELETE of a model', method: 'DELETE', allow: 'GET, HEAD, POST', ...METHOD },
  { what: 'PUT of a model', method: 'PUT', allow: 'GET, HEAD, POST', ...METHOD },
  { what: 'a method nobody knows', method: 'PROPFIND', allow: 'GET, HEAD, POST', ...METHOD },
  { what: 'POST of a status', path: '/v1/requests/x/status', allow: 'GET, HEAD', ...METHOD },
  {
    what: 'PATCH of a result',
    path: '/v1/requests/x/result',
    method: 'PATCH',
    allow: 'GET, HEAD',
    ...METHOD,
  },
  { what: 'DELETE of a cancel', path: '/v1/requests/x/cancel', method: 'DELETE', allow: 'POST', ...METHOD },
];

const MALFORMED = { status: 400, code: 'malformed_body', errorCode: 400003 };
const bytes = (...codes: number[]) => new Uint8Array(codes);
const INPUT = JSON.stringify(PROMPT);
const text = (value: string) => new TextEncoder().encode(value);
const join = (...parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));
const nested = (depth: number) => `{"prompt":"x","deep":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

const bodies: Submit[] = [
  { what: 'no body', body: undefined, ...MALFORMED, detail: /no body; send a JSON object/ },
  { what: 'an empty body', body: '', ...MALFORMED, detail: /no body; send a JSON object/ },
  { what: 'white space', body: ' \n', ...MALFORMED, detail: /not valid JSON/ },
  { what: 'no JSON', body: 'prompt=x', ...MALFORMED, detail: /not valid JSON/ },
  { what: 'JSON cut short', body: '{"prompt":"x"', ...MALFORMED, detail: /not valid JSON/ },
  { what: 'two JSON texts', body: '{"prompt":"x"}{}', ...MALFORMED, detail: /not valid JSON/ },
  { what: 'a trailing comma', body: '{"prompt":"x",}', ...MALFORMED, detail: /not valid JSON/ },
  { what: 'a comment', body: '{"prompt":"x"/**/}', ...MALFORMED, detail: /not valid JSON/ },
  { what: 'NaN', body: '{"prompt":"x","seed":NaN}', ...MALFORMED, detail: /not valid JSON/ },
  { what: 'null', body: 'null', ...MALFORMED, detail: /must be a JSON object/ },
  { what: 'an array', body: '[{"prompt":"x"}]', ...MALFORMED, detail: /must be a JSON object/ },
  { what: 'a string', body: '"prompt"', ...MALFORMED, detail: /must be a JSON object/ },
  { what: 'a number', body: '42', ...MALFORMED, detail: /must be a JSON object/ },
  { what: 'true', body: 'true', ...MALFORMED, detail: /must be a JSON object/ },
  { what: 'a key twice', body: '{"prompt":"x","prompt":"y"}', ...MALFORMED, detail: /"prompt" stands twice/ },
  {
    what: 'a key twice, once escaped',
    body: '{"frames":121,"\\u0066rames":241,"prompt":"x"}',
    ...MALFORMED,
    detail: /"frames" stands twice/,
  },
  {
    what: 'a key twice deep inside',
    body: '{"prompt":"x","a":[{"b":{"c":1,"c":2}}]}',
    ...MALFORMED,
    detail: /"c" stands twice/,
  },
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((key) => ({
    what: `the key ${key}`,
    body: `{"prompt":"x","${key}":{"isAdmin":true}}`,
    ...MALFORMED,
    detail: new RegExp(`"${key}" is not accepted`),
  })),
  {
    what: 'the key __proto__, escaped and deep inside',
    body: '{"prompt":"x","a":[{"__pro\\u0074o__":1}]}',
    ...MALFORMED,
    detail: /"__proto__" is not accepted/,
  },
  {
    what: 'invalid UTF-8',
    body: join(text('{"prompt":"'), bytes(0xff, 0xfe), text('"}')),
    ...MALFORMED,
    detail: /not valid UTF-8/,
  },
  {
    what: 'an overlong form',
    body: join(text('{"prompt":"'), bytes(0xc0, 0xaf), text('"}')),
    ...MALFORMED,
    detail: /not valid UTF-8/,
  },
  {
    what: 'half a surrogate pair in bytes',
    body: join(text('{"prompt":"'), bytes(0xed, 0xa0, 0x80), text('"}')),
    ...MALFORMED,
    detail: /not valid UTF-8/,
  },
  ...[
    { what: 'U+0000 in an input', body: { prompt: 'a\0' }, detail: /holds U\+0000/ },
    { what: 'U+0000 in a name', body: { prompt: 'x', 'seed\0': 1 }, detail: /holds U\+0000/ },
    { what: 'half of a surrogate pair', body: { prompt: '🎉'.slice(0, 1) }, detail: /half of a surrogate/ },
    {
      what: 'half of a surrogate pair deep inside an input that is not known',
      body: { prompt: 'x', style: [{ by: '🎉'.slice(1) }] },
      detail: /half of a surrogate/,
    },
  ].map((row) => ({ ...MALFORMED, ...row })),
  { what: 'a raw U+0000', body: '{"prompt":"a\0"}', ...MALFORMED, detail: /not valid JSON/ },
  {
    what: 'a byte-order mark',
    body: join(bytes(0xef, 0xbb, 0xbf), text('{"prompt":"x"}')),
    ...MALFORMED,
    detail: /byte-order mark/,
  },
  {
    what: 'UTF-16',
    body: join(bytes(0xff, 0xfe), bytes(0x7b, 0, 0x7d, 0)),
    ...MALFORMED,
    detail: /not valid UTF-8/,
  },
  { what: 'nesting of 65 levels', body: nested(65), ...MALFORMED, detail: /deeper than 64 levels/ },
  {
    // As deep as the limit of values lets a body be.
    what: 'nesting of 99,000 levels',
    body: nested(99_000),
    ...MALFORMED,
    detail: /deeper than 64|not valid JSON/,
  },
  {
    what: 'a number that no double holds',
    body: '{"prompt":"x","seed":1e999}',
    ...MALFORMED,
    detail: /1e999 is too large/,
  },
];

const MEDIA_TYPE = { status: 415, code: 'unsupported_media_type', errorCode: 415001 };

const encodings: Submit[] = [
  ...['gzip', 'br', 'GZIP', 'deflate', 'zstd', 'identity, gzip', 'x'.repeat(200)].map((encoding) => ({
    what: `Content-Encoding ${encoding.slice(0, 20)}`,
    body: PROMPT,
    headers: { 'Content-Encoding': encoding },
    ...MEDIA_TYPE,
    detail: /Content-Encoding .{1,40} is not read; send plain JSON/i,
  })),
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/json-patch+json',
    'text/json',
    'application/octet-stream',
  ].map((type) => ({
    what: `Content-Type ${type}`,
    body: PROMPT,
    headers: { 'Content-Type': type },
    ...MEDIA_TYPE,
    detail: /Content-Type: application\/json/,
  })),
];

const INVALID = { status: 422, code: 'invalid_input', errorCode: 422001, also: ['errors'] };

const inputs: Submit[] = [
  {
    what: 'a missing input',
    body: {},
    ...INVALID,
    detail: /^prompt is required/,
    errors: [{ path: 'prompt', rule: 'required' }],
  },
  {
    what: 'null for an input',
    body: { prompt: null },
    ...INVALID,
    detail: /^prompt must be of type string; sent was null/,
    errors: [{ path: 'prompt', rule: 'type', allowed: 'string', sent: null }],
  },
  {
    what: 'a number for a text',
    body: { prompt: 5 },
    ...INVALID,
    detail: /^prompt must be of type string; sent was 5/,
    errors: [{ path: 'prompt', rule: 'type', allowed: 'string', sent: 5 }],
  },
  {
    what: 'a text for a number',
    body: { prompt: 'x', seed: '7' },
    ...INVALID,
    detail: /^seed must be of type integer; sent was "7"/,
    errors: [{ path: 'seed', rule: 'type', allowed: 'integer', sent: '7' }],
  },
  {
    what: 'a fraction for an integer',
    body: { prompt: 'x', seed: 1.5 },
    ...INVALID,
    detail: /^seed must be of type integer/,
    errors: [{ path: 'seed', rule: 'type', allowed: 'integer' }],
  },
  {
    what: 'true for an integer',
    body: { prompt: 'x', seed: true },
    ...INVALID,
    detail: /^seed must be of type integer/,
    errors: [{ path: 'seed', rule: 'type', allowed: 'integer', sent: true }],
  },
  {
    what: 'a number that is not offered',
    body: { prompt: 'x', frames: 122 },
    ...INVALID,
    detail: /^frames must be one of 121, 241; sent was 122/,
    errors: [{ path: 'frames', rule: 'enum', allowed: [121, 241], sent: 122 }],
  },
  {
    what: 'the text of a number that is offered',
    body: { prompt: 'x', frames: '121' },
    ...INVALID,
    detail: /^frames must be/,
    errors: [{ path: 'frames' }, { path: 'frames' }],
  },
  {
    what: 'x for × in an aspect ratio',
    body: { prompt: 'x', aspect_ratio: '1920x1088(16:9)' },
    ...INVALID,
    detail: /^aspect_ratio must be one of "1920×1088\(16:9\)"/,
    errors: [
      {
        path: 'aspect_ratio',
        rule: 'enum',
        allowed: [
          '1920×1088(16:9)',
          '1664×1248(4:3)',
          '1440×1440(1:1)',
          '1248×1664(3:4)',
          '1088×1920(9:16)',
          '2176×928(21:9)',
        ],
        sent: '1920x1088(16:9)',
      },
    ],
  },
  {
    what: 'a text of 801 characters',
    body: { prompt: 'x'.repeat(801) },
    ...INVALID,
    detail: /^prompt must have at most 800 characters/,
    errors: [{ path: 'prompt', rule: 'maxLength', allowed: 800 }],
  },
  {
    what: 'three mistakes at once',
    body: { frames: 1, seed: 'x' },
    ...INVALID,
    detail: /\(and 2 more\)$/,
    errors: [{ path: 'frames' }, { path: 'prompt' }, { path: 'seed' }],
  },
  {
    what: 'an empty list',
    path: `/v1/models/${IMAGE_TO_VIDEO}`,
    body: { prompt: 'x', image_urls: [] },
    ...INVALID,
    detail: /^image_urls must have at least 1 item/,
    errors: [{ path: 'image_urls', rule: 'minItems', allowed: 1 }],
  },
  {
    what: 'a list too long',
    path: `/v1/models/${IMAGE_TO_VIDEO}`,
    body: { prompt: 'x', image_urls: ['https://a.test/1.png', 'https://a.test/2.png'] },
    ...INVALID,
    detail: /^image_urls must have at most 1 item/,
    errors: [{ path: 'image_urls', rule: 'maxItems', allowed: 1 }],
  },
  {
    what: 'a wrong item of a list',
    path: `/v1/models/${IMAGE_TO_VIDEO}`,
    body: { prompt: 'x', image_urls: [7] },
    ...INVALID,
    detail: /^image_urls\[0\] must be of type string/,
    errors: [{ path: 'image_urls[0]', rule: 'type', allowed: 'string', sent: 7 }],
  },
  {
    what: 'a text for a list',
    path: `/v1/models/${IMAGE_TO_VIDEO}`,
    body: { prompt: 'x', image_urls: 'https://a.test/1.png' },
    ...INVALID,
    detail: /^image_urls must be of type array/,
    errors: [{ path: 'image_urls', rule: 'type', allowed: 'array' }],
  },
];

test.for([...models, ...routes, ...bodies, ...encodings, ...inputs])(
  '$what: $status $code, and nothing is spent',
  async (row, { expect }) => {
    const world = createWorld();
    const tenant = await world.tenant();
    const reply = await world.call(row.path ?? SUBMIT, {
      method: row.method ?? 'POST',
      token: tenant.token,
      body: 'body' in row ? row.body : PROMPT,
      headers: row.headers ?? {},
    });
    expectRefusal(expect, reply, row);
    expect(reply.headers.get('allow')).toBe(row.allow ?? null);
    if (row.errors !== undefined) {
      expect(byPath(reply.body.errors)).toMatchObject(row.errors);
    }
    await expectNothingSpent(expect, world, { tenant, reply });
  },
);

/** Valid input that is close to a mistake. */
const fine: { what: string; body: unknown; headers?: Record<string, string> }[] = [
  {
    what: 'Content-Type with a charset',
    body: PROMPT,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
  },
  { what: 'Content-Type in capitals', body: PROMPT, headers: { 'Content-Type': 'Application/JSON' } },
  { what: 'an empty Content-Type', body: PROMPT, headers: { 'Content-Type': '' } },
  { what: 'Content-Encoding identity', body: PROMPT, headers: { 'Content-Encoding': 'identity' } },
  { what: 'an empty Content-Encoding', body: PROMPT, headers: { 'Content-Encoding': '' } },
  { what: 'nesting of 64 levels', body: nested(64) },
  { what: 'a key in two objects', body: '{"prompt":"x","a":{"k":1},"b":{"k":1}}' },
  { what: 'a key that stands in a text too', body: '{"prompt":"\\"prompt\\":1,","a":"prompt"}' },
  { what: 'a text of 800 characters beyond the first plane', body: { prompt: '🌊'.repeat(800) } },
  { what: 'an input that the schema does not name', body: { prompt: 'x', style: { path: 'mine' } } },
];

test.for(fine)('$what is accepted', async ({ body, headers = {} }, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { status } = await world.call(SUBMIT, { method: 'POST', token, body, headers });
  expect(status).toBe(200);
  expect(world.runcomfy.accepted().count).toBe(1);
});

test('no body of the operator accepts invalid text in any member', async ({ expect }) => {
  const world = createWorld();
  const { id, keyId, token } = await world.tenant();
  const { body: job } = await world.submit(token);
  await world.idle();
  const values = { customer: id, key: keyId, job: job.request_id, model_id: TEXT_TO_VIDEO };
  const calls = ROUTES.filter(({ door, takesBody }) => door === 'admin' && takesBody);
  expect(calls.length).toBeGreaterThan(8);
  const before = await dumpD1();
  for (const route of calls) {
    for (const body of [{ name: 'a\0' }, { external_id: 'a🎉'.slice(0, 2) }, { 'note\0': [{ x: 1 }] }]) {
      const reply = await world.admin(route.method, pathOf(route, values), body);
      expectRefusal(expect, reply, { ...MALFORMED, detail: /^A string in the body holds .* no text\.$/ });
    }
  }
  expect(await dumpD1()).toEqual(before);
});

test('a model that this key may not use: 403, for a job and for a look', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant({}, { models: [IMAGE_TO_VIDEO] });
  const none = await world.key(tenant, { models: [] });
  const refusal = {
    status: 403,
    code: 'model_not_allowed',
    errorCode: 403001,
    detail: new RegExp(TEXT_TO_VIDEO),
  };
  for (const token of [tenant.token, none.key]) {
    const reply = await world.submit(token);
    expectRefusal(expect, reply, refusal);
    expectRefusal(expect, await world.call(SUBMIT, { token }), refusal);
    await expectNothingSpent(expect, world, { tenant, reply });
  }
});

test('a body without a Content-Type is read as JSON', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const headers = { Authorization: `Bearer ${token}` };
  const { status } = await world.raw(SUBMIT, { method: 'POST', headers, body: text(INPUT) });
  expect(status).toBe(200);
});

const TOO_LARGE = { status: 413, code: 'body_too_large', errorCode: 413001 };
const MIB = 1024 * 1024;

/** A body that counts how much of it was pulled. */
function counted(total: number): {
  body: ReadableStream<Uint8Array>;
  pulled: () => number;
  isCancelled: () => boolean;
} {
  let pulled = 0;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const size = Math.min(64 * 1024, total - pulled);
      pulled += size;
      controller.enqueue(new Uint8Array(size).fill(0x20));
      if (pulled === total) {
        controller.close();
      }
    },
    cancel() {
      isCancelled = true;
    },
  });
  return { body, pulled: () => pulled, isCancelled: () => isCancelled };
}

const planes = [
  { what: 'a submit', path: SUBMIT, tokenOf: ({ token }: Tenant) => token },
  { what: "the operator's call", path: '/admin/customers', tokenOf: () => ADMIN_TOKEN },
];

test.for(planes)(
  '$what over 16 MiB: 413, and not read on for long',
  async ({ path, tokenOf }, { expect }) => {
    const world = createWorld();
    const tenant = await world.tenant();
    const { body, pulled, isCancelled } = counted(64 * MIB);
    // A client that is still writing gets to read the answer, unless it never ends.
    const headers = { Authorization: `Bearer ${tokenOf(tenant)}`, 'Content-Type': 'application/json' };
    const reply = await replyOf(await world.raw(path, { method: 'POST', headers, body }));
    expectRefusal(expect, reply, {
      ...TOO_LARGE,
      detail: /limit of 16777216 bytes\. Pass media as https URLs/,
    });
    expect(pulled()).toBeGreaterThan(16 * MIB);
    expect(pulled()).toBeLessThan(50 * MIB);
    expect(isCancelled()).toBe(true);
    await expectNothingSpent(expect, world, { tenant, reply });
  },
);

test('a body that declares more than 16 MiB is refused, and nothing of it is kept', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const { body, pulled } = counted(17 * MIB);
  const headers = { Authorization: `Bearer ${tenant.token}`, 'Content-Length': String(16 * MIB + 1) };
  const reply = await replyOf(await world.raw(SUBMIT, { method: 'POST', headers, body }));
  expectRefusal(expect, reply, { ...TOO_LARGE, detail: /16777216/ });
  expect(pulled()).toBe(17 * MIB);
  expect(world.deps.inFlight.weight()).toBe(0);
  await expectNothingSpent(expect, world, { tenant, reply });
});

test('MAX_BODY_BYTES is the last byte that is accepted', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const small = world.isolate({ MAX_BODY_BYTES: '100' });
  const reply = await small.submit(tenant.token, INPUT.padEnd(101));
  expectRefusal(expect, reply, { ...TOO_LARGE, detail: /limit of 100 bytes/ });
  await expectNothingSpent(expect, world, { tenant, reply });
  expect((await small.submit(tenant.token, INPUT.padEnd(100))).status).toBe(200);
});

test('a body that breaks off is refused', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(text('{"prompt":"x"}'));
    },
    pull(controller) {
      controller.error(new Error('the client is gone'));
    },
  });
  const headers = { Authorization: `Bearer ${tenant.token}` };
  const reply = await replyOf(await world.raw(SUBMIT, { method: 'POST', headers, body }));
  expectRefusal(expect, reply, { ...MALFORMED, detail: /cut short/ });
  await expectNothingSpent(expect, world, { tenant, reply });
});

const CLOSED = {
  status: 503,
  code: 'admin_closed',
  errorCode: 500001,
  detail: /ADMIN_TOKENS is missing or holds a token of less than 32 characters/,
};
const LONG = 'a'.repeat(32);

const doors: { what: string; tokens: unknown; present: string }[] = [
  { what: 'missing', tokens: undefined, present: ADMIN_TOKEN },
  { what: 'empty', tokens: '', present: '' },
  { what: 'blank', tokens: ' ', present: ' ' },
  { what: 'one short token', tokens: `ops:${'a'.repeat(31)}`, present: 'a'.repeat(31) },
  { what: 'a good and a short token', tokens: `ops:${LONG},dev:short`, present: LONG },
  { what: 'a token without a name', tokens: LONG, present: LONG },
  { what: 'an empty name', tokens: `:${LONG}`, present: LONG },
  { what: 'a trailing comma', tokens: `ops:${LONG},`, present: LONG },
  { what: 'a token that is no base64url', tokens: `ops:${LONG}+/=`, present: `${LONG}+/=` },
];

test.for(doors)(
  'ADMIN_TOKENS $what: /admin is closed, /v1 is not',
  async ({ tokens, present }, { expect }) => {
    const world = createWorld();
    const tenant = await world.tenant();
    const isolate = world.isolate({ ADMIN_TOKENS: tokens });
    for (const token of [present, ADMIN_TOKEN, null]) {
      const reply = await isolate.call('/admin/settings', { token });
      expectRefusal(expect, reply, CLOSED);
      await expectNothingSpent(expect, world, { tenant, reply });
    }
    expect((await isolate.submit(tenant.token)).status).toBe(200);
  },
);

test('every one of ADMIN_TOKENS opens /admin, and the log says which', async ({ expect }) => {
  const world = createWorld();
  const isolate = world.isolate({ ADMIN_TOKENS: `ops:${LONG}, ci:${LONG}b` });
  for (const [token, actor] of [
    [LONG, 'ops'],
    [`${LONG}b`, 'ci'],
  ] as const) {
    expect((await isolate.call('/admin/settings', { token })).status).toBe(200);
    expect(world.logs.at(-1)).toMatchObject({ event: 'request', actor, status: 200 });
  }
  const reply = await isolate.call('/admin/settings', { token: `${LONG}c` });
  expectRefusal(expect, reply, {
    status: 401,
    code: 'invalid_admin_token',
    errorCode: 400004,
    detail: /Send one of ADMIN_TOKENS as Authorization: Bearer/,
  });
  expect(JSON.stringify(world.logs)).not.toContain(LONG);
});

test('a key or a token pasted into a path, a query or a body is not repeated', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const { token } = tenant;
  const replies = [
    await world.status(token, token),
    await world.call(`/v1/${token}`, { token }),
    await world.call(`/v1/models?search=${token}`, { token }),
    await world.call(`/v1/models?limit=${token}`, { token }),
    await world.submit(token, PROMPT, token),
    await world.submit(token, `{"${token}"`),
    await world.call(`/v1/models?access_token=${token}`),
    await world.admin('DELETE', `/admin/keys/${token}`),
    await world.admin('GET', `/admin/jobs/${token}`),
    await world.admin('GET', `/admin/customers/${token}`),
  ];
  for (const reply of replies) {
    await expectNothingSpent(expect, world, { tenant, reply });
  }
});

test('a trace id is ours: a header of the client does not set it', async ({ expect }) => {
  const world = createWorld();
  const { headers, body } = await world.call('/v1/models', { headers: { 'X-Request-Id': 'forged' } });
  expect(headers.get('x-request-id')).toBe(body.trace_id);
  expect(body.trace_id).not.toBe('forged');
  expect(world.logs.at(-1)).toMatchObject({ trace_id: body.trace_id, status: 401, code: 'invalid_key' });
});

const failures = [
  {
    what: 'D1 does not answer',
    failing: (): Partial<Env> => {
      const { db, calls } = failingDb(env.DB);
      calls.failure = 'before';
      return { DB: db };
    },
    refusal: {
      status: 503,
      code: 'storage_unavailable',
      errorCode: 500001,
      detail: /storage did not answer/,
    },
    retryAfter: '5',
  },
  {
    what: 'comfygate itself fails',
    failing: (): Partial<Env> => ({
      DB: new Proxy(env.DB, {
        get() {
          throw new Error(`a bug that tells of ${RUNCOMFY_TOKEN}`);
        },
      }),
    }),
    refusal: { status: 500, code: 'internal', errorCode: 500001, detail: /trace id leads the operator/ },
    retryAfter: null,
  },
];

test.for(failures)(
  '$what: a whole answer, without the cause',
  async ({ failing, refusal, retryAfter }, { expect }) => {
    const world = createWorld();
    const tenant = await world.tenant();
    const isolate = world.isolate({ ...failing() });
    const reply = await isolate.submit(tenant.token);
    expectRefusal(expect, reply, refusal);
    expect(reply.headers.get('retry-after')).toBe(retryAfter);
    expect(world.logs.filter(({ level }) => level === 'error')).toMatchObject([
      { event: 'unexpected', trace_id: reply.body.trace_id },
    ]);
    await expectNothingSpent(expect, world, { tenant, reply });
  },
);

function byPath(errors: { path: string }[]): { path: string }[] {
  return errors.toSorted((a, b) => a.path.localeCompare(b.path));
}
