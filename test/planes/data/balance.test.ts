import { test } from 'vitest';
import { browserToken } from '../../support/browser-token.ts';
import { microsOf } from '../../../src/lib/money.ts';
import { createWorld } from '../../support/world.ts';

test.for([
  {
    what: 'the tightest limit in money',
    customer: { limits: { spend_per_day_usd: 9 } },
    key: { limits: { spend_total_usd: 4.5 } },
    usd: 4.25,
  },
  { what: 'a prepaid balance', customer: { prepaid: true, limits: { spend_total_usd: 5 } }, key: {}, usd: 0 },
])('the balance tells $what', async ({ customer, key, usd }, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant(customer, key);
  await world.submit(token);
  const { status, body } = await world.call('/prod/v2/balance', { token });
  expect(status).toBe(200);
  expect(body).toEqual({ balance_usd: usd, balance_microdollars: usd * 1_000_000, currency: 'USD' });
});

test('the balance reveals nothing about the gateway', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  await world.admin('PATCH', '/admin/settings', { limits: { spend_total_usd: 123 } });
  const { body } = await world.call('/prod/v2/balance', { token });
  await world.admin('PATCH', '/admin/settings', { limits: { spend_total_usd: null } });
  expect(body.balance_usd).toBe(1_000_000);
});

test('without a money limit, a program that checks the balance first finds enough', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant({ limits: { requests_per_day: 5 } });
  await world.submit(token);
  const { body } = await world.call('/prod/v2/balance', { token });
  expect(body).toEqual({
    balance_usd: 1_000_000,
    balance_microdollars: 1_000_000_000_000,
    currency: 'USD',
    unlimited: true,
  });
});

test('a browser token with a limit of its own sees its own room', async ({ expect }) => {
  const world = createWorld();
  const { token } = await browserToken(world, await world.tenant(), {
    limits: { spend_total: microsOf(2_000_000)! },
  });
  const { body } = await world.call('/prod/v2/balance', { token });
  expect(body).toEqual({ balance_usd: 2, balance_microdollars: 2_000_000, currency: 'USD' });
});
