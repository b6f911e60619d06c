// /admin/customers: create, list, read, change; each change writes one entry of the audit.

import { test } from 'vitest';
import { auditOf, countAudit } from '../../support/audit.ts';
import { expectRefusal } from '../../support/problem.ts';
import { addAccount } from '../../support/accounts.ts';
import { ADMIN_TOKEN, createWorld, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

const INVALID = { status: 422, code: 'invalid_input', errorCode: 422001, also: ['errors'] };
const NOT_FOUND = { status: 404, code: 'not_found', errorCode: 404001, detail: /no such customer/ };

test('a customer starts with the defaults, and is read as it was answered', async ({ expect }) => {
  const world = createWorld();
  const made = await world.admin('POST', '/admin/customers', { name: '  Ada Ltd  ' });
  expect(made.status).toBe(201);
  expect(made.body).toEqual({
    id: expect.stringMatching(/^cus_[0-9A-Za-z]{22}$/),
    name: 'Ada Ltd',
    external_id: null,
    status: 'active',
    markup: 1,
    prepaid: false,
    balance_usd: 0,
    held_usd: 0,
    limits: {},
    models: null,
    plan: null,
    own: { markup: null, limits: {} },
    loras: [],
    account: null,
    created_at: '2026-03-05T12:00:00.000Z',
  });
  const read = await world.admin('GET', `/admin/customers/${made.body.id}`);
  expect(read).toMatchObject({ status: 200, body: made.body });
  expect(await auditOf(made.body.id)).toEqual([
    {
      at_ms: world.clock.now(),
      actor: 'ops',
      action: 'customer.create',
      change: { name: '  Ada Ltd  ' },
      trace_id: made.headers.get('x-request-id'),
    },
  ]);
});

test('everything that can be set is set, and comes back as it was written', async ({ expect }) => {
  const world = createWorld();
  const limits = {
    requests_per_minute: 1,
    requests_per_day: 0,
    requests_per_week: 7,
    requests_per_month: 1_000_000_000,
    max_concurrent: 3,
    spend_per_day_usd: 0.000001,
    spend_per_week_usd: 77.5,
    spend_per_month_usd: 1234.567891,
    spend_total_usd: 0,
  };
  const fields = { name: 'Grace', external_id: 'acc-1', markup: 1.2345, prepaid: true, limits };
  const { status, body } = await world.admin('POST', '/admin/customers', fields);
  expect(status).toBe(201);
  expect(body).toMatchObject(fields);
  expect(body.limits).toEqual(limits);
  const [row] = await auditOf(body.id);
  expect(row?.change).toEqual(fields);
});

test('PATCH is RFC 7396: absent keeps, null removes, 0 allows nothing', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.customer({
    name: 'Ada',
    external_id: `kept-${crypto.randomUUID()}`,
    markup: 2,
    prepaid: true,
    limits: { requests_per_day: 5, spend_total_usd: 7.5, max_concurrent: 2 },
  });
  const path = `/admin/customers/${id}`;
  const before = (await world.admin('GET', path)).body;

  const limited = await world.admin('PATCH', path, {
    limits: { requests_per_day: null, max_concurrent: 0, spend_per_day_usd: 0.25 },
  });
  expect(limited.status).toBe(200);
  expect(limited.body).toEqual({
    ...before,
    limits: { spend_total_usd: 7.5, max_concurrent: 0, spend_per_day_usd: 0.25 },
    own: { markup: 2, limits: { spend_total_usd: 7.5, max_concurrent: 0, spend_per_day_usd: 0.25 } },
  });
  const freed = await world.admin('PATCH', path, {
    external_id: null,
    limits: {
      spend_total_usd: null,
      max_concurrent: null,
      spend_per_day_usd: null,
      requests_per_month: null,
    },
  });
  expect(freed.body).toEqual({
    ...before,
    external_id: null,
    limits: {},
    own: { markup: 2, limits: {} },
  });
  const changed = await world.admin('PATCH', path, {
    name: 'Eve',
    external_id: `new-${id}`,
    markup: 0,
    prepaid: false,
    status: 'suspended',
  });
  const wanted = {
    ...before,
    name: 'Eve',
    external_id: `new-${id}`,
    markup: 0,
    prepaid: false,
    status: 'suspended',
    limits: {},
    own: { markup: 0, limits: {} },
    warnings: [expect.stringMatching(/^markup 0 multiplies/)],
  };
  expect(changed.body).toEqual(wanted);
  expect((await world.admin('PATCH', path, { status: 'active' })).body).toEqual({
    ...wanted,
    status: 'active',
  });
  expect((await world.admin('GET', path)).body).toEqual({ ...wanted, status: 'active' });

  const trail = await auditOf(id);
  expect(trail.map(({ action, change }) => [action, Object.keys(change)])).toEqual([
    ['customer.create', ['name', 'external_id', 'markup', 'prepaid', 'limits']],
    ['customer.change', ['limits']],
    ['customer.change', ['external_id', 'limits']],
    ['customer.change', ['name', 'external_id', 'markup', 'prepaid', 'status']],
    ['customer.change', ['status']],
  ]);
  // Units as they were sent: a quarter of a dollar, not 250000.
  expect(trail[1]?.change).toEqual({
    limits: { requests_per_day: null, max_concurrent: 0, spend_per_day_usd: 0.25 },
  });
});

test('two changes at once both hold', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.customer();
  const path = `/admin/customers/${id}`;
  await Promise.all([
    world.admin('PATCH', path, { limits: { requests_per_day: 1 } }),
    world.isolate().admin('PATCH', path, { limits: { spend_total_usd: 2 } }),
    world.isolate().admin('PATCH', path, { status: 'suspended' }),
    world.admin('PATCH', path, { name: 'Eve' }),
  ]);
  expect((await world.admin('GET', path)).body).toMatchObject({
    name: 'Eve',
    status: 'suspended',
    limits: { requests_per_day: 1, spend_total_usd: 2 },
  });
});

test('a list goes through all pages, oldest first, each customer once', async ({ expect }) => {
  const world = createWorld(Date.parse('2031-01-01T00:00:00.000Z'));
  const made: string[] = [];
  for (let index = 0; index < 7; index += 1) {
    // Three of one instant, so that a page ends among equals.
    world.clock.advance(index % 3 === 0 ? 1000 : 0);
    made.push((await world.customer({ name: `c${index}` })).id);
  }
  const seen: string[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const { status, body } = await world.admin(
      'GET',
      `/admin/customers?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['items', 'next_cursor']);
    expect(body.items.length).toBeLessThanOrEqual(2);
    seen.push(...body.items.map(({ id }: { id: string }) => id));
    cursor = body.next_cursor;
    pages += 1;
  } while (cursor !== null && pages < 1000);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.filter((id) => made.includes(id)).toSorted()).toEqual(made.toSorted());
  // The others of this file are older.
  expect(seen.slice(-7).toSorted()).toEqual(made.toSorted());
});

test('an external id belongs to one customer', async ({ expect }) => {
  const world = createWorld();
  const taken = { status: 409, code: 'conflict', errorCode: 409001, detail: /has this external_id/ };
  await world.customer({ external_id: 'crm-1' });
  const { id } = await world.customer({ external_id: 'crm-2' });
  const rows = await countAudit();
  expectRefusal(
    expect,
    await world.admin('POST', '/admin/customers', { name: 'x', external_id: 'crm-1' }),
    taken,
  );
  const patch = { name: 'lost', external_id: 'crm-1' };
  expectRefusal(expect, await world.admin('PATCH', `/admin/customers/${id}`, patch), taken);
  expect((await world.admin('GET', `/admin/customers/${id}`)).body).toMatchObject({
    name: 'Ada',
    external_id: 'crm-2',
  });
  expect(await countAudit()).toBe(rows);
  await world.admin('PATCH', `/admin/customers/${id}`, { external_id: null });
  expect((await world.customer({ external_id: 'crm-2' })).id).not.toBe(id);
});

const wrong: { body: object; path: string; detail: RegExp }[] = [
  { body: {}, path: 'name', detail: /^name: / },
  { body: { name: '' }, path: 'name', detail: /^name: .*1/ },
  { body: { name: '   ' }, path: 'name', detail: /^name: / },
  { body: { name: '\u200b\u2060' }, path: 'name', detail: /^name: .*no visible/ },
  { body: { name: 'Ada\u001b[2J' }, path: 'name', detail: /^name: .*control/ },
  { body: { name: 'Ada\u009b2J' }, path: 'name', detail: /^name: .*control/ },
  { body: { name: 'Ada\u202edtL' }, path: 'name', detail: /^name: .*direction/ },
  { body: { name: 'Ada\u2067' }, path: 'name', detail: /^name: .*direction/ },
  { body: { name: 'Ada\nLtd' }, path: 'name', detail: /^name: .*control/ },
  { body: { name: 'x'.repeat(201) }, path: 'name', detail: /^name: .*200/ },
  { body: { name: 5 }, path: 'name', detail: /^name: .*string/ },
  { body: { name: 'x', external_id: '' }, path: 'external_id', detail: /^external_id: / },
  { body: { name: 'x', markup: -0.0001 }, path: 'markup', detail: /^markup: .*0/ },
  { body: { name: 'x', markup: 100.0001 }, path: 'markup', detail: /^markup: .*100/ },
  { body: { name: 'x', markup: 1.00001 }, path: 'markup', detail: /^markup: .*four decimals/ },
  { body: { name: 'x', markup: '1.5' }, path: 'markup', detail: /^markup: .*number/ },
  { body: { name: 'x', prepaid: 'yes' }, path: 'prepaid', detail: /^prepaid: .*boolean/ },
  { body: { name: 'x', limits: [] }, path: 'limits', detail: /^limits: / },
  {
    body: { name: 'x', limits: { requests_per_day: -1 } },
    path: 'limits.requests_per_day',
    detail: /^limits\.requests_per_day: .*0/,
  },
  {
    body: { name: 'x', limits: { requests_per_minute: 1.5 } },
    path: 'limits.requests_per_minute',
    detail: /^limits\.requests_per_minute: .*int/,
  },
  {
    body: { name: 'x', limits: { max_concurrent: 1_000_000_001 } },
    path: 'limits.max_concurrent',
    detail: /1000000000/,
  },
  {
    body: { name: 'x', limits: { spend_per_day_usd: 0.0000001 } },
    path: 'limits.spend_per_day_usd',
    detail: /at most six decimals/,
  },
  {
    body: { name: 'x', limits: { spend_total_usd: -1 } },
    path: 'limits.spend_total_usd',
    detail: /0 or more/,
  },
  {
    body: { name: 'x', limits: { spend_total_usd: 1_000_000_000.1 } },
    path: 'limits.spend_total_usd',
    detail: /limits\.spend_total_usd/,
  },
  { body: { name: 'x', limits: { requests_per_hour: 1 } }, path: 'limits', detail: /"requests_per_hour"/ },
  { body: { name: 'x', balance_usd: 5 }, path: '', detail: /"balance_usd"/ },
  { body: { name: 'x', id: 'cus_mine' }, path: '', detail: /"id"/ },
];

test.for(wrong)('$body is refused by its path', async ({ body, path, detail }, { expect }) => {
  const world = createWorld();
  const { id } = await world.customer();
  const before = await world.admin('GET', `/admin/customers/${id}`);
  const rows = await countAudit();
  const posted = await world.admin('POST', '/admin/customers', body);
  expectRefusal(expect, posted, { ...INVALID, detail });
  expect(posted.body.errors).toMatchObject([{ path, rule: expect.any(String), message: expect.any(String) }]);
  if (Object.keys(body).length > 0) {
    const patched = await world.admin('PATCH', `/admin/customers/${id}`, body);
    expectRefusal(expect, patched, { ...INVALID, detail });
  }
  expect((await world.admin('GET', `/admin/customers/${id}`)).body).toEqual(before.body);
  expect(await countAudit()).toBe(rows);
});

test('a change of a customer counts at once here, and within 10 s elsewhere', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const elsewhere = world.isolate();
  const priceAt = async (isolate: Pick<World, 'call'>) => {
    const { body } = await isolate.call(`/v1/models/${TEXT_TO_VIDEO}`, { token });
    return body.base_price_usd;
  };
  const listPrice = await priceAt(world);
  expect(await priceAt(elsewhere)).toBe(listPrice);
  await world.admin('PATCH', `/admin/customers/${id}`, { markup: 2 });
  expect(await priceAt(world)).toBe(2 * listPrice);
  world.clock.advance(10_000);
  expect(await priceAt(elsewhere)).toBe(2 * listPrice);

  await world.admin('PATCH', `/admin/customers/${id}`, { status: 'suspended' });
  expect((await world.call('/v1/models', { token })).body.code).toBe('customer_suspended');
  await world.admin('PATCH', `/admin/customers/${id}`, { status: 'active' });
  expect((await world.call('/v1/models', { token })).status).toBe(200);
});

test('only PATCH sets the status, which is active or suspended', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.customer();
  const born = await world.admin('POST', '/admin/customers', { name: 'x', status: 'suspended' });
  expectRefusal(expect, born, { ...INVALID, detail: /"status"/ });
  const patched = await world.admin('PATCH', `/admin/customers/${id}`, { status: 'deleted' });
  expectRefusal(expect, patched, { ...INVALID, detail: /^status: .*"active".*"suspended"/ });
});

const unknown = ['cus_0000000000000000000000', 'x', "'--", '%2e%2e%2f', 'key_1', 'x'.repeat(300)];

test.for(unknown)('there is no customer %s', async (id, { expect }) => {
  const world = createWorld();
  const rows = await countAudit();
  expectRefusal(expect, await world.admin('GET', `/admin/customers/${id}`), NOT_FOUND);
  expectRefusal(expect, await world.admin('PATCH', `/admin/customers/${id}`, { name: 'Eve' }), NOT_FOUND);
  expectRefusal(expect, await world.admin('GET', `/admin/customers/${id}/keys`), NOT_FOUND);
  expectRefusal(expect, await world.admin('POST', `/admin/customers/${id}/keys`, { name: 'k' }), {
    ...NOT_FOUND,
    detail: /no (such )?customer/,
  });
  expect(await countAudit()).toBe(rows);
});

const parameters = [
  'limit=0',
  'limit=201',
  'limit=x',
  'limit=1.5',
  'cursor=',
  'cursor=x',
  'status=deleted',
  `external_id=${'x'.repeat(201)}`,
  `search=${'x'.repeat(201)}`,
  'cursor=MTo=',
  `cursor=${btoa('1:x;')}`,
  `cursor=${btoa("1:' OR 1")}`,
];

test.for(parameters)('GET /admin/customers?%s is refused', async (query, { expect }) => {
  const reply = await createWorld().admin('GET', `/admin/customers?${query}`);
  expectRefusal(expect, reply, {
    status: 400,
    code: 'invalid_parameter',
    errorCode: 400003,
    detail: new RegExp(`^${query.split('=')[0]}: `),
    also: ['errors'],
  });
});

const bodies: {
  what: string;
  body: unknown;
  headers: Record<string, string>;
  status: number;
  code: string;
}[] = [
  { what: 'no body', body: undefined, headers: {}, status: 400, code: 'malformed_body' },
  { what: 'no JSON', body: '{', headers: {}, status: 400, code: 'malformed_body' },
  { what: 'a key twice', body: '{"name":"a","name":"b"}', headers: {}, status: 400, code: 'malformed_body' },
  { what: '__proto__', body: '{"__proto__":{"name":"a"}}', headers: {}, status: 400, code: 'malformed_body' },
  { what: 'an array', body: '[]', headers: {}, status: 422, code: 'invalid_input' },
  {
    what: 'a form',
    body: 'name=a',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    what: 'gzip',
    body: '{"name":"a"}',
    headers: { 'Content-Encoding': 'gzip' },
    status: 415,
    code: 'unsupported_media_type',
  },
];

test.for(bodies)('$what is no customer', async ({ body, headers, status, code }, { expect }) => {
  const world = createWorld();
  const rows = await countAudit();
  const reply = await world.call('/admin/customers', { method: 'POST', token: ADMIN_TOKEN, body, headers });
  expect(reply).toMatchObject({ status, body: { code } });
  expect(await countAudit()).toBe(rows);
});

test('a markup below 1 is kept, with a warning wherever the customer is shown', async ({ expect }) => {
  const world = createWorld();
  const warnings = ['markup 0.25 multiplies: this customer pays less than the list price.'];
  const made = await world.admin('POST', '/admin/customers', { name: 'Ada', markup: 0.25 });
  expect(made).toMatchObject({ status: 201, body: { markup: 0.25, warnings } });
  const path = `/admin/customers/${made.body.id}`;
  expect((await world.admin('GET', path)).body).toMatchObject({ warnings });
  for (const markup of [1, 1.25]) {
    expect((await world.admin('PATCH', path, { markup })).body).not.toHaveProperty('warnings');
  }
  expect((await world.admin('PATCH', path, { markup: 0.9999 })).body.warnings).toEqual([
    'markup 0.9999 multiplies: this customer pays less than the list price.',
  ]);
});

const sorted = (...some: string[]) => some.toSorted();

test('customers are found by external id, by a part of what they are called, and by status', async ({
  expect,
}) => {
  const world = createWorld();
  const word = crypto.randomUUID();
  const ada = (await world.customer({ name: `Ada ${word}`, external_id: `crm-a-${word}` })).id;
  const eve = (await world.customer({ name: 'Eve', external_id: `crm-e-${word}` })).id;
  const bob = (await world.customer({ name: `Bob ${word} GmbH` })).id;
  await world.admin('PATCH', `/admin/customers/${bob}`, { status: 'suspended' });
  const find = async (query: string) => {
    const { body } = await world.admin('GET', `/admin/customers?${query}`);
    return body.items.map(({ id }: { id: string }) => id).toSorted();
  };
  expect(await find(`external_id=crm-a-${word}`)).toEqual([ada]);
  expect(await find(`external_id=crm-a-${word}&status=suspended`)).toEqual([]);
  expect(await find(`external_id=crm-a-${word}&search=crm-e-${word}`)).toEqual([]);
  // A part of an external id is for the search.
  expect(await find('external_id=crm-a')).toEqual([]);
  expect(await find(`search=${word}`)).toEqual(sorted(ada, eve, bob));
  expect(await find(`search=${word.toUpperCase()}%20gmbh`)).toEqual([bob]);
  expect(await find(`search=CRM-E-${word}`)).toEqual([eve]);
  expect(await find(`search=${ada}`)).toEqual([ada]);
  expect(await find(`search=${word}&status=active`)).toEqual(sorted(ada, eve));
  expect(await find(`search=${word}&status=suspended`)).toEqual([bob]);
  // Neither a pattern of SQL nor SQL.
  expect(await find(`search=${word}%25`)).toEqual([]);
  expect(await find("search='%20OR%20'1'='1")).toEqual([]);
});

test('a search goes through all pages, past those that do not match', async ({ expect }) => {
  const world = createWorld();
  const word = crypto.randomUUID();
  const made: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    world.clock.advance(1000);
    made.push((await world.customer({ name: `${word} ${index}` })).id);
    await world.customer();
  }
  const seen: string[] = [];
  let query: string | null = '';
  while (query !== null && seen.length <= 5) {
    const { body } = await world.admin('GET', `/admin/customers?search=${word}&limit=2${query}`);
    seen.push(...body.items.map(({ id }: { id: string }) => id));
    query = body.next_cursor === null ? null : `&cursor=${body.next_cursor}`;
  }
  expect(seen).toEqual(made);
});

test('a customer is pinned to an account that is there, and let go again', async ({ expect }) => {
  const world = createWorld();
  const account = await addAccount(world, { status: 'disabled' });
  const gone = await addAccount(world);
  await world.admin('DELETE', `/admin/accounts/${gone.id}`);
  const { id } = await world.customer({ account: account.id });
  const path = `/admin/customers/${id}`;
  expect((await world.admin('GET', path)).body.account).toBe(account.id);
  for (const missing of [gone.id, 'acct_nobody', 'x']) {
    const refused = {
      status: 422,
      body: { code: 'invalid_input', errors: [{ path: 'account', rule: 'exists' }] },
    };
    expect(await world.admin('PATCH', path, { account: missing })).toMatchObject(refused);
    expect(await world.admin('POST', '/admin/customers', { name: 'Eve', account: missing })).toMatchObject(
      refused,
    );
  }
  expect((await world.admin('PATCH', '/admin/customers/cus_nobody', { account: gone.id })).status).toBe(404);
  expect((await world.admin('PATCH', path, { name: 'Bob' })).body.account).toBe(account.id);
  expect((await world.admin('PATCH', path, { account: null })).body.account).toBeNull();
});
