// The gate's rules one by one: who refuses, in which order, with which words, and that a refusal leaves no trace.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import type { JobState } from '../../../src/features/jobs/job.ts';
import { releaseRefused } from '../../../src/features/ledger/close-unpaid.ts';
import { endJobs } from '../../../src/features/ledger/end-jobs.ts';
import { unpaid } from '../../../src/features/ledger/job-end.ts';
import { placeHold, readPlaced } from '../../../src/features/ledger/store.ts';
import { microsOf } from '../../../src/lib/money.ts';
import { booksOf } from '../../support/books.ts';
import { holdFor } from '../../support/hold-for.ts';
import { createWorld } from '../../support/world.ts';

const micros = (value: number) => microsOf(value)!;

const NO_TRACE = { jobs: 0, holds: 0, ends: 0, heldMicros: 0, balanceMicros: 0, requests: {} };

type Case = { what: string; customer: object; key: object; status: number; code: string; limit: object };
const cases: Case[] = [
  {
    what: 'a spend limit of the day',
    customer: { limits: { spend_per_day_usd: 0.2 } },
    key: {},
    status: 402,
    code: 'spend_limit',
    limit: {
      scope: 'customer',
      name: 'spend_per_day_usd',
      max: 0.2,
      used: 0,
      left: 0.2,
      resets_at: '2026-03-06T00:00:00.000Z',
    },
  },
  {
    what: 'a spend limit of the month on the key',
    customer: {},
    key: { limits: { spend_per_month_usd: 0.249999 } },
    status: 402,
    code: 'spend_limit',
    limit: {
      scope: 'key',
      name: 'spend_per_month_usd',
      max: 0.249999,
      resets_at: '2026-04-01T00:00:00.000Z',
    },
  },
  {
    what: 'a spend limit in total',
    customer: { limits: { spend_total_usd: 0.1 } },
    key: {},
    status: 402,
    code: 'spend_limit',
    limit: { scope: 'customer', name: 'spend_total_usd' },
  },
  {
    what: 'a prepaid balance of 0',
    customer: { prepaid: true },
    key: {},
    status: 402,
    code: 'insufficient_balance',
    limit: { scope: 'customer', name: 'balance', max: 0, used: 0, left: 0 },
  },
  {
    what: 'a limit of 0 requests',
    customer: { limits: { requests_per_day: 0 } },
    key: {},
    status: 429,
    code: 'request_limit',
    limit: { scope: 'customer', name: 'requests_per_day', max: 0, used: 0, left: 0 },
  },
  {
    what: 'money before counts',
    customer: { limits: { requests_per_day: 0, spend_total_usd: 0 } },
    key: { limits: { max_concurrent: 0 } },
    status: 402,
    code: 'spend_limit',
    limit: { name: 'spend_total_usd' },
  },
];

test.for(cases)('G11: $what', async ({ customer, key, status, code, limit }, { expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant(customer, key);
  const reply = await world.submit(token);
  expect(reply).toMatchObject({ status, body: { code, limit } });
  expect(reply.body.detail).toContain(reply.body.limit.name);
  expect(world.runcomfy.calls().counts.submit).toBe(0);
  expect(await booksOf(id)).toMatchObject(NO_TRACE);
});

test('G11: a prepaid balance is too small in its own sentence, with what open jobs hold of it', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ prepaid: true });
  expect((await world.submit(token)).body.detail).toBe('Prepaid balance: 0 USD. This call needs 0.25 USD.');
  await world.admin('POST', `/admin/customers/${id}/credits`, { amount_usd: 0.3, note: 'paid' });
  expect((await world.submit(token)).status).toBe(200);
  expect((await world.submit(token)).body.detail).toBe(
    'Prepaid balance: 0.3 USD, of which open jobs hold 0.25 USD. This call needs 0.25 USD.',
  );
});

test('a refusal for one limit takes nothing from another', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 5, max_concurrent: 1 } });
  expect((await world.submit(token)).status).toBe(200);
  for (let refused = 0; refused < 10; refused += 1) {
    expect(await world.submit(token)).toMatchObject({ status: 429, body: { code: 'concurrency_limit' } });
  }
  expect(await booksOf(id)).toMatchObject({ jobs: 1, requests: { day: 1, slice: 1, total: 1 } });
});

test('G11: ten seconds that hold only refused submits do not count for when the minute has room', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant({ limits: { requests_per_minute: 1 } });
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  expect((await world.submit(token)).status).toBe(422);
  world.clock.advance(20_000);
  expect((await world.submit(token)).status).toBe(200);
  const refused = await world.submit(token);
  expect(refused).toMatchObject({ status: 429, body: { limit: { resets_at: '2026-03-05T12:01:30.000Z' } } });
  expect(refused.headers.get('retry-after')).toBe('70');
});

test('a slot of max_concurrent is back when the job has ended', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant({ limits: { max_concurrent: 1 } });
  const { body } = await world.submit(token);
  expect((await world.submit(token)).status).toBe(429);
  world.clock.advance(10_000);
  await world.result(token, body.request_id);
  await world.idle();
  expect((await world.submit(token)).status).toBe(200);
});

test('the operator raises a limit and the next submit passes', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_month: 1 } });
  await world.submit(token);
  expect((await world.submit(token)).status).toBe(429);
  await world.admin('PATCH', `/admin/customers/${id}`, { limits: { requests_per_month: 2 } });
  expect((await world.submit(token)).status).toBe(200);
});

test('the gateway keeps its figures to itself', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  await world.admin('PATCH', '/admin/settings', { limits: { spend_total_usd: 0 } });
  const refused = await world.submit(token);
  await world.admin('PATCH', '/admin/settings', {
    limits: { spend_total_usd: 1_000_000, requests_per_day: 1_000_000 },
  });
  const accepted = await world.submit(token);
  await world.admin('PATCH', '/admin/settings', {
    limits: { spend_total_usd: null, requests_per_day: null },
  });
  expect(refused).toMatchObject({ status: 503, body: { code: 'gateway_limit' } });
  expect(refused.headers.get('retry-after')).not.toBeNull();
  expect(refused.body).not.toHaveProperty('limit');
  expect(accepted.headers.get('ratelimit')).toBeNull();
});

test('each request limit that applies is named in RateLimit and RateLimit-Policy', async ({ expect }) => {
  const world = createWorld();
  const limits = { requests_per_day: 10, requests_per_month: 20, requests_per_week: 15 };
  const { token } = await world.tenant({ limits }, { limits: { requests_per_minute: 5 } });
  const { headers } = await world.submit(token);
  expect(headers.get('ratelimit-policy')).toBe(
    '"customer-day";q=10;w=86400, "customer-month";q=20, "customer-week";q=15;w=604800, "key-minute";q=5;w=60',
  );
  expect(headers.get('ratelimit')).toBe(
    '"customer-day";r=9;t=43200, "customer-month";r=19;t=2289600, "customer-week";r=14;t=302400, "key-minute";r=4;t=70',
  );
});

test('a job id that is in already rolls the whole batch back', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const job = holdFor(world, tenant);
  expect((await placeHold(env.DB, job)).standing.admitted).toBe(1);
  await expect(placeHold(env.DB, job)).rejects.toThrow('UNIQUE constraint failed: jobs.id');
  expect(await booksOf(tenant.id)).toMatchObject({
    jobs: 1,
    holds: 1,
    heldMicros: 100,
    requests: { day: 1 },
  });
});

test('a row that is not reserved any more is neither ours nor another job with its Idempotency-Key', async ({
  expect,
}) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const idempotency = { key: 'k', scope: '', bodyHash: 'h' };
  const job = holdFor(world, tenant, { idempotency });
  await placeHold(env.DB, job);
  expect(await readPlaced(env.DB, job)).toMatchObject({ row: 'ours' });
  expect(await readPlaced(env.DB, holdFor(world, tenant, { idempotency }))).toEqual({ row: 'twin' });
  // The cron of an isolate whose clock is fast has freed the reservation.
  await env.DB.prepare("UPDATE jobs SET state = 'unconfirmed' WHERE id = ?1").bind(job.jobId).run();
  expect(await readPlaced(env.DB, job)).toEqual({ row: 'none' });
});

test('G2: an isolate whose clock is slow takes no count from the minute of the others', async ({
  expect,
}) => {
  const world = createWorld();
  const tenant = await world.tenant({ limits: { requests_per_minute: 2 } });
  const admit = async (aheadMs: number) => {
    const job = holdFor(world, tenant, { atMs: world.clock.now() + aheadMs });
    return (await placeHold(env.DB, job)).standing.admitted;
  };
  // 80 seconds apart, two clocks write to the same place of the ring.
  expect([await admit(80_000), await admit(0), await admit(80_000)]).toEqual([1, 1, 0]);
});

test('a job ends once, whatever is said later', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const job = holdFor(world, tenant);
  await placeHold(env.DB, job);
  const open: JobState[] = ['reserved', 'unconfirmed', 'running'];
  const failed = unpaid({ jobId: job.jobId, from: open, state: 'failed' });
  const ends = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      endJobs(world.deps, [
        index % 2 === 0 ? { ...failed, state: 'succeeded', chargeMicros: micros(60) } : failed,
      ]),
    ),
  );
  expect(ends.filter((ended) => ended.has(job.jobId))).toHaveLength(1);
  expect(await booksOf(tenant.id)).toMatchObject({ holds: 1, ends: 1, heldMicros: 0, balanceMicros: -60 });
});

test('a charge above its hold is refused by the table itself', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const job = holdFor(world, tenant);
  await placeHold(env.DB, job);
  const end = unpaid({ jobId: job.jobId, from: ['reserved'], state: 'succeeded' });
  await expect(endJobs(world.deps, [{ ...end, chargeMicros: micros(101) }])).rejects.toThrow('CHECK');
  expect(await booksOf(tenant.id)).toMatchObject({ ends: 0, heldMicros: 100 });
});

test('a running job cannot be refused any more', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  expect(await releaseRefused(world.deps, body.request_id)).toBe(false);
  expect(await booksOf(id)).toMatchObject({ states: { running: 1 }, ends: 0 });
});

test.for(['UPDATE ledger SET micros = 0', 'DELETE FROM ledger'])(
  'the ledger refuses %s',
  async (sql, { expect }) => {
    const world = createWorld();
    await placeHold(env.DB, holdFor(world, await world.tenant()));
    await expect(env.DB.prepare(sql).run()).rejects.toThrow('append-only');
  },
);
