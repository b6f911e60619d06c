// GET /admin/audit: who changed which field, and from where. It holds nothing of refused changes, and no secret.
//
// Crossing a change and its entry:
//   a change that changes no row    no entry, no details, no draft is left
//   a batch that fails              the same
//   two changes of one object       each entry has the state before and after its own change
//   addresses switched off          the call that switches them off is already written without one

import { env } from 'cloudflare:workers';
import { beforeEach, test } from 'vitest';
import { fieldChanges } from '../../../src/features/audit/entry.ts';
import { addAccount, setUpstreamAccount } from '../../support/accounts.ts';
import { resetAudit } from '../../support/audit.ts';
import { countsOf, recordedIsolate } from '../../support/recorder.ts';
import { ADMIN_TOKEN, createWorld, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

beforeEach(resetAudit);

const list = async (world: World, query = ''): Promise<any[]> =>
  (await world.admin('GET', `/admin/audit${query}`)).body.items;

const drafts = () => env.DB.prepare('SELECT COUNT(*) AS n FROM audit_drafts').first('n');

const change = (field: string, before: unknown, after: unknown) => ({ field, before, after });

const actionAndChanges = ({ action, changes }: any) => ({ action, changes });

test('an entry says who changed what, field by field, when and from where', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.customer({ name: 'Ada', markup: 1.25 });
  world.clock.advance(60_000);
  const { headers } = await world.call(`/admin/customers/${id}`, {
    method: 'PATCH',
    token: ADMIN_TOKEN,
    body: { name: 'Ada Ltd', markup: 1.5, limits: { spend_per_day_usd: 5 }, prepaid: true },
    headers: { 'CF-Connecting-IP': '192.0.2.7' },
  });
  const [changed, created] = await list(world);
  expect(changed).toEqual({
    id: 2,
    at: new Date(world.clock.now()).toISOString(),
    actor: 'ops',
    session: null,
    action: 'customer.change',
    object: id,
    asked: { name: 'Ada Ltd', markup: 1.5, limits: { spend_per_day_usd: 5 }, prepaid: true },
    changes: [
      { field: 'name', before: 'Ada', after: 'Ada Ltd' },
      { field: 'markup', before: 1.25, after: 1.5 },
      { field: 'prepaid', before: false, after: true },
      { field: 'limits.spend_per_day_usd', before: null, after: 5 },
    ],
    address: '192.0.2.7',
    trace_id: headers.get('x-request-id'),
  });
  expect(created).toMatchObject({ id: 1, action: 'customer.create', address: null });
  expect(created.changes).toContainEqual({ field: 'markup', before: null, after: 1.25 });
  expect(await drafts()).toBe(0);
});

test('every kind of object has its state before and after', async ({ expect }) => {
  const world = createWorld();
  const { id, keyId, token } = await world.tenant();
  const { id: account } = await addAccount(world, { status: 'disabled' });
  const calls: [method: string, path: string, body?: object][] = [
    ['PATCH', `/admin/keys/${keyId}`, { name: 'second', expires_at: '2030-01-01T00:00:00Z' }],
    ['DELETE', `/admin/keys/${keyId}`],
    ['PATCH', `/admin/accounts/${account}`, { priority: 7 }],
    ['DELETE', `/admin/accounts/${account}`],
    ['PATCH', `/admin/models/${TEXT_TO_VIDEO}`, { price: { usd: 0.125, unit: 'output' } }],
    ['PUT', `/admin/customers/${id}/prices/${TEXT_TO_VIDEO}`, { usd: 0.5 }],
    ['PUT', `/admin/customers/${id}/prices/${TEXT_TO_VIDEO}`, { usd: 0.25 }],
    ['DELETE', `/admin/customers/${id}/prices/${TEXT_TO_VIDEO}`],
    ['POST', `/admin/customers/${id}/credits`, { amount_usd: 12.5, note: 'hello' }],
    ['PATCH', '/admin/settings', { submits: 'off' }],
    ['PATCH', '/admin/settings', { submits: 'on' }],
  ];
  await resetAudit();
  for (const [method, path, body] of calls) {
    expect((await world.admin(method, path, body)).status).toBeLessThan(300);
  }
  const now = new Date(world.clock.now()).toISOString();
  const entries = (await list(world)).toReversed();
  const price = entries[4].changes.filter(({ field }: any) => field === 'price.usd');
  expect(price).toEqual([change('price.usd', 0.05, 0.125)]);
  entries.splice(4, 1);
  expect(entries.map(actionAndChanges)).toEqual([
    {
      action: 'key.change',
      changes: [change('name', 'server', 'second'), change('expires_at', null, '2030-01-01T00:00:00.000Z')],
    },
    { action: 'key.revoke', changes: [change('revoked_at', null, now)] },
    { action: 'account.change', changes: [change('priority', expect.any(Number), 7)] },
    { action: 'account.delete', changes: [change('status', 'disabled', 'deleted')] },
    { action: 'price.set', changes: [change('unit_usd', null, 0.5)] },
    { action: 'price.set', changes: [change('unit_usd', 0.5, 0.25)] },
    { action: 'price.remove', changes: [change('unit_usd', 0.25, null)] },
    { action: 'customer.credit', changes: [change('balance_usd', 0, 12.5)] },
    { action: 'settings.change', changes: [change('submits', 'on', 'off')] },
    { action: 'settings.change', changes: [change('submits', 'off', 'on')] },
  ]);
  expect(JSON.stringify(await list(world))).not.toContain(token);
});

test('the verdict on a job has its state before and after', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut_before' }, times: 1 });
  const { request_id: id } = (await world.submit(token)).body;
  await world.idle();
  await world.admin('POST', `/admin/jobs/${id}/resolve`, { outcome: 'lost' });
  const [entry] = await list(world);
  expect(entry).toMatchObject({ action: 'job.resolve', object: id, asked: { outcome: 'lost' } });
  expect(entry.changes).toContainEqual({ field: 'state', before: 'unconfirmed', after: 'lost' });
});

test('a token of RunComfy is in no entry, not even sealed', async ({ expect }) => {
  const world = createWorld();
  const { id, name } = await addAccount(world, { status: 'disabled' });
  const token = 'rc-plain-token-0123456789';
  setUpstreamAccount(world, { name, token, balanceUsd: 1 });
  expect((await world.admin('PATCH', `/admin/accounts/${id}`, { token })).status).toBe(200);
  const { results } = await env.DB.prepare('SELECT * FROM audit_details').all();
  const sealed = await env.DB.prepare('SELECT sealed FROM accounts WHERE id = ?1').bind(id).first('sealed');
  expect(JSON.stringify(results)).toContain('(secret)');
  expect(JSON.stringify(results)).not.toContain('rc-plain-token');
  expect(JSON.stringify(results)).not.toContain(String(sealed));
});

test('what is refused or changes nothing leaves no entry and no draft', async ({ expect }) => {
  const world = createWorld();
  const { id, keyId } = await world.tenant({ external_id: 'one' });
  const other = await world.customer({ external_id: 'two' });
  await world.admin('DELETE', `/admin/keys/${keyId}`);
  const before = (await list(world)).length;
  await world.admin('PATCH', `/admin/customers/${other.id}`, { external_id: 'one' });
  await world.admin('PATCH', `/admin/customers/${id}`, { account: 'acct_none' });
  await world.admin('PATCH', '/admin/customers/cus_none', { name: 'Eve' });
  await world.admin('PATCH', `/admin/customers/${id}`, { markup: -1 });
  await world.admin('DELETE', `/admin/keys/${keyId}`);
  expect(await list(world)).toHaveLength(before);
  expect(await env.DB.prepare('SELECT COUNT(*) AS n FROM audit_details').first('n')).toBe(before);
  expect(await drafts()).toBe(0);
});

test('of changes at once, each entry begins with the state that the one before it left', async ({
  expect,
}) => {
  const world = createWorld();
  const { id } = await world.customer({ name: '0' });
  await Promise.all(
    Array.from({ length: 12 }, (_, number) =>
      world.isolate().admin('PATCH', `/admin/customers/${id}`, { name: String(number + 1) }),
    ),
  );
  const entries = (await list(world, '?action=customer.change')).toReversed();
  expect(entries).toHaveLength(12);
  const names = ['0', ...entries.map(({ asked }) => asked.name)];
  expect(entries.map(({ changes }) => changes)).toEqual(
    entries.map((_, index) => [{ field: 'name', before: names[index], after: names[index + 1] }]),
  );
});

test('a setting switches addresses off, for the call that sets it already', async ({ expect }) => {
  const world = createWorld();
  const set = (addresses: string) =>
    world.call('/admin/settings', {
      method: 'PATCH',
      token: ADMIN_TOKEN,
      body: { audit_addresses: addresses },
      headers: { 'CF-Connecting-IP': '2001:db8::7' },
    });
  expect((await set('off')).body).toMatchObject({ audit_addresses: 'off' });
  await set('on');
  expect((await list(world)).map(({ address }) => address)).toEqual(['2001:db8::7', null]);
});

test('who acts by a session is named with it, and found by it', async ({ expect }) => {
  const world = createWorld();
  const signedIn = await world.call('/session', { method: 'POST', body: { token: ADMIN_TOKEN } });
  const [cookie = ''] = signedIn.headers.get('set-cookie')!.split(';');
  await world.call('/admin/customers', {
    method: 'POST',
    body: { name: 'Ada' },
    headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' },
  });
  await world.customer();
  const [, byCookie, start] = await list(world);
  expect(byCookie).toMatchObject({ actor: 'ops', session: start.object, action: 'customer.create' });
  expect(await list(world, `?actor=${start.object}`)).toEqual([byCookie]);
});

test('a key that revokes its token is the actor', async ({ expect }) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant();
  const minted = await world.call('/v1/tokens', { method: 'POST', token, body: { models: [TEXT_TO_VIDEO] } });
  await world.call(`/v1/tokens/${minted.body.id}`, {
    method: 'DELETE',
    token,
    headers: { 'CF-Connecting-IP': '192.0.2.9' },
  });
  expect(await list(world, `?actor=${keyId}`)).toMatchObject([
    { action: 'token.revoke', object: minted.body.id, address: '192.0.2.9' },
  ]);
});

test('filters and pages, newest first', async ({ expect }) => {
  const world = createWorld();
  const customers: string[] = [];
  for (let day = 0; day < 5; day += 1) {
    customers.push((await world.customer()).id);
    await world.admin('PATCH', `/admin/customers/${customers[day]}`, { name: `day ${day}` });
    world.clock.advance(86_400_000);
  }
  const ids = async (query: string) => (await list(world, query)).map(({ id }) => id);
  expect(await ids('')).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(await ids('?action=customer.create')).toEqual([9, 7, 5, 3, 1]);
  expect(await ids('?actor=ops&action=customer.change')).toEqual([10, 8, 6, 4, 2]);
  expect(await ids('?actor=nobody')).toEqual([]);
  expect(await ids(`?object=${customers[2]}`)).toEqual([6, 5]);
  expect(await ids(`?object=${customers[2]}&action=customer.create&actor=ops`)).toEqual([5]);
  const day = (number: number) => new Date(world.clock.now() - (5 - number) * 86_400_000).toISOString();
  expect(await ids(`?from=${day(1)}&to=${day(3)}`)).toEqual([6, 5, 4, 3]);
  const seen: number[] = [];
  let cursor = '';
  do {
    const { body } = await world.admin('GET', `/admin/audit?limit=3&to=${day(4)}${cursor}`);
    seen.push(...body.items.map(({ id }: any) => id));
    cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`;
  } while (cursor !== '');
  expect(seen).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
});

test('CSV has a line for each field, and names the next page in a header', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.customer({ name: 'Ada' });
  await world.admin('PATCH', `/admin/customers/${id}`, { name: '=1+1', markup: 2 });
  const { headers, body } = await world.admin('GET', '/admin/audit?format=csv&limit=1');
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const [columns, name, markup, end] = body.split('\r\n');
  expect(columns).toBe('at,actor,action,object,field,before,after,asked,session,address,trace_id');
  expect(name).toContain(`,ops,customer.change,${id},name,Ada,'=1+1,`);
  expect(markup).toContain(`,ops,customer.change,${id},markup,,2,`);
  expect(end).toBe('');
  const cursor = headers.get('comfygate-next-cursor');
  const next = await world.admin('GET', `/admin/audit?format=csv&limit=1&cursor=${cursor}`);
  expect(next.body).toContain('customer.create');
});

test('an entry whose details are erased says so', async ({ expect }) => {
  const world = createWorld();
  await world.customer();
  await env.DB.prepare('DELETE FROM audit_details').run();
  expect(await list(world)).toMatchObject([
    { action: 'customer.create', asked: null, changes: [], address: null },
  ]);
});

test('what is too long for a list is left out of it', async ({ expect }) => {
  const world = createWorld();
  const description = 'x'.repeat(30_000);
  await world.admin('PUT', '/admin/models/audit/long', { input_schema: { type: 'object', description } });
  const [entry] = await list(world);
  expect(entry.asked).toEqual({ left_out: expect.stringMatching(/^30\d\d\d characters$/) });
});

test('a page reads as many rows as it shows, however long the audit is', async ({ expect }) => {
  const world = createWorld();
  const gate = recordedIsolate(world);
  await env.DB.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
     INSERT INTO audit (at_ms, actor, session_id, action, object, trace_id)
     SELECT i, 'actor' || (i % 2), 'ses_' || (i % 2), 'action' || (i % 3), 'object' || (i % 1000), '' FROM n`,
  ).run();
  for (const query of [
    '',
    'actor=actor1',
    'actor=ses_1',
    'action=action1',
    'actor=actor1&action=action1',
    'object=object1',
    'from=1970-01-01T00:00:05Z&to=1970-01-01T00:00:15Z',
    'actor=actor1&action=action1&from=1970-01-01T00:00:05Z&to=1970-01-01T00:00:15Z',
  ]) {
    gate.calls.length = 0;
    const { body } = await gate.admin('GET', `/admin/audit?limit=10&${query}`);
    const isBounded = countsOf(gate.calls).rowsRead <= 40;
    expect({ query, shown: body.items.length, isBounded }).toEqual({ query, shown: 10, isBounded: true });
  }
  gate.calls.length = 0;
  await gate.admin('GET', '/admin/audit/chain?limit=10&after=9000');
  expect(countsOf(gate.calls).rowsRead).toBeLessThanOrEqual(100);
});

test('a field that did not change is left out', ({ expect }) => {
  expect(fieldChanges({ a: [1], b: { c: 1, d: 2 } }, { a: [1], b: { c: 1, d: 3 }, e: null })).toEqual([
    { field: 'b.d', before: 2, after: 3 },
  ]);
});
