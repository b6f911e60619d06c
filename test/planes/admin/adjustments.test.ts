// Adjustments of a job after its end: in total at most its charge, unless the operator uses force.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { auditOf } from '../../support/audit.ts';
import { booksOf, differences } from '../../support/books.ts';
import { dumpD1 } from '../../support/dump.ts';
import { expectRefusal } from '../../support/problem.ts';
import { endedJob } from '../../support/usage.ts';
import { ADMIN_TOKEN, createWorld, type Reply, type World } from '../../support/world.ts';

type Body = { amount_usd: number; note?: string; job?: string; force?: boolean; key?: string };

function credit(world: World, customer: string, { key, ...body }: Body): Promise<Reply> {
  return world.call(`/admin/customers/${customer}/credits`, {
    method: 'POST',
    token: ADMIN_TOKEN,
    body: { note: 'x', ...body },
    headers: key === undefined ? {} : { 'Idempotency-Key': key },
  });
}

const CONFLICT = { status: 409, code: 'conflict', errorCode: 409001 };
const jobOf = async (world: World, id: string) => (await world.admin('GET', `/admin/jobs/${id}`)).body;

test('a refund of a job that is sent twice is booked once, and the second answer says what is left', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const job = await endedJob(world, token, { as: 'succeeded' });
  expect(await jobOf(world, job)).toMatchObject({ charge_usd: 0.25, adjusted_usd: 0, adjustments: [] });
  const refund = { amount_usd: 0.2, note: 'all grey', job };
  const first = await credit(world, id, refund);
  expect(first).toMatchObject({ status: 201, body: { balance_usd: -0.05 } });

  const second = await credit(world, id, refund);
  const detail = new RegExp(
    `^charge_usd of the job ${job}: 0.25 USD charged, 0.2 refunded by adjustments, 0.05 left\\. ` +
      'This one refunds 0.2 USD\\. force: true books it anyway\\.$',
  );
  expectRefusal(expect, second, { ...CONFLICT, detail, also: ['limit'] });
  expect(second.body.limit).toEqual({ scope: 'job', name: 'charge_usd', max: 0.25, used: 0.2, left: 0.05 });
  expect((await credit(world, id, { amount_usd: 0.050001, job })).status).toBe(409);
  expect((await credit(world, id, { amount_usd: 0.05, note: 'the rest', job })).status).toBe(201);
  expect(await booksOf(id)).toMatchObject({ balanceMicros: 0 });

  const { adjusted_usd, adjustments } = await jobOf(world, job);
  const { balance_usd: _, ...booked } = first.body;
  expect(adjusted_usd).toBe(0.25);
  expect(adjustments).toHaveLength(2);
  expect(adjustments).toContainEqual(booked);
  expect(await auditOf(id)).toMatchObject([
    { action: 'customer.create' },
    { action: 'customer.credit', change: { credit: booked.id, amount_usd: 0.2, job, force: false } },
    { action: 'customer.credit', change: { amount_usd: 0.05 } },
  ]);
  expect(await differences(world, id)).toEqual([]);
});

test.for([
  { amount_usd: 0.25, fit: 1 },
  { amount_usd: 0.1, fit: 2 },
])('twenty refunds of $amount_usd at once: $fit of them', async ({ amount_usd, fit }, { expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const job = await endedJob(world, token, { as: 'succeeded' });
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => credit(world, id, { amount_usd, note: 'refund', job })),
  );
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(fit);
  expect(replies.filter(({ status }) => status === 409)).toHaveLength(20 - fit);
  expect((await jobOf(world, job)).adjustments).toHaveLength(fit);
  expect(await differences(world, id)).toEqual([]);
});

test('force: true books beyond the charge, and what was too much can be taken back', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const job = await endedJob(world, token, { as: 'succeeded' });
  const goodwill = { amount_usd: 1, note: 'goodwill', job, force: true };
  expect(await credit(world, id, goodwill)).toMatchObject({ status: 201, body: { balance_usd: 0.75 } });
  expect((await auditOf(id)).at(-1)).toMatchObject({ change: { job, force: true } });
  const more = await credit(world, id, { amount_usd: 0.01, job });
  expect(more).toMatchObject({ status: 409, body: { limit: { max: 0.25, used: 1, left: 0 } } });
  expect((await credit(world, id, { amount_usd: -0.5, job })).status).toBe(201);
  expect((await credit(world, id, { amount_usd: -0.5, job })).status).toBe(201);
  expect((await jobOf(world, job)).adjusted_usd).toBe(0);
  expect(await differences(world, id)).toEqual([]);
});

test('what is taken for a job is bounded by its hold: nobody pays more than was quoted', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const paid = await endedJob(world, token, { as: 'succeeded' });
  const detail =
    /^hold_usd of the job [0-9a-f-]{36}: 0.25 USD held, 0.25 paid after adjustments, 0 left\. This one takes 0.000001 USD/;
  const beyond = await credit(world, id, { amount_usd: -0.000001, job: paid });
  expectRefusal(expect, beyond, { ...CONFLICT, detail, also: ['limit'] });
  expect(beyond.body.limit).toEqual({ scope: 'job', name: 'hold_usd', max: 0.25, used: 0.25, left: 0 });
  // Given up, and found later: RunComfy had run it.
  const failed = await endedJob(world, token, { as: 'failed' });
  expect((await credit(world, id, { amount_usd: 0.01, job: failed })).status).toBe(409);
  const found = { amount_usd: -0.25, note: 'it ran', job: failed };
  expect((await credit(world, id, found)).status).toBe(201);
  expect((await credit(world, id, found)).status).toBe(409);
  expect((await credit(world, id, { ...found, force: true })).status).toBe(201);
  expect(await booksOf(id)).toMatchObject({ balanceMicros: -750_000 });
  expect(await differences(world, id)).toEqual([]);
});

test('a job that is not settled is adjusted only by force', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  world.runcomfy.settings({ hold: 'in_progress' });
  const { body } = await world.submit(token);
  await world.idle();
  const job = body.request_id;
  for (const amount_usd of [0.1, -0.1, 0]) {
    expectRefusal(expect, await credit(world, id, { amount_usd, job }), {
      ...CONFLICT,
      detail:
        /^The job [0-9a-f-]{36} is not settled, so there is no charge to adjust\. Wait for its end, or book it anyway with force: true\.$/,
    });
  }
  expect(await booksOf(id)).toMatchObject({ balanceMicros: 0 });
  expect((await credit(world, id, { amount_usd: 0.1, job, force: true })).status).toBe(201);
  expect((await jobOf(world, job)).adjusted_usd).toBe(0.1);
  expect(await differences(world, id)).toEqual([]);
});

test('a repeated adjustment gets its first answer, even if a second one would not fit', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const job = await endedJob(world, token, { as: 'succeeded' });
  const refund = { amount_usd: 0.25, note: 'all grey', job, key: 'refund-1' };
  const first = await credit(world, id, refund);
  expect(first.status).toBe(201);
  expect(await credit(world, id, refund)).toMatchObject({ status: 201, body: first.body });
  for (const other of [{ note: 'all green' }, { amount_usd: 0.2 }]) {
    expect(await credit(world, id, { ...refund, ...other })).toMatchObject({
      status: 422,
      body: { code: 'idempotency_mismatch' },
    });
  }
  // A refused call frees its key, and the same key of another customer is independent.
  expect((await credit(world, id, { ...refund, key: 'refund-2' })).status).toBe(409);
  expect((await credit(world, id, { amount_usd: 3, key: 'refund-2' })).status).toBe(201);
  const other = await world.tenant();
  expect((await credit(world, other.id, { amount_usd: 4, key: 'refund-1' })).body.amount_usd).toBe(4);
});

test('the credits of a customer are listed, newest first, a page at a time', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const other = await world.tenant();
  const job = await endedJob(world, token, { as: 'succeeded' });
  await credit(world, other.id, { amount_usd: 9 });
  const booked: unknown[] = [];
  for (const amount_usd of [1, 2, -3, 0.1, 0.2]) {
    const about = amount_usd === 0.1 ? { job } : {};
    const { body } = await credit(world, id, { amount_usd, note: `no ${amount_usd}`, ...about });
    const { balance_usd: _, ...shown } = body;
    booked.unshift(shown);
    world.clock.advance(1);
  }
  // Two of one millisecond are told one after the other.
  world.clock.advance(-1);
  const twin = (await credit(world, id, { amount_usd: 5, note: 'twin' })).body.id;
  const items: any[] = [];
  let query: string | null = '';
  while (query !== null) {
    const { status, body }: Reply = await world.admin(
      'GET',
      `/admin/customers/${id}/credits?limit=2${query}`,
    );
    expect(status).toBe(200);
    expect(body.items.length).toBeLessThanOrEqual(2);
    items.push(...body.items);
    query = body.next_cursor === null ? null : `&cursor=${body.next_cursor}`;
  }
  expect(items.filter((item) => item.id !== twin)).toEqual(booked);
  expect(items.slice(0, 2).map((item) => item.id)).toContain(twin);
  expect(items).toHaveLength(6);
  expect(await world.admin('GET', '/admin/customers/cus_nobody/credits')).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  });
  for (const wrong of ['limit=0', 'cursor=x', 'order=asc']) {
    expect((await world.admin('GET', `/admin/customers/${id}/credits?${wrong}`)).status).toBe(400);
  }
});

test('notes and Idempotency-Keys can be erased; what was booked cannot', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.tenant();
  const { body } = await credit(world, id, { amount_usd: 5, note: 'for Jane Roe', key: 'jane-roe' });
  const { credit_notes, ...others } = await dumpD1();
  expect(JSON.stringify(credit_notes)).toMatch(/jane.roe/i);
  expect(JSON.stringify(others)).not.toMatch(/jane.roe/i);
  await env.DB.prepare('DELETE FROM credit_notes WHERE customer_id = ?1').bind(id).run();
  for (const sql of ['DELETE FROM ledger', 'UPDATE ledger SET micros = 0']) {
    await expect(env.DB.prepare(sql).run()).rejects.toThrow('append-only');
  }
  const { items } = (await world.admin('GET', `/admin/customers/${id}/credits`)).body;
  expect(items).toMatchObject([{ id: body.id, amount_usd: 5, note: null }]);
});
