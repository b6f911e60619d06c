// Calls that the console asked for, as curl uses them: how limits stand, whose key a text is, what a price would cost, and
// a job that proves its charge.

import { test } from 'vitest';
import { newKeyText } from '../../../src/features/keys/key.ts';
import { browserToken } from '../../support/browser-token.ts';
import { countAudit } from '../../support/audit.ts';
import { dumpD1 } from '../../support/dump.ts';
import { createWorld, TEXT_TO_VIDEO } from '../../support/world.ts';

test('limits of a customer, of a key and of the gateway, each beside its use and nobody else’s', async ({
  expect,
}) => {
  const world = createWorld();
  const ada = await world.tenant(
    { prepaid: true, limits: { requests_per_day: 10 } },
    { limits: { spend_total_usd: 1 } },
  );
  await world.admin('POST', `/admin/customers/${ada.id}/credits`, { amount_usd: 5, note: 'paid' });
  await world.admin('PATCH', '/admin/settings', { limits: { requests_per_month: 1_000_000 } });
  expect((await world.submit(ada.token)).status).toBe(200);
  await world.idle();
  const limits = async (path: string) => (await world.admin('GET', path)).body.limits;
  expect(await limits(`/admin/customers/${ada.id}/limits`)).toMatchObject([
    { scope: 'customer', name: 'requests_per_day', max: 10, used: 1, left: 9 },
  ]);
  expect(await limits(`/admin/keys/${ada.keyId}/limits`)).toEqual([
    { scope: 'key', name: 'spend_total_usd', max: 1, used: 0.25, left: 0.75 },
  ]);
  expect(await limits('/admin/settings/limits')).toMatchObject([
    { scope: 'gateway', name: 'requests_per_month', max: 1_000_000 },
  ]);
  expect((await world.admin('GET', '/admin/customers/cus_nobody/limits')).status).toBe(404);
  expect((await world.admin('GET', '/admin/keys/nonsense/limits')).status).toBe(404);
  await world.admin('PATCH', '/admin/settings', { limits: null });
});

test('a page of customers with how full their limits are, each as the customer alone says it', async ({
  expect,
}) => {
  const world = createWorld();
  const limits = { requests_per_minute: 5, requests_per_day: 10, max_concurrent: 3, spend_total_usd: 2 };
  const ada = await world.tenant({ prepaid: true, limits });
  const bob = await world.tenant({ limits: { requests_per_month: 7 } });
  const free = await world.tenant();
  await world.admin('POST', `/admin/customers/${ada.id}/credits`, { amount_usd: 5, note: 'paid' });
  for (const { token } of [ada, ada, bob, free]) {
    expect((await world.submit(token)).status).toBe(200);
  }
  await world.idle();
  const ids = [ada.id, bob.id, free.id];
  const list = (query: string) => world.admin('GET', `/admin/customers?id=${ids.join(',')}&${query}`);
  const { items } = (await list('with=limits,month')).body;
  expect(items.map(({ id }: any) => id).toSorted()).toEqual(ids.toSorted());
  for (const { id, limit_use: use, month } of items) {
    expect(month).toBeDefined();
    expect(use).toEqual((await world.admin('GET', `/admin/customers/${id}/limits`)).body.limits);
  }
  const [ofAda] = items.filter(({ id }: any) => id === ada.id);
  expect(ofAda.limit_use).toMatchObject([
    { name: 'max_concurrent', used: 2, left: 1 },
    { name: 'requests_per_day', used: 2 },
    { name: 'requests_per_minute', used: 2, resets_at: expect.any(String) },
    { name: 'spend_total_usd', used: 0.5, left: 1.5 },
  ]);
  expect((await list('limit=2')).body.items[0]).not.toHaveProperty('limit_use');
  expect((await list('with=everything')).status).toBe(400);
  expect((await world.admin('GET', '/admin/customers?id=cus_nobody')).body.items).toEqual([]);
});

test('finds the owner of a live key, a revoked key and a browser token, and none for an unknown text', async ({
  expect,
}) => {
  const world = createWorld();
  const ada = await world.tenant();
  const token = await browserToken(world, ada);
  const find = (key: string) => world.admin('POST', '/admin/keys/find', { key });
  expect((await find(ada.token)).body).toMatchObject({ id: ada.keyId, customer: ada.id, revoked_at: null });
  expect((await find(token.token)).body).toMatchObject({ kind: 'browser', parent: ada.keyId });
  await world.admin('DELETE', `/admin/keys/${ada.keyId}`);
  expect((await find(ada.token)).body.revoked_at).not.toBeNull();
  const before = await dumpD1();
  const audited = await countAudit();
  for (const text of [newKeyText('secret'), 'cg_', '', 'x'.repeat(200), `${ada.token} `]) {
    expect({ text, status: (await find(text)).status }).toEqual({ text, status: 404 });
  }
  expect(await dumpD1()).toEqual(before);
  expect(await countAudit()).toBe(audited);
  expect(JSON.stringify(world.logs)).not.toContain(ada.token);
});

test('computes the cost of an input at a price that is not saved', async ({ expect }) => {
  const world = createWorld();
  const quote = (body: object) =>
    world.admin('POST', '/admin/models/quote', { model_id: TEXT_TO_VIDEO, ...body });
  const price = { usd: 0.1, unit: 'second', quantity: 'frames' };
  const before = await dumpD1();
  expect((await quote({ input: { frames: 121 } })).body).toEqual({
    charge: 'estimate',
    unit_usd: 0.05,
    least_usd: 0.25,
    estimate_usd: 0.25,
    hold_usd: 0.25,
    steps: [
      { name: 'unit', sum: '0.05 per second × 1 (mark-up)', usd: 0.05 },
      { name: 'quantity', sum: 'frames: 5 seconds', usd: null },
      { name: 'estimate', sum: '0.05 × 5', usd: 0.25 },
      { name: 'hold', sum: 'the estimate', usd: 0.25 },
      { name: 'charge', sum: 'the estimate', usd: 0.25 },
    ],
  });
  expect((await quote({ input: { frames: 121 }, price, markup: 1.25 })).body).toMatchObject({
    unit_usd: 0.125,
    estimate_usd: 0.625,
  });
  const raised = { input: { frames: 121 }, price: { ...price, hold_factor: 2 }, charge: 'cost' };
  expect((await quote(raised)).body).toMatchObject({ estimate_usd: 0.5, hold_usd: 1 });
  const unread = { ...price, quantity: 'nothing' };
  expect((await quote({ input: {}, price: unread })).body.reason).toMatch(/no quantity/);
  expect((await quote({ model_id: 'no/model', input: {} })).status).toBe(404);
  expect((await quote({ input: [] })).status).toBe(422);
  expect(await dumpD1()).toEqual(before);
});

test('the arithmetic of a price, step by step, on the terms of a customer', async ({ expect }) => {
  const world = createWorld();
  const input_schema = {
    type: 'object',
    properties: {
      duration: { type: 'string', enum: ['auto', '5', '10'], default: 'auto' },
      resolution: { type: 'string', enum: ['720p', '1080p'], default: '720p' },
      images: { type: 'array' },
    },
  };
  const price = {
    usd: 5,
    unit: 'minute',
    quantity: 'duration',
    factors: { resolution: { '1080p': 2 } },
    adds: [{ input: 'images', usd: 0.03 }],
  };
  await world.admin('PUT', '/admin/models/acme/steps', { input_schema, price });
  await world.admin('PUT', '/admin/models/acme/old-steps', { alias_of: 'acme/steps' });
  const ada = await world.tenant({ markup: 1.5 });
  const bob = await world.tenant({ markup: 1.5 });
  await world.admin('PUT', `/admin/customers/${bob.id}/prices/acme/steps`, { usd: 3 });
  const stepsFor = async (body: object) => {
    const trial = { model_id: 'acme/old-steps', input: { images: ['a', 'b'] }, ...body };
    const { steps } = (await world.admin('POST', '/admin/models/quote', trial)).body;
    return steps.map(({ name, sum, usd }: any) => `${name}: ${sum}${usd === null ? '' : ` = ${usd}`}`);
  };
  expect(await stepsFor({ customer: ada.id })).toEqual([
    'unit: 5 per minute × 1.5 (mark-up) = 7.5',
    'quantity: duration: 5 to 10 seconds, known when the job has ended',
    'factor: resolution: "720p" → × 1',
    'add: images: 2 × 0.03 × 1.5 (mark-up) = 0.09',
    'estimate: 7.5 × 10 ÷ 60 × 1 + 0.09 = 1.34',
    'hold: the estimate = 1.34',
    'charge: cost × 1.5 (mark-up), at least 0.715, at most 1.34; the estimate if RunComfy reports no cost',
  ]);
  expect((await stepsFor({ customer: bob.id })).at(-1)).toBe(
    'charge: (cost − 0.06) ÷ 5 × 3 + 0.09, at least 0.34, at most 0.59; the estimate if RunComfy reports no cost',
  );
  const raised = { input: { duration: '5' }, price: { ...price, hold_factor: 2 }, charge: 'cost' };
  expect(await stepsFor({ ...raised, customer: ada.id, markup: 1 })).toEqual(
    expect.arrayContaining([
      'unit: 5 per minute × 1 (mark-up) = 5',
      'hold: 0.416667 × 2 (hold factor) = 0.833334',
      'charge: cost × 1 (mark-up), at least 0, at most 0.833334; the estimate if RunComfy reports no cost',
    ]),
  );
  const nobody = { model_id: 'acme/steps', input: {}, customer: 'cus_nobody' };
  expect((await world.admin('POST', '/admin/models/quote', nobody)).status).toBe(404);
});

test('a job proves its charge: its steps and its ledger come to the same', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant({ markup: 1.25 });
  const { body: submitted } = await world.submit(ada.token);
  await world.idle();
  const read = async () => (await world.admin('GET', `/admin/jobs/${submitted.request_id}`)).body;
  expect(await read()).toMatchObject({
    ledger: [{ kind: 'hold', amount_usd: 0.3125 }],
    charge_reason: expect.stringContaining('held until the job ends'),
  });
  world.clock.advance(30_000);
  world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, { as: 'succeeded', cost_usd: 0.2 });
  await world.result(ada.token, submitted.request_id);
  await world.idle();
  const credit = { amount_usd: 0.1, note: 'sorry', job: submitted.request_id };
  await world.admin('POST', `/admin/customers/${ada.id}/credits`, credit);
  const job = await read();
  expect(job.ledger).toMatchObject([
    { kind: 'hold', amount_usd: 0.3125 },
    { kind: 'charge', amount_usd: job.charge_usd },
  ]);
  expect(job.arithmetic.at(-1)).toEqual({ name: 'charge', sum: 'the estimate', usd: job.charge_usd });
  expect(job.charge_reason).toContain('refunded $0.1');
  expect(job.timeline.map(({ what }: any) => what)).toEqual(
    expect.arrayContaining(['reserved', 'ended', 'settled']),
  );
});
