// Calls from web pages: a secret key is refused before any look-up, and a bound token works only for its origins.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { newKeyText } from '../../src/features/keys/key.ts';
import { browserToken } from '../support/browser-token.ts';
import { failingDb } from '../support/stores.ts';
import { ADMIN_TOKEN, createWorld, PROMPT, TEXT_TO_VIDEO } from '../support/world.ts';

const SHOP = 'https://shop.example';
const THIEF = 'https://thief.example';

const fromPages = [
  { Origin: SHOP },
  { Origin: 'null' },
  { Origin: 'https://gate.test', 'Sec-Fetch-Site': 'same-origin' },
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
];

test.for(fromPages)(
  'a secret key that comes with %o is refused before it is looked up',
  async (headers, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    const { db, calls } = failingDb(env.DB);
    const cold = world.isolate({ DB: db });
    for (const key of [token, newKeyText('secret'), 'cg_forged']) {
      const { status, body, headers: answered } = await cold.call('/v1/models', { token: key, headers });
      expect([status, body.code, body.error_code]).toEqual([403, 'key_in_page', 403001]);
      expect(body.detail).toMatch(/POST \/v1\/tokens/);
      expect(answered.get('access-control-allow-origin')).toBe('*');
    }
    expect(calls.calls).toBe(0);
    expect(
      (await cold.call(`/v1/models/${TEXT_TO_VIDEO}`, { method: 'POST', token, body: PROMPT, headers }))
        .status,
    ).toBe(403);
    expect(world.runcomfy.accepted().count).toBe(0);
  },
);

test.for(fromPages)(
  'with KEYS_IN_PAGES = allow a secret key may come with %o',
  async (headers, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    const lenient = world.isolate({ KEYS_IN_PAGES: 'allow' });
    expect((await lenient.call('/v1/models', { token, headers })).status).toBe(200);
  },
);

test.for([
  {},
  { 'Sec-Fetch-Site': 'none' },
  { 'Sec-Fetch-Site': 'same-origin' },
  { 'Sec-Fetch-Mode': 'cors' },
])('a secret key that comes with %o comes from no page', async (headers, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  expect((await world.call('/v1/models', { token, headers })).status).toBe(200);
});

test.for(['undefined', 'null', 'x', 'Bearer'])(
  'a page that sends %s reads that this is no key',
  async (token, { expect }) => {
    const reply = await createWorld().call('/v1/models', { token, headers: { Origin: SHOP } });
    expect([reply.status, reply.body.code]).toEqual([401, 'invalid_key']);
  },
);

test('an admin token is no secret key of a customer: the operator’s calls are not asked where they come from', async ({
  expect,
}) => {
  const world = createWorld();
  const headers = { Origin: SHOP };
  expect((await world.call('/admin/settings', { token: ADMIN_TOKEN, headers })).status).toBe(200);
});

const calls: { what: string; headers: Record<string, string>; status: number }[] = [
  { what: 'its page', headers: { Origin: SHOP }, status: 200 },
  { what: 'a page below the wildcard', headers: { Origin: 'https://eu.shop.example' }, status: 200 },
  {
    what: 'its page, as same-origin',
    headers: { Origin: SHOP, 'Sec-Fetch-Site': 'same-origin' },
    status: 200,
  },
  { what: 'another page', headers: { Origin: THIEF }, status: 403 },
  {
    what: 'another page that claims same-origin',
    headers: { Origin: THIEF, 'Sec-Fetch-Site': 'same-origin' },
    status: 403,
  },
  { what: 'a page without a name', headers: { Origin: 'null' }, status: 403 },
  { what: 'a program', headers: {}, status: 403 },
  { what: 'a cross-site call without an Origin', headers: { 'Sec-Fetch-Site': 'cross-site' }, status: 403 },
  {
    what: "the gateway's own page, which is not listed",
    headers: { 'Sec-Fetch-Site': 'same-origin' },
    status: 403,
  },
];

test.for(calls)('a token bound to a shop, from $what: $status', async ({ headers, status }, { expect }) => {
  const world = createWorld();
  const { token } = await browserToken(world, await world.tenant(), {
    origins: [SHOP, 'https://*.shop.example'],
  });
  const reply = await world.call('/v1/key', { token, headers });
  expect(reply.status).toBe(status);
  expect(reply.headers.get('access-control-allow-origin')).toBe('*');
  if (status === 403) {
    expect(reply.body).toMatchObject({ code: 'origin_not_allowed', error_code: 403001 });
    expect(reply.body.detail).toMatch(
      headers['Origin'] === undefined && headers['Sec-Fetch-Site'] !== 'same-origin'
        ? /without an Origin/
        : /bound to other origins/,
    );
  }
});

test.for([
  { publicUrl: 'https://api.shop.example', status: 200 },
  { publicUrl: 'https://other.example', status: 403 },
])(
  'same-origin without an Origin stands for PUBLIC_URL, $publicUrl: $status',
  async ({ publicUrl, status }, { expect }) => {
    const world = createWorld();
    const { token } = await browserToken(world, await world.tenant(), {
      origins: ['https://api.shop.example'],
    });
    const isolate = world.isolate({ PUBLIC_URL: publicUrl });
    const headers = { 'Sec-Fetch-Site': 'same-origin' };
    expect((await isolate.call('/v1/key', { token, headers })).status).toBe(status);
  },
);

test('an unknown token and a token of another origin leave no trace', async ({ expect }) => {
  const world = createWorld();
  const { token } = await browserToken(world, await world.tenant(), { origins: [SHOP] });
  const headers = { Origin: THIEF };
  expect((await world.call('/v1/key', { token: newKeyText('browser'), headers })).status).toBe(401);
  expect((await world.call('/v1/nothing-here', { token, headers })).status).toBe(403);
  expect((await world.call('/v1/nothing-here', { token, headers: { Origin: SHOP } })).status).toBe(404);
});
