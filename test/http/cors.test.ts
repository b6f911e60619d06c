// CORS preflights and HEAD on every route.

import { test } from 'vitest';
import { browserToken } from '../support/browser-token.ts';
import { pathOf, ROUTES, type TestRoute } from '../support/routes.ts';
import { ADMIN_TOKEN, createWorld, PROMPT, TEXT_TO_VIDEO } from '../support/world.ts';

/** With a model that exists, and nothing that does in the place of the other parameters. */
const called = (route: TestRoute) => pathOf(route, { model_id: TEXT_TO_VIDEO });

test.for(ROUTES)('$id answers a preflight without a key', async (route, { expect }) => {
  const { method } = route;
  const world = createWorld();
  const response = await world.raw(called(route), {
    method: 'OPTIONS',
    headers: {
      Origin: 'https://shop.example',
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': 'authorization,content-type,idempotency-key',
    },
  });
  const list = (name: string) => response.headers.get(name)?.toLowerCase().split(/, ?/) ?? [];
  expect(response.status).toBe(204);
  expect(await response.text()).toBe('');
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  expect(list('access-control-allow-methods')).toContain(method.toLowerCase());
  expect(list('access-control-allow-headers')).toEqual(
    expect.arrayContaining(['authorization', 'content-type', 'idempotency-key']),
  );
  expect(Number(response.headers.get('access-control-max-age'))).toBeGreaterThan(0);
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('a page whose SDK or monitor adds headers of its own may send them', async ({ expect }) => {
  const world = createWorld();
  const asked =
    'X-Stainless-Lang, x-stainless-retry-count,sentry-trace, baggage, traceparent, cache-control, x-requested-with, user-agent';
  const { headers } = await world.raw(`/v1/models/${TEXT_TO_VIDEO}`, {
    method: 'OPTIONS',
    headers: { 'Access-Control-Request-Headers': asked },
  });
  const allowed = headers.get('access-control-allow-headers')?.split(',') ?? [];
  expect(allowed).toEqual(expect.arrayContaining(asked.toLowerCase().split(/, ?/)));
  expect(headers.get('access-control-allow-credentials')).toBeNull();
});

const OWN_HEADERS = 'authorization,content-type,idempotency-key';

test.for([
  { what: 'no header', asked: '', allowed: OWN_HEADERS },
  { what: 'what is no name', asked: 'a b,c:d,"e",,x-good', allowed: `${OWN_HEADERS},x-good` },
  { what: 'one that is there', asked: 'Authorization,AUTHORIZATION', allowed: OWN_HEADERS },
  { what: 'a name of 101 characters', asked: 'x'.repeat(101), allowed: OWN_HEADERS },
  { what: 'more than any page', asked: 'x-a,'.repeat(1100), allowed: OWN_HEADERS },
])('a preflight that asks for $what is answered', async ({ asked, allowed }, { expect }) => {
  const response = await createWorld().raw('/v1/models', {
    method: 'OPTIONS',
    headers: { 'Access-Control-Request-Headers': asked },
  });
  expect(response.status).toBe(204);
  expect(response.headers.get('access-control-allow-headers')).toBe(allowed);
});

function shown(response: Response | undefined): [string, string][] {
  return [...(response?.headers ?? [])].filter(([name]) => name !== 'x-request-id');
}

test.for(ROUTES.filter(({ method }) => method === 'GET'))(
  'HEAD of $method $path is GET without a body',
  async (route, { expect }) => {
    const path = called(route);
    const world = createWorld();
    const { token } = await world.tenant();
    const headers = { Authorization: `Bearer ${route.door === 'admin' ? ADMIN_TOKEN : token}` };
    const [get, head] = await Promise.all(
      ['GET', 'HEAD'].map(async (method) => world.raw(path, { method, headers })),
    );
    expect(head?.status).toBe(get?.status);
    expect(shown(head)).toEqual(shown(get));
    expect(await head?.text()).toBe('');
    const stranger = await world.raw(path, { method: 'HEAD' });
    // There is no file of that name: HEAD says so, as GET does.
    const status = route.door === 'open' ? get?.status : 401;
    expect({ status: stranger.status, body: await stranger.text() }).toEqual({ status, body: '' });
  },
);

test('a browser may read every header that an answer explains itself with', async ({ expect }) => {
  const world = createWorld();
  const { token } = await browserToken(world, await world.tenant(), { limits: { requests_total: 1 } });
  await world.submit(token);
  const { status, headers } = await world.call(`/v1/models/${TEXT_TO_VIDEO}`, {
    method: 'POST',
    token,
    body: PROMPT,
    headers: { Origin: 'https://page.test' },
  });
  expect(status).toBe(429);
  const exposed = headers.get('access-control-expose-headers')?.toLowerCase().split(/, ?/) ?? [];
  const safelisted = ['content-type', 'content-length', 'cache-control'];
  const own = [...headers.keys()].filter((name) => !name.startsWith('access-control-'));
  expect(own.filter((name) => !exposed.includes(name) && !safelisted.includes(name))).toEqual([]);
  expect(exposed).toEqual(
    expect.arrayContaining(['x-request-id', 'retry-after', 'ratelimit', 'ratelimit-policy']),
  );
});
