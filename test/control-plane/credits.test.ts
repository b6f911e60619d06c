import { test } from 'vitest';
import { booksOf, differences } from '../support/books.ts';
import { ADMIN_TOKEN, createWorld, type World } from '../support/world.ts';

function credit(world: World, customer: string, body: unknown) {
  return world.admin('POST', `/admin/customers/${customer}/credits`, body);
}

function creditOnce(world: World, customer: string, body: unknown) {
  const headers = { 'Idempotency-Key': 'invoice-2' };
  return world.call(`/admin/customers/${customer}/credits`, {
    method: 'POST',
    token: ADMIN_TOKEN,
    body,
    headers,
  });
}

test('a prepaid customer spends what was credited and not a micro-dollar more', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ prepaid: true });
  expect((await world.submit(token)).status).toBe(402);
  expect(await credit(world, id, { amount_usd: 0.500001, note: 'invoice 1' })).toMatchObject({
    status: 201,
    body: { amount_usd: 0.500001, note: 'invoice 1', job: null, balance_usd: 0.500001 },
  });
  const replies = await Promise.all(Array.from({ length: 20 }, () => world.submit(token)));
  expect(replies.filter((reply) => reply.status === 200)).toHaveLength(2);
  expect(world.runcomfy.accepted().count).toBe(2);
  const refused = replies.find((reply) => reply.status !== 200);
  expect(refused).toMatchObject({
    status: 402,
    body: { code: 'insufficient_balance', limit: { max: 0.500001 } },
  });
  await world.idle();
  expect(await differences(world, id)).toEqual([]);
});

test('G2: 1,000 parallel submits with money for 37', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ prepaid: true });
  await credit(world, id, { amount_usd: 37 * 0.25 + 0.249999, note: 'enough for 37' });
  const replies = await Promise.all(Array.from({ length: 1_000 }, () => world.submit(token)));
  await world.idle();
  expect(replies.filter((reply) => reply.status === 200)).toHaveLength(37);
  expect(world.runcomfy.accepted().count).toBe(37);
  expect(await booksOf(id)).toMatchObject({ jobs: 37, holds: 37, heldMicros: 37 * 250_000 });
  expect(await differences(world, id)).toEqual([]);
});

test('a credit with the same Idempotency-Key is booked once, also 50 times at once', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.tenant();
  const body = { amount_usd: 5, note: 'invoice 2' };
  const replies = await Promise.all(Array.from({ length: 50 }, () => creditOnce(world, id, body)));
  expect(new Set(replies.map((reply) => JSON.stringify([reply.status, reply.body]))).size).toBe(1);
  expect(await booksOf(id)).toMatchObject({ balanceMicros: 5_000_000 });
  expect(await creditOnce(world, id, { ...body, amount_usd: 6 })).toMatchObject({
    status: 422,
    body: { code: 'idempotency_mismatch' },
  });
  expect(await booksOf(id)).toMatchObject({ balanceMicros: 5_000_000 });
});

test('a negative credit takes back, and one about a job is an adjustment', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { body } = await world.submit(token);
  const given = await credit(world, id, { amount_usd: 1, note: 'a gift' });
  const taken = await credit(world, id, { amount_usd: -0.4, note: 'found after all', job: body.request_id });
  expect(given.body.balance_usd).toBe(1);
  expect(taken.body).toMatchObject({ amount_usd: -0.4, job: body.request_id, balance_usd: 0.6 });
  expect(await differences(world, id)).toEqual([]);
});

test('nothing is booked for nobody, for the job of another, or without a note', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const bob = await world.tenant();
  const { body } = await world.submit(bob.token);
  expect((await credit(world, 'cus_nobody', { amount_usd: 1, note: 'x' })).status).toBe(404);
  expect((await credit(world, ada.id, { amount_usd: 1, note: 'x', job: body.request_id })).status).toBe(404);
  expect((await credit(world, ada.id, { amount_usd: 1 })).status).toBe(422);
  expect((await credit(world, ada.id, { amount_usd: 0.0000001, note: 'x' })).status).toBe(422);
  expect(await booksOf(ada.id)).toMatchObject({ balanceMicros: 0 });
});
