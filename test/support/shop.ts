// A postpaid and a prepaid customer, one model charged by estimate and one by cost, what each has to pay, and the upstream
// accounts that take the jobs: two in the vault, and behind them that of the environment.

import { env } from 'cloudflare:workers';
import { addAccount, setUpstreamAccount, type TestAccount } from './accounts.ts';
import type { PriceRule } from './verdict.ts';
import { createWorld, TEXT_TO_VIDEO, type Tenant, type World } from './world.ts';

export const COST_MODEL = 'blackforestlabs/flux-2/flash/text-to-image';
/** The first credit of the prepaid customer. */
export const CREDIT_USD = 100_000;

export type Customer = Tenant & { prices: Record<string, PriceRule> };
export type Shop = {
  world: World;
  customers: [postpaid: Customer, prepaid: Customer];
  accounts: [first: TestAccount, second: TestAccount];
};

export async function openShop(): Promise<Shop> {
  const world = createWorld();
  const model = {
    input_schema: { type: 'object', required: ['prompt'], properties: { prompt: { type: 'string' } } },
    price: { usd: 0.02, unit: 'output', hold_factor: 1.5 },
    charge: 'cost',
  };
  await world.admin('PUT', `/admin/models/${COST_MODEL}`, model);
  const accounts: Shop['accounts'] = [
    await addAccount(world, { name: 'first', priority: 1 }),
    await addAccount(world, { name: 'second', priority: 2 }),
  ];
  const shop: Shop = { world, customers: [await postpaid(world), await prepaid(world)], accounts };
  await refreshAccounts(shop);
  return shop;
}

/** RunComfy knows the accounts, and the books nothing bad of them. */
export async function refreshAccounts({ world, accounts }: Shop): Promise<void> {
  accounts.forEach((account) => setUpstreamAccount(world, { ...account, balanceUsd: CREDIT_USD }));
  // The operator's balance at RunComfy is another story.
  await env.DB.prepare(
    `UPDATE accounts SET balance_check_at_ms = ?1, state = 'ok', since_ms = 0, probe_at_ms = 0, busy_until_ms = 0,
       silent_since_ms = 0, silent_for = '[]'`,
  )
    .bind(Number.MAX_SAFE_INTEGER)
    .run();
}

/** The token of an account is replaced at RunComfy, and then in the vault. */
export async function replaceToken({ world }: Shop, account: TestAccount, token: string): Promise<void> {
  account.token = token;
  setUpstreamAccount(world, { ...account, balanceUsd: CREDIT_USD });
  const { status } = await world.admin('PATCH', `/admin/accounts/${account.id}`, { token });
  if (status !== 200) {
    throw new Error(`the token was not taken: ${status}`);
  }
  await env.DB.prepare('UPDATE accounts SET balance_check_at_ms = ?1').bind(Number.MAX_SAFE_INTEGER).run();
}

async function postpaid(world: World): Promise<Customer> {
  const prices: Customer['prices'] = {
    [TEXT_TO_VIDEO]: { mode: 'estimate', estimate: 250_000, hold: 250_000, markup: 1 },
    [COST_MODEL]: { mode: 'cost', estimate: 20_000, hold: 30_000, markup: 1 },
  };
  return { ...(await world.tenant()), prices };
}

async function prepaid(world: World): Promise<Customer> {
  const prices: Customer['prices'] = {
    [TEXT_TO_VIDEO]: { mode: 'estimate', estimate: 312_500, hold: 312_500, markup: 1.25 },
    [COST_MODEL]: { mode: 'cost', estimate: 25_000, hold: 37_500, markup: 1.25 },
  };
  const tenant = await world.tenant({ prepaid: true, markup: 1.25 });
  await world.admin('POST', `/admin/customers/${tenant.id}/credits`, { amount_usd: CREDIT_USD, note: 'all' });
  return { ...tenant, prices };
}
