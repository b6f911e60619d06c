import { test } from 'vitest';
import { auditOf } from '../../support/audit.ts';
import { booksOf, differences } from '../../support/books.ts';
import { expectRefusal } from '../../support/problem.ts';
import { endedJob } from '../../support/usage.ts';
import { randomOf } from '../../support/random.ts';
import { ADMIN_TOKEN, createWorld, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

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

test('a note that was cut within a character is refused and books nothing', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.tenant();
  const note = 'paid 🎉'.slice(0, 6);
  expect(await credit(world, id, { amount_usd: 5, note })).toMatchObject({
    status: 400,
    body: { code: 'malformed_body' },
  });
  expect(await booksOf(id)).toMatchObject({ balanceMicros: 0 });
});

test('a negative credit takes back, and one about a job is an adjustment', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const job = await endedJob(world, token, { as: 'succeeded' });
  const given = await credit(world, id, { amount_usd: 1, note: 'a gift' });
  const taken = await credit(world, id, { amount_usd: -0.4, note: 'found after all' });
  const adjusted = await credit(world, id, { amount_usd: 0.25, note: 'all grey', job });
  expect(given.body.balance_usd).toBe(0.75);
  expect(taken.body).toMatchObject({ amount_usd: -0.4, job: null, balance_usd: 0.35 });
  expect(adjusted.body).toMatchObject({ amount_usd: 0.25, job, balance_usd: 0.6 });
  expect(await differences(world, id)).toEqual([]);
});

test('a credit needs a customer, a job of that customer, and a note', async ({ expect }) => {
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

const MAX = 1_000_000_000;
const BEYOND = {
  status: 422,
  code: 'invalid_input',
  errorCode: 422001,
  detail: /^amount_usd: .*1,000,000,000 USD/,
  also: ['errors'],
};
const fetchCustomer = (world: World, id: string) => world.admin('GET', `/admin/customers/${id}`);

test.for([1, -1])(
  'a balance of %d billion dollars is the last one, to the micro-dollar',
  async (sign, { expect }) => {
    const world = createWorld();
    const { id } = await world.tenant();
    const near = sign * (MAX - 0.000001);
    const first = await credit(world, id, { amount_usd: near, note: 'nearly all' });
    expect(first).toMatchObject({ status: 201, body: { amount_usd: near, balance_usd: near } });
    expect(await booksOf(id)).toMatchObject({ balanceMicros: sign * 999_999_999_999_999 });
    expect((await fetchCustomer(world, id)).body.balance_usd).toBe(near);

    const refused = await credit(world, id, { amount_usd: sign * 0.000002, note: 'one too many' });
    expectRefusal(expect, refused, BEYOND);
    expect(refused.body.errors).toEqual([
      { path: 'amount_usd', rule: 'range', message: expect.stringMatching(/balance/) },
    ]);
    const whole = await credit(world, id, { amount_usd: sign * 0.000001, note: 'the last one' });
    expect(whole).toMatchObject({ status: 201, body: { balance_usd: sign * MAX } });
    for (const amount_usd of [sign * 0.000001, sign * MAX]) {
      expectRefusal(expect, await credit(world, id, { amount_usd, note: 'beyond' }), BEYOND);
    }
    expect(await auditOf(id)).toHaveLength(3);
    expect(await booksOf(id)).toMatchObject({ balanceMicros: sign * 1e15 });
    expect((await fetchCustomer(world, id)).body.balance_usd).toBe(sign * MAX);
    // The way back is open.
    const back = await credit(world, id, { amount_usd: -sign * MAX, note: 'all of it' });
    expect(back).toMatchObject({ status: 201, body: { balance_usd: 0 } });
    expect(await differences(world, id)).toEqual([]);
  },
);

test('a hundred credits at once that fit only once: one is booked, and the others say why not', async ({
  expect,
}) => {
  const world = createWorld();
  const { id } = await world.tenant();
  const body = { amount_usd: 600_000_000, note: 'most of it' };
  const replies = await Promise.all(Array.from({ length: 100 }, () => credit(world, id, body)));
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(replies.filter(({ status }) => status === 422)).toHaveLength(99);
  expect(await booksOf(id)).toMatchObject({ balanceMicros: 6e14 });
  expect(await differences(world, id)).toEqual([]);
});

test('a repeated credit gets its first answer, even if a second one would not fit', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.tenant();
  const body = { amount_usd: MAX, note: 'invoice 3' };
  const first = await creditOnce(world, id, body);
  expect(first).toMatchObject({ status: 201, body: { balance_usd: MAX } });
  expect((await creditOnce(world, id, body)).body).toEqual(first.body);
  const other = await creditOnce(world, id, { ...body, job: (await strangersJob(world)).id });
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
  // A refused call frees its key.
  const empty = await world.tenant();
  await credit(world, empty.id, { amount_usd: 1, note: 'x' });
  expectRefusal(expect, await creditOnce(world, empty.id, body), BEYOND);
  expect(await creditOnce(world, empty.id, { ...body, amount_usd: 5 })).toMatchObject({
    status: 201,
    body: { balance_usd: 6 },
  });
});

test('for a job of another customer it is 404, however large the amount', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.tenant();
  await credit(world, id, { amount_usd: MAX, note: 'all' });
  const { id: job } = await strangersJob(world);
  expect((await credit(world, id, { amount_usd: MAX, note: 'x', job })).status).toBe(404);
  expect((await credit(world, 'cus_nobody', { amount_usd: MAX, note: 'x' })).status).toBe(404);
});

async function strangersJob(world: World): Promise<{ id: string }> {
  const { token } = await world.tenant();
  return { id: (await world.submit(token)).body.request_id };
}

test('charges carry a balance over the edge that credits stop at, and everything can still be read', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  await credit(world, id, { amount_usd: -MAX, note: 'a debt' });
  const { body } = await world.submit(token);
  world.clock.advance(10_000);
  expect((await world.result(token, body.request_id)).body.status).toBe('succeeded');
  await world.idle();
  const balance_usd = -1_000_000_000.25;
  expect(await fetchCustomer(world, id)).toMatchObject({ status: 200, body: { balance_usd, held_usd: 0 } });
  expect((await world.admin('GET', '/admin/customers?limit=200')).status).toBe(200);
  expectRefusal(expect, await credit(world, id, { amount_usd: -0.000001, note: 'deeper' }), BEYOND);
  expect(await credit(world, id, { amount_usd: 0.1, note: 'paid' })).toMatchObject({
    status: 201,
    body: { balance_usd: -1_000_000_000.15 },
  });
  expect(await differences(world, id)).toEqual([]);
});

test('the largest limits and prices that JSON carries come back as they went in', async ({ expect }) => {
  const world = createWorld();
  for (const usd of [MAX, MAX - 0.000001, 0.000001]) {
    const limits = { spend_per_day_usd: usd, spend_per_month_usd: usd, spend_total_usd: usd };
    const { id, token } = await world.tenant({ limits });
    expect((await fetchCustomer(world, id)).body.limits).toEqual(limits);
    expect((await world.call('/prod/v2/balance', { token })).body).toEqual({
      balance_usd: usd,
      balance_microdollars: Math.round(usd * 1_000_000),
      currency: 'USD',
    });
    const price = { usd, unit: 'second', quantity: 'seconds' };
    const path = '/admin/models/acme/dear/video';
    const input_schema = { type: 'object', properties: { seconds: { type: 'number', minimum: 0 } } };
    const model = await world.admin('PUT', path, { input_schema, price });
    expect(model.body.price).toEqual(price);
    const own = await world.admin('PUT', `/admin/customers/${id}/prices/acme/dear/video`, { usd });
    expect(own.body.usd).toBe(usd);
    const shown = await world.call('/v1/models/acme/dear/video', { token });
    expect(shown.body.base_price_usd).toBe(usd);
  }
  for (const beyond of [MAX + 0.000001, MAX + 1, 1e300]) {
    const limits = { spend_total_usd: beyond };
    expect((await world.admin('POST', '/admin/customers', { name: 'x', limits })).status).toBe(422);
  }
});

test('a job of a million dollars is held and charged to the micro-dollar; a dearer one is not sold', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ prepaid: true });
  await credit(world, id, { amount_usd: MAX, note: 'all' });
  const price = (usd: number) =>
    world.admin('PUT', `/admin/customers/${id}/prices/${TEXT_TO_VIDEO}`, { usd });
  await price(200_000.000001);
  expect((await world.submit(token)).body.code).toBe('model_unpriced');
  expect(await booksOf(id)).toMatchObject({ jobs: 0, heldMicros: 0 });
  await price(200_000);
  const { body } = await world.submit(token);
  expect(await booksOf(id)).toMatchObject({ jobs: 1, heldMicros: 1e12 });
  const left = await world.call('/prod/v2/balance', { token });
  expect(left.body).toMatchObject({ balance_usd: 999_000_000, balance_microdollars: 999e12 });
  world.clock.advance(10_000);
  await world.result(token, body.request_id);
  await world.idle();
  expect(await booksOf(id)).toMatchObject({ heldMicros: 0, balanceMicros: 999e12 });
  expect(await differences(world, id)).toEqual([]);
});

test('250 operations at random: the books are what a ledger on paper says, after each of them', async ({
  expect,
}) => {
  const world = createWorld();
  world.runcomfy.settings({ hold: 'in_progress' });
  const { id, token } = await world.tenant({ prepaid: true, markup: 1.3333 });
  const random = randomOf(16);
  const paper = { balance: 0, held: 0 };
  const open: { id: string; upstream: string; micros: number }[] = [];
  const submits = new Set<number>();
  const steps: Record<string, () => Promise<unknown>> = {
    async credit() {
      const micros = random.int(-400_000, 1_500_000);
      const reply = await credit(world, id, { amount_usd: micros / 1_000_000, note: 'by hand' });
      paper.balance += micros;
      return reply.body.balance_usd === paper.balance / 1_000_000;
    },
    async submit() {
      const frames = random.pick([121, 241]);
      // 0.05 × 1.3333 = 0.066665 a second.
      const micros = 66_665 * (frames === 121 ? 5 : 10);
      const { status, body } = await world.submit(token, { prompt: 'x', frames });
      await world.idle();
      submits.add(status);
      if (paper.balance - paper.held < micros) {
        return status === 402;
      }
      open.push({ id: body.request_id, upstream: world.runcomfy.accepted().jobs.at(-1)!.id, micros });
      paper.held += micros;
      return status === 200;
    },
    async end() {
      const [job] = open.splice(random.int(0, open.length - 1), 1);
      if (job === undefined) {
        return true;
      }
      const as = random.pick(['succeeded', 'failed', 'cancelled'] as const);
      world.runcomfy.finish(job.upstream, { as, cost_usd: random.int(0, 9_000_000) / 1_000_000 });
      // Ten at once settle once.
      const asked = Array.from({ length: random.int(1, 10) }, () => world.result(token, job.id));
      const [{ body }] = (await Promise.all(asked)) as [Awaited<(typeof asked)[0]>];
      await world.idle();
      paper.held -= job.micros;
      paper.balance -= as === 'succeeded' ? job.micros : 0;
      return body.status === as;
    },
  };
  for (let step = 0; step < 250; step += 1) {
    const name = random.pick(['credit', 'submit', 'submit', 'end']);
    const isRight = await steps[name]!();
    const { balanceMicros, heldMicros } = await booksOf(id);
    expect({ step, name, isRight, balanceMicros, heldMicros }).toEqual({
      step,
      name,
      isRight: true,
      balanceMicros: paper.balance,
      heldMicros: paper.held,
    });
    const { body } = await world.call('/prod/v2/balance', { token });
    expect(body.balance_microdollars).toBe(paper.balance - paper.held);
  }
  expect(submits).toEqual(new Set([200, 402]));
  expect(await differences(world, id)).toEqual([]);
});
