// /admin/customers/{id}/prices: what one customer pays for a unit of one model, in the place of list price × mark-up.

import * as z from 'zod/mini';
import { isModelId } from '../../features/runcomfy/model-id.ts';
import { deleteOwnPrice, listOwnPrices, putOwnPrice } from '../../features/pricing/own-price-store.ts';
import { findCustomer } from '../../features/customers/store.ts';
import { readJson } from '../../http/body.ts';
import { pathBehind, type AppContext, type AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { validate } from '../../http/validate.ts';
import { lazy } from '../../lib/lazy.ts';
import { usd } from '../../lib/money.ts';
import { usdAmount } from '../../lib/money-schema.ts';
import { Problem } from '../../lib/problem.ts';
import { shortText } from '../../lib/text-schema.ts';
import { changeBy } from './change.ts';
import { paging, showInstant } from './paging.ts';

const newPrice = lazy(() => z.strictObject({ usd: usdAmount() }));

const pricesQuery = lazy(() =>
  z.object({
    limit: paging().shape.limit,
    cursor: z._default(shortText(), ''),
  }),
);

/** Mounted at /customers/:customer/prices. */
export function pricesApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.get('/', getPrices);
  api.put('/:model{.+}', async (c) => {
    const { customer, modelId } = placeOf(c);
    const sent = await readJson(c);
    const { usd: unitMicros } = validate(newPrice(), sent);
    const change = changeBy(c, 'price.set', { object: `${customer} ${modelId}`, change: sent });
    if (!(await putOwnPrice(c.get('deps').db, { customer, modelId, unitMicros }, change))) {
      throw new Problem('not_found', 'There is no such customer, or no such model.');
    }
    c.get('deps').memory.ownPrices.clear();
    return c.json({ model_id: modelId, usd: usd(unitMicros), set_at: showInstant(change.atMs) });
  });
  api.delete('/:model{.+}', async (c) => {
    const place = placeOf(c);
    const change = changeBy(c, 'price.remove', { object: `${place.customer} ${place.modelId}` });
    if (!(await deleteOwnPrice(c.get('deps').db, place, change))) {
      throw new Problem('not_found', 'This customer has no price of their own for this model.');
    }
    c.get('deps').memory.ownPrices.clear();
    return c.body(null, 204);
  });
  return api;
}

async function getPrices(c: AppContext): Promise<Response> {
  const { db } = c.get('deps');
  const customer = customerOf(c);
  const { limit, cursor } = validate(pricesQuery(), c.req.query(), 'invalid_parameter');
  if ((await findCustomer(db, customer)) === null) {
    throw new Problem('not_found', 'There is no such customer.');
  }
  const prices = await listOwnPrices(db, customer, { after: cursor, limit });
  return c.json({
    items: prices.map(({ modelId, unitMicros, setAtMs }) => ({
      model_id: modelId,
      usd: usd(unitMicros),
      set_at: showInstant(setAtMs),
    })),
    next_cursor: prices.length === limit ? (prices.at(-1)?.modelId ?? null) : null,
  });
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
