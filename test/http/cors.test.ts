// What browsers ask before the call, and what HEAD answers: on every route there is.

import { test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { ADMIN_TOKEN, createWorld, PROMPT, TEXT_TO_VIDEO, type World } from '../support/world.ts';

type Route = { route: string; method: string; path: string };

/** Every route with something in the place of its parameters. */
function routesOf(world: World): Route[] {
  return createApp(world.deps)
    .routes.filter(({ method }) => method !== 'ALL' && method !== 'HEAD')
    .map(({ method, path }) => ({
      route: `${method} ${path}`,
      method,
      path: path.replace(':id{.+}', TEXT_TO_VIDEO).replace(':customer', 'cus_x').replace(':id', 'x'),
    }));
}

const routes = routesOf(createWorld());

test.for(routes)('$route answers a preflight without a key', async ({ method, path }, { expect }) => {
  const world = createWorld();
  const response = await world.raw(path, {
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

test.for(routes.filter(({ method }) => method === 'GET'))(
  'HEAD of $route is GET without a body',
  async ({ path }, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    const headers = { Authorization: `Bearer ${path.startsWith('/admin') ? ADMIN_TOKEN : token}` };
    const [get, head] = await Promise.all(
      ['GET', 'HEAD'].map(async (method) => world.raw(path, { method, headers })),
    );
    expect(head?.status).toBe(get?.status);
    expect(shown(head)).toEqual(shown(get));
    expect(await head?.text()).toBe('');
    const refused = await world.raw(path, { method: 'HEAD' });
    expect({ status: refused.status, body: await refused.text() }).toEqual({ status: 401, body: '' });
  },
);

test('a browser may read every header that an answer explains itself with', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant({ limits: { requests_per_day: 1 } });
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
