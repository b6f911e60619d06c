// /admin/customers/{customer}/prices: a customer's own prices, which replace list price × mark-up.

import * as z from 'zod/mini';
import { dropOwnPrice, listOwnPrices, setOwnPrice } from '../../features/pricing/own-price.ts';
import type { OwnPrice } from '../../features/pricing/own-price-store.ts';
import { priceAmount } from '../../http/money-schema.ts';
import { route } from '../../http/route.ts';
import { shortText } from '../../http/text-schema.ts';
import { usd } from '../../lib/money.ts';
import type { PageView } from '../../http/page-view.ts';
import { limit, showInstant } from '../../http/paging.ts';
import type { OwnPriceView } from './price-view.ts';

export const priceRoutes = {
  listOwnPrices: route({
    method: 'GET',
    path: '/admin/customers/{customer}/prices',
    door: 'admin',
    summary: "List a customer's own prices, by model id.",
    query: z.strictObject({ limit, cursor: z._default(shortText, '') }),
    refusals: ['not_found'],
    async run({ runtime, params, query }): Promise<PageView<OwnPriceView>> {
      const page = { after: query.cursor, limit: query.limit };
      const prices = await listOwnPrices(runtime, params.customer, page);
      const last = prices.length === query.limit ? prices.at(-1) : undefined;
      return { items: prices.map(showOwnPrice), next_cursor: last?.modelId ?? null };
    },
  }),
  setOwnPrice: route({
    method: 'PUT',
    path: '/admin/customers/{customer}/prices/{model_id+}',
    door: 'admin',
    summary: "Set a customer's own price for a unit of a model.",
    body: z.strictObject({ usd: priceAmount }),
    refusals: ['not_found'],
    audit: 'price.set',
    async run({ runtime, params: { customer, model_id: modelId }, body, change }) {
      const price = { customer, modelId, unitMicros: body.usd };
      return showOwnPrice(await setOwnPrice(runtime, price, change(`${customer} ${modelId}`)));
    },
  }),
  dropOwnPrice: route({
    method: 'DELETE',
    path: '/admin/customers/{customer}/prices/{model_id+}',
    door: 'admin',
    summary: "Delete a customer's own price. The customer pays list price × mark-up again.",
    status: 204,
    refusals: ['not_found'],
    audit: 'price.remove',
    async run({ runtime, params: { customer, model_id: modelId }, change }) {
      await dropOwnPrice(runtime, { customer, modelId }, change(`${customer} ${modelId}`));
      return null;
    },
  }),
};

function showOwnPrice({ modelId, unitMicros, setAtMs }: OwnPrice): OwnPriceView {
  return { model_id: modelId, usd: usd(unitMicros), set_at: showInstant(setAtMs) };
}
