// /admin/settings: limits of the whole gateway and the stop switch. Its row is the file's only one, so each test
// leaves it as it was.

import { test } from 'vitest';
import { auditOf, countAudit } from '../../support/audit.ts';
import { booksOf } from '../../support/books.ts';
import { expectRefusal } from '../../support/problem.ts';
import { createWorld, type World } from '../../support/world.ts';

const INVALID = { status: 422, code: 'invalid_input', errorCode: 422001, also: ['errors'] };
const token_defaults = { max_requests: 25, max_spend_usd: 1 };
const defaults = { limits: {}, markup: null, prepaid: false, plan: null };
const kept = { files_days: 7, defaults, retention_days: 90 };
const audit_addresses = 'on';
const set = (world: World, body: object) => world.admin('PATCH', '/admin/settings', body);

test('the gateway starts without limits and with submits on', async ({ expect }) => {
  const { status, body } = await createWorld().admin('GET', '/admin/settings');
  expect({ status, body }).toEqual({
    status: 200,
    body: { limits: {}, submits: 'on', token_defaults, ...kept, audit_addresses },
  });
});

test('PATCH is RFC 7396, and each change leaves one row', async ({ expect }) => {
  const world = createWorld();
  const before = (await auditOf('settings')).length;
  const limits = { requests_per_day: 10_000, spend_per_day_usd: 99.5 };
  const first = await set(world, { limits });
  expect(first).toMatchObject({ status: 200, body: { limits, submits: 'on' } });
  expect((await set(world, { limits: { requests_per_day: null } })).body).toEqual({
    limits: { spend_per_day_usd: 99.5 },
    submits: 'on',
    token_defaults,
    ...kept,
    audit_addresses,
  });
  expect((await set(world, { submits: 'off' })).body).toEqual({
    limits: { spend_per_day_usd: 99.5 },
    submits: 'off',
    token_defaults,
    ...kept,
    audit_addresses,
  });
  expect((await world.isolate().admin('GET', '/admin/settings')).body.submits).toBe('off');
  const last = await set(world, { limits: { spend_per_day_usd: null }, submits: 'on' });
  expect(last.body).toEqual({ limits: {}, submits: 'on', token_defaults, ...kept, audit_addresses });
  const trail = (await auditOf('settings')).slice(before);
  expect(trail.map(({ actor, action, change }) => ({ actor, action, change }))).toEqual(
    [
      { limits },
      { limits: { requests_per_day: null } },
      { submits: 'off' },
      { limits: { spend_per_day_usd: null }, submits: 'on' },
    ].map((change) => ({ actor: 'ops', action: 'settings.change', change })),
  );
  expect(trail[0]?.trace_id).toBe(first.headers.get('x-request-id'));
});

test('the stop switch refuses submits and lets running jobs go on', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const jobId = (await world.submit(token)).body.request_id;
  const queued = (await world.submit(token)).body.request_id;
  await world.idle();
  const books = await booksOf(id);
  await world.isolate().admin('PATCH', '/admin/settings', { submits: 'off' });
  const refused = await world.submit(token);
  const polled = await world.status(token, jobId);
  const cancelled = await world.cancel(token, queued);
  const catalogue = await world.call('/v1/models', { token });
  const afterwards = await booksOf(id);
  world.clock.advance(10_000);
  const ended = await world.result(token, jobId);
  await world.idle();
  await set(world, { submits: 'on' });

  expectRefusal(expect, refused, {
    status: 503,
    code: 'submits_off',
    errorCode: 500001,
    detail: /operator has stopped new submits.*Running jobs continue/,
  });
  expect(refused.headers.get('retry-after')).toBe('60');
  expect(polled).toMatchObject({ status: 200, body: { status: 'in_queue' } });
  expect(cancelled).toMatchObject({ status: 202, body: { outcome: 'cancelled' } });
  expect(catalogue.status).toBe(200);
  expect(afterwards).toMatchObject({ jobs: books.jobs, holds: books.holds, requests: books.requests });
  expect(ended.body).toMatchObject({ status: 'succeeded' });
  expect(world.runcomfy.calls().counts.submit).toBe(2);
  expect((await world.submit(token)).status).toBe(200);
});

test('a limit of the gateway is the operator’s secret', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 5, spend_total_usd: 100 } });
  await set(world, { limits: { max_concurrent: 0, requests_per_day: 77_777, spend_total_usd: 77.77 } });
  const refused = await world.submit(token);
  await set(world, { limits: { max_concurrent: null } });
  const accepted = await world.submit(token);
  const balance = await world.call('/prod/v2/balance', { token });
  await set(world, { limits: { requests_per_day: null, spend_total_usd: null } });

  expectRefusal(expect, refused, {
    status: 503,
    code: 'gateway_limit',
    errorCode: 500001,
    detail: /at a limit that its operator set/,
  });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(accepted.status).toBe(200);
  expect(accepted.headers.get('ratelimit')).toContain('customer-day');
  expect(balance.body.balance_usd).toBe(99.75);
  for (const reply of [refused, accepted, balance]) {
    const told = JSON.stringify([reply.body, [...reply.headers]]);
    expect(told).not.toMatch(/77\.?77|gateway-|max_concurrent/);
  }
  expect(await booksOf(id)).toMatchObject({ jobs: 1 });
});

const wrong: { body: object; path: string }[] = [
  { body: { submits: false }, path: 'submits' },
  { body: { submits: 'OFF' }, path: 'submits' },
  { body: { submits: null }, path: 'submits' },
  { body: { limits: { requests_per_day: '5' } }, path: 'limits.requests_per_day' },
  { body: { limits: { spend_per_day_usd: 1.1234567 } }, path: 'limits.spend_per_day_usd' },
  { body: { limits: { total: 1 } }, path: 'limits' },
  { body: { submit: 'off' }, path: '' },
  { body: { files_days: 0 }, path: 'files_days' },
  { body: { files_days: 366 }, path: 'files_days' },
  { body: { files_days: 1.5 }, path: 'files_days' },
  { body: { retention_days: 0 }, path: 'retention_days' },
  { body: { retention_days: 3651 }, path: 'retention_days' },
  { body: { defaults: { markup: 101 } }, path: 'defaults.markup' },
  { body: { token_defaults: null }, path: 'token_defaults' },
  { body: { token_defaults: { max_requests: -1 } }, path: 'token_defaults.max_requests' },
  { body: { token_defaults: { max_spend_usd: null } }, path: 'token_defaults.max_spend_usd' },
  { body: { token_defaults: { origins: [] } }, path: 'token_defaults' },
];

test.for(wrong)('$body is refused by its path', async ({ body, path }, { expect }) => {
  const world = createWorld();
  const rows = await countAudit();
  const reply = await set(world, body);
  expectRefusal(expect, reply, { ...INVALID, detail: /\w/ });
  expect(reply.body.errors).toMatchObject([{ path }]);
  expect((await world.admin('GET', '/admin/settings')).body).toEqual({
    limits: {},
    submits: 'on',
    token_defaults,
    ...kept,
    audit_addresses,
  });
  expect(await countAudit()).toBe(rows);
});
