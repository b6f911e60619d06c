// The comparison of each answer with openapi.json catches what it should, and knows a route under every spelling.

import { test } from 'vitest';
import { breachOf } from '../support/contract.ts';
import { createWorld } from '../support/world.ts';

const ID = '0b8f4c2e-5f0e-4b63-9a52-0d6a0f0f8f11';
const STATUS = {
  request_id: ID,
  status: 'in_queue',
  status_url: 'https://gate.test/status',
  result_url: 'https://gate.test/result',
};
const CUSTOMER = {
  id: 'cus_1',
  name: 'Ada',
  external_id: null,
  status: 'active',
  markup: 1,
  prepaid: false,
  balance_usd: 0,
  held_usd: 0,
  limits: {},
  loras: [],
  created_at: '2026-03-05T12:00:00.000Z',
};
const KEY = {
  id: 'key_1',
  customer: 'cus_1',
  kind: 'secret',
  parent: null,
  hint: 'cg_abcde…',
  name: 'server',
  models: null,
  limits: {},
  expires_at: null,
  revoked_at: null,
  created_at: '2026-03-05T12:00:00.000Z',
};
const NOT_LISTED = /which is not described/;

function problem(status: number, code: string, more: object = {}): Response {
  const body = {
    type: `urn:comfygate:problem:${code}`,
    title: 'a title',
    status,
    detail: 'a sentence',
    code,
    trace_id: ID,
    error_code: 1,
    error_message: 'a sentence',
    ...more,
  };
  return Response.json(body, { status });
}

const csv = (text: string) => new Response(text, { headers: { 'Content-Type': 'text/csv; charset=utf-8' } });

type Answered = { what: string; call: string; answer: () => Response };

const fine: Answered[] = [
  {
    what: 'a status',
    call: `GET /v1/requests/${ID}/status`,
    answer: () => Response.json(STATUS),
  },
  {
    what: 'doubled slashes and one at the end',
    call: `GET https://gate.test//v1//requests/${ID}//status/`,
    answer: () => Response.json(STATUS),
  },
  {
    what: 'an escaped letter and a query',
    call: `GET /v1/requests/${ID}/st%61tus?a=1&a=2`,
    answer: () => Response.json(STATUS),
  },
  {
    what: 'dots that the URL folds away',
    call: `GET /v1/../v1/requests/${ID}/status`,
    answer: () => Response.json(STATUS),
  },
  {
    what: 'the list of categories, which is no model',
    call: 'GET /v1/models/categories',
    answer: () => Response.json({ categories: ['image'] }),
  },
  {
    what: 'the state of the sync, which is no model',
    call: 'GET /admin/models/sync',
    answer: () => Response.json({ last: null, running: null, next_at: null }),
  },
  {
    what: 'a method of another template of the same path',
    call: 'PUT /admin/models/sync',
    answer: () => problem(400, 'invalid_parameter'),
  },
  {
    what: 'a model id of several segments',
    call: 'DELETE /admin/customers/cus_1/prices/a/b/c',
    answer: () => new Response(null, { status: 204 }),
  },
  { what: 'HEAD', call: `HEAD /v1/requests/${ID}/status`, answer: () => new Response(null) },
  { what: 'HEAD, refused', call: 'HEAD /v1/models', answer: () => new Response(null, { status: 401 }) },
  {
    what: 'a preflight',
    call: 'OPTIONS /v1/models',
    answer: () => new Response(null, { status: 204 }),
  },
  { what: 'CSV', call: 'GET /v1/usage?format=csv', answer: () => csv('jobs\r\n1\r\n') },
  { what: 'a refusal', call: 'GET /v1/models', answer: () => problem(401, 'invalid_key') },
  {
    what: 'a refusal with all of its members',
    call: 'POST /v1/models/a/b',
    answer: () =>
      problem(429, 'request_limit', {
        errors: [{ path: 'a', rule: 'b', message: 'c', allowed: [1], sent: null }],
        limit: { scope: 'key', name: 'requests_per_day', max: 1, used: 1, left: 0 },
        request_id: ID,
      }),
  },
  { what: 'no route', call: 'GET /v1/predictions', answer: () => problem(404, 'unknown_route') },
  {
    what: 'a method that the path does not take',
    call: 'DELETE /v1/models',
    answer: () => problem(405, 'method_not_allowed'),
  },
];

const wrong: (Answered & { breach: RegExp })[] = [
  {
    what: 'a status that the route does not list',
    call: 'POST /admin/customers',
    answer: () => Response.json(CUSTOMER, { status: 200 }),
    breach: NOT_LISTED,
  },
  {
    what: 'a refusal with a status that the route does not list',
    call: 'GET /admin/customers',
    answer: () => problem(404, 'not_found'),
    breach: NOT_LISTED,
  },
  {
    what: 'a refusal whose code the route does not list',
    call: 'GET /v1/models/a/b',
    answer: () => problem(404, 'not_found'),
    breach: /code|enum/i,
  },
  {
    what: 'a refusal whose body has another status',
    call: 'GET /v1/models',
    answer: () => problem(401, 'invalid_key', { status: 403 }),
    breach: /const|401/,
  },
  {
    what: 'a member too many',
    call: 'GET /admin/customers/cus_1',
    answer: () => Response.json({ ...CUSTOMER, hash: 'x' }),
    breach: /hash/,
  },
  {
    what: 'a member too many in a list',
    call: 'GET /admin/keys',
    answer: () => Response.json({ items: [{ ...KEY, hash: 'x' }], next_cursor: null }),
    breach: /hash/,
  },
  {
    what: 'a member too many in a refusal',
    call: 'GET /v1/models',
    answer: () => problem(401, 'invalid_key', { stack: 'x' }),
    breach: /stack/,
  },
  {
    what: 'a missing member',
    call: `GET /v1/requests/${ID}/status`,
    answer: () => Response.json({ ...STATUS, request_id: undefined }),
    breach: /request_id/,
  },
  {
    what: 'a missing member of a refusal',
    call: 'GET /v1/models',
    answer: () => problem(401, 'invalid_key', { trace_id: undefined }),
    breach: /trace_id/,
  },
  {
    what: 'a member of another type',
    call: 'GET /admin/customers/cus_1',
    answer: () => Response.json({ ...CUSTOMER, markup: '1' }),
    breach: /markup|string/,
  },
  {
    what: 'a word that the member does not have',
    call: `GET /v1/requests/${ID}/status`,
    answer: () => Response.json({ ...STATUS, status: 'reserved' }),
    breach: /reserved|enum/i,
  },
  {
    what: 'a body where there is none',
    call: 'DELETE /admin/keys/key_1',
    answer: () => Object.defineProperty(Response.json(KEY), 'status', { value: 204 }),
    breach: /a body that is not described/,
  },
  {
    what: 'no body where there is one',
    call: 'GET /admin/keys',
    answer: () => new Response(null),
    breach: /the type ""/,
  },
  {
    what: 'text for JSON',
    call: 'GET /admin/keys',
    answer: () => new Response('gone'),
    breach: /the type "text\/plain"/,
  },
  {
    what: 'CSV on a route that has none',
    call: 'GET /admin/keys',
    answer: () => csv('a\r\n'),
    breach: /the type "text\/csv"/,
  },
  {
    what: 'a route that is not in the document',
    call: 'GET /v1/predictions',
    answer: () => Response.json({}),
    breach: NOT_LISTED,
  },
  {
    what: 'a method that is not in the document',
    call: 'DELETE /v1/models',
    answer: () => new Response(null, { status: 204 }),
    breach: NOT_LISTED,
  },
  {
    what: 'a body for HEAD',
    call: 'HEAD /admin/keys',
    answer: () => Response.json({ items: 'all' }),
    breach: /items/,
  },
  {
    what: 'a status for HEAD that GET does not list',
    call: 'HEAD /admin/keys',
    answer: () => new Response(null, { status: 404 }),
    breach: NOT_LISTED,
  },
  {
    what: 'a preflight that is refused',
    call: 'OPTIONS /v1/models',
    answer: () => problem(401, 'invalid_key'),
    breach: /to a preflight/,
  },
  {
    what: 'the refusal of a route where there is none',
    call: 'GET /v1/predictions',
    answer: () => problem(429, 'request_limit'),
    breach: /code|enum/i,
  },
];

function requestOf(call: string): Request {
  const [method = '', url = ''] = call.split(' ');
  return new Request(new URL(url, 'https://gate.test'), { method });
}

test.for(fine)('$what is as described', async ({ call, answer }, { expect }) => {
  expect(await breachOf(requestOf(call), answer())).toBeNull();
});

test.for(wrong)('$what is a breach', async ({ call, answer, breach }, { expect }) => {
  expect(await breachOf(requestOf(call), answer())).toMatch(breach);
});

test('a test that receives such an answer fails', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.customer();
  const said = Response.json.bind(Response);
  Response.json = (body, init) => said({ ...(body as object), hash: 'x' }, init);
  try {
    await expect(world.admin('GET', `/admin/customers/${id}`)).rejects.toThrow(/hash/);
    await expect(world.raw('/v1/models')).rejects.toThrow(/hash/);
  } finally {
    Response.json = said;
  }
});
