// The cost of a call does not grow with the books: rows read, as D1 counts them, before and after.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { browserToken } from './support/browser-token.ts';
import { countsOf, recordedIsolate } from './support/recorder.ts';
import { insertSettled } from './support/usage.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type Reply, type Tenant } from './support/world.ts';

const DAY = 86_400_000;
const MANY = 2_000;
/** SQLite reads one row beyond a range, where there is one. */
const BEYOND = 12;

const LIMITS = {
  requests_per_minute: 1_000,
  requests_per_day: 1_000,
  requests_per_month: 1_000,
  max_concurrent: 100,
  spend_per_day_usd: 1_000,
  spend_per_month_usd: 1_000,
  spend_total_usd: 1_000,
};

/** Everything that years bring: of others, and of this customer what is over. */
async function grow(tenant: Tenant, other: Tenant, atMs: number): Promise<void> {
  await insertSettled(other, MANY, { atMs, micros: 0, model: TEXT_TO_VIDEO });
  await insertSettled(tenant, MANY, { atMs: atMs - 400 * DAY, micros: 0 });
  // And of this customer what counts in every report: all of it of one model and one end user on one day.
  await insertSettled(tenant, MANY, {
    atMs: atMs - 100 * DAY,
    micros: 0,
    model: TEXT_TO_VIDEO,
    endUser: 'user-1',
  });
  const name = (prefix: string) => `'${prefix}_' || i || '_of_${tenant.id}'`;
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})`;
  const statements = [
    `${numbers} INSERT INTO customers (id, name, created_at_ms) SELECT ${name('cus')}, 'Bob', ?1 FROM n`,
    `${numbers} INSERT INTO keys (id, customer_id, kind, family, hash, hint, name, created_at_ms)
     SELECT ${name('key')}, ${name('cus')}, 'secret', ${name('key')}, ${name('hash')}, 'cg_', 'server', ?1 FROM n`,
    `${numbers} INSERT INTO ledger (reference, phase, kind, customer_id, micros, job_id, at_ms)
     SELECT ${name('op')}, 'operation', 'credit', ${name('cus')}, 0, NULL, ?1 FROM n`,
    `${numbers} INSERT INTO counters (subject, grain, slot, starts_at_ms, requests, micros)
     SELECT s.value, 'day', ?1 - ?1 % ${DAY} - 40 * ${DAY} - i * ${DAY},
       ?1 - ?1 % ${DAY} - 40 * ${DAY} - i * ${DAY}, 1, 0
     FROM n, json_each(json_array('${tenant.id}', '${tenant.keyId}')) s`,
    `${numbers} INSERT INTO audit (at_ms, actor, action, object, trace_id)
     SELECT ?1 - i, 'ops', 'made', 'made', '' FROM n`,
  ];
  await env.DB.batch(statements.map((sql) => env.DB.prepare(sql).bind(atMs)));
}

test('the rows that a call reads do not grow with the books', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant({ limits: LIMITS }, { limits: LIMITS });
  const other = await world.tenant();
  const own = await browserToken(world, tenant);
  const page = await browserToken(world, tenant, { endUser: 'user-1' });
  const gate = recordedIsolate(world);
  const once = { 'Idempotency-Key': 'order-1' };
  const path = `/v1/models/${TEXT_TO_VIDEO}`;
  const post = (headers: Record<string, string>) =>
    gate.call(path, { method: 'POST', token: tenant.token, body: PROMPT, headers });
  const { body: first } = await post(once);
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
  const jobs = (query: string) => gate.admin('GET', `/admin/jobs?${query}`);

  const calls: Record<string, () => Promise<Reply>> = {
    submit: () => post({}),
    replay: () => post(once),
    status: () => recordedIsolate(world, {}, gate.calls).status(tenant.token, first.request_id),
    balance: () => gate.call('/prod/v2/balance', { token: tenant.token }),
    'the jobs of a customer': () => jobs(`customer=${tenant.id}&from=2026-01-01T00:00:00Z`),
    'the jobs of a key': () => jobs(`key=${tenant.keyId}&from=2026-01-01T00:00:00Z`),
    'the job of an upstream id': () => jobs(`upstream_id=${upstreamId}`),
    'the job of an Idempotency-Key': () => jobs(`customer=${tenant.id}&idempotency_key=order-1`),
    'a new customer': () => gate.admin('POST', '/admin/customers', { name: 'Eve' }),
    'a new key': () => gate.admin('POST', `/admin/customers/${tenant.id}/keys`, { name: 'next' }),
    'the jobs of a trace id': () => jobs(`trace_id=${first.request_id}`),
    'a job with its proof': () => gate.admin('GET', `/admin/jobs/${first.request_id}`),
    'usage of a customer': () =>
      gate.call('/v1/usage?from=2025-03-06&to=2026-03-07', { token: tenant.token }),
    'usage by key, model and day': () =>
      gate.call('/v1/usage?group_by=key,model,day&from=2025-03-06&to=2026-03-07', { token: tenant.token }),
    'usage by end user': () =>
      gate.call('/v1/usage?group_by=end_user&from=2025-03-06&to=2026-03-07', { token: tenant.token }),
    'usage of a browser token': () => gate.call('/v1/usage?group_by=model', { token: own.token }),
    "usage of a browser token's end user": () => gate.call('/v1/usage', { token: page.token }),
    "the operator's usage report": () => gate.admin('GET', '/admin/usage?group_by=customer,key,model,day'),
    health: () => gate.admin('GET', '/admin/health'),
    'the overview': () => gate.admin('GET', '/admin/overview'),
    'limits of a customer': () => gate.admin('GET', `/admin/customers/${tenant.id}/limits`),
    'limits of a key': () => gate.admin('GET', `/admin/keys/${tenant.keyId}/limits`),
    'whose key': () => gate.admin('POST', '/admin/keys/find', { key: tenant.token }),
    'a page of customers': () => gate.admin('GET', '/admin/customers?limit=2'),
    'a page of customers with month and limits': () =>
      gate.admin('GET', '/admin/customers?limit=2&with=month,limits'),
    'a page of customers by name': () => gate.admin('GET', '/admin/customers?limit=2&order=name_desc'),
    'the names of customers': () => gate.admin('GET', `/admin/customers?id=${tenant.id},${other.id}`),
    'a page of credits': () => gate.admin('GET', `/admin/customers/${tenant.id}/credits?limit=2`),
    'a page of own prices': () => gate.admin('GET', `/admin/customers/${tenant.id}/prices?limit=2`),
    'a statement': () => gate.admin('GET', `/admin/customers/${tenant.id}/statement`),
    'a page of models': () => gate.admin('GET', '/admin/models?limit=2'),
    'the sync': () => gate.admin('GET', '/admin/models/sync'),
    'a customer': () => gate.admin('GET', `/admin/customers/${tenant.id}`),
    'the usage of a customer': () => gate.admin('GET', `/admin/usage?customer=${tenant.id}`),
    accounts: () => gate.admin('GET', '/admin/accounts'),
    settings: () => gate.admin('GET', '/admin/settings'),
    'limits of the gateway': () => gate.admin('GET', '/admin/settings/limits'),
    sessions: () => gate.admin('GET', '/admin/sessions'),
    'a page of keys': () => gate.admin('GET', '/admin/keys?limit=2'),
    'a page of the audit': () => gate.admin('GET', '/admin/audit?limit=2&actor=ops&action=made'),
    'the audit of a customer': () => gate.admin('GET', `/admin/audit?object=${tenant.id}`),
    'a key that is changed': () => gate.admin('PATCH', `/admin/keys/${tenant.keyId}`, { limits: {} }),
  };
  const rowsRead = async () => {
    const rows: Record<string, number> = {};
    for (const [name, call] of Object.entries(calls)) {
      gate.calls.length = 0;
      const { status } = await call();
      await world.idle();
      // 503 of health is an answer.
      expect({ name, isWell: status < 300 || name === 'health' }).toEqual({ name, isWell: true });
      rows[name] = countsOf(gate.calls).rowsRead;
    }
    return rows;
  };
  const before = await rowsRead();
  await grow(tenant, other, world.clock.now());
  // As the cron would have it: what came is in the sums of its day.
  await env.DB.prepare('UPDATE overview_progress SET summed_to_ms = ?1')
    .bind(world.clock.now() + DAY)
    .run();
  const after = await rowsRead();
  const grown = Object.keys(calls).filter((name) => after[name]! > before[name]! + BEYOND);
  expect(grown.map((name) => `${name}: ${before[name]} rows, then ${after[name]}`)).toEqual([]);
});

test('health reads what was booked in a day, whatever the books hold', async ({ expect }) => {
  const world = createWorld();
  const [tenant, other] = [await world.tenant(), await world.tenant()];
  const gate = recordedIsolate(world);
  const rowsRead = async () => {
    gate.calls.length = 0;
    await gate.admin('GET', '/admin/health');
    await world.idle();
    return countsOf(gate.calls).rowsRead;
  };
  const before = await rowsRead();
  await grow(tenant, other, world.clock.now() - 40 * DAY);
  expect(await rowsRead()).toBeLessThanOrEqual(before + BEYOND);
});

test('the check of the ledger reads each row a few times, however many there are', async ({ expect }) => {
  const world = createWorld();
  await grow(await world.tenant(), await world.tenant(), world.clock.now());
  const gate = recordedIsolate(world);
  expect((await gate.admin('GET', '/admin/ledger/check')).status).toBe(200);
  const { results } = await env.DB.prepare(
    `SELECT (SELECT COUNT(*) FROM jobs) + (SELECT COUNT(*) FROM ledger) + (SELECT COUNT(*) FROM customers)
       + (SELECT COUNT(*) FROM counters) AS rows`,
  ).all<{ rows: number }>();
  expect(countsOf(gate.calls).rowsRead).toBeLessThan(20 * results[0]!.rows);
});
