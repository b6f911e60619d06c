// A postpaid and a prepaid customer, one model charged by estimate and one by cost, and what each has to pay.

import { env } from 'cloudflare:workers';
import type { PriceRule } from './verdict.ts';
import { createWorld, TEXT_TO_VIDEO, type Tenant, type World } from './world.ts';

export const COST_MODEL = 'blackforestlabs/flux-2/flash/text-to-image';
/** What the prepaid customer starts with. */
export const CREDIT_USD = 100_000;

export type Customer = Tenant & { prices: Record<string, PriceRule> };
export type Shop = { world: World; customers: [postpaid: Customer, prepaid: Customer] };

export async function openShop(): Promise<Shop> {
  const world = createWorld();
  const model = {
    input_schema: { type: 'object', required: ['prompt'], properties: { prompt: { type: 'string' } } },
    price: { usd: 0.02, unit: 'output', hold_factor: 1.5 },
    charge: 'cost',
  };
  await world.admin('PUT', `/admin/models/${COST_MODEL}`, model);
  // The operator's balance at RunComfy is another story.
  await env.DB.prepare('UPDATE accounts SET balance_check_at_ms = ?1').bind(Number.MAX_SAFE_INTEGER).run();
  return { world, customers: [await postpaid(world), await prepaid(world)] };
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
