// /admin/customers/{id}/prices: what one customer pays for a unit of one model, in the place of list price × mark-up.

import * as z from 'zod/mini';
import { isModelId } from '../../features/runcomfy/model-id.ts';
import { dropOwnPrice, listOwnPrices, setOwnPrice } from '../../features/pricing/own-price.ts';
import type { OwnPrice } from '../../features/pricing/own-price-store.ts';
import { readJson } from '../../http/body.ts';
import { pathBehind, type AppContext, type AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { validate } from '../../http/validate.ts';
import { usd } from '../../lib/money.ts';
import { usdAmount } from '../../http/money-schema.ts';
import { Problem } from '../../lib/problem.ts';
import { shortText } from '../../http/text-schema.ts';
import { changeBy } from './change.ts';
import { paging, showInstant } from './paging.ts';

const newPrice = z.strictObject({ usd: usdAmount });

const pricesQuery = z.object({
  limit: paging.shape.limit,
  cursor: z._default(shortText, ''),
});

/** Mounted at /customers/:customer/prices. */
export function pricesApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.get('/', getPrices);
  api.put('/:model{.+}', async (c) => {
    const place = placeOf(c);
    const sent = await readJson(c);
    const { usd: unitMicros } = validate(newPrice, sent);
    const change = changeBy(c, 'price.set', { object: `${place.customer} ${place.modelId}`, change: sent });
    return c.json(showOwnPrice(await setOwnPrice(c.get('deps'), { ...place, unitMicros }, change)));
  });
  api.delete('/:model{.+}', async (c) => {
    const place = placeOf(c);
    const change = changeBy(c, 'price.remove', { object: `${place.customer} ${place.modelId}` });
    await dropOwnPrice(c.get('deps'), place, change);
    return c.body(null, 204);
  });
  return api;
}

async function getPrices(c: AppContext): Promise<Response> {
  const { limit, cursor } = validate(pricesQuery, c.req.query(), 'invalid_parameter');
  const prices = await listOwnPrices(c.get('deps'), customerOf(c), { after: cursor, limit });
  return c.json({
    items: prices.map(showOwnPrice),
    next_cursor: prices.length === limit ? (prices.at(-1)?.modelId ?? null) : null,
  });
}

function showOwnPrice({ modelId, unitMicros, setAtMs }: OwnPrice): Record<string, unknown> {
  return { model_id: modelId, usd: usd(unitMicros), set_at: showInstant(setAtMs) };
}

function customerOf(c: AppContext): string {
  return c.req.param('customer') ?? '';
}

function placeOf(c: AppContext): { customer: string; modelId: string } {
  const customer = customerOf(c);
  const modelId = pathBehind(c, `/admin/customers/${customer}/prices/`);
  if (!isModelId(modelId)) {
    throw new Problem('not_found', 'There is no such customer, or no such model.');
  }
  return { customer, modelId };
}
