// RunComfy's catalogue as this customer sees it, with their models and prices.

import * as z from 'zod/mini';
import {
  getOfferedModel,
  listCategories,
  listOfferedModels,
  type PricedModel,
} from '../../features/catalogue/list.ts';
import { unitPrice } from '../../features/pricing/price.ts';
import { flag } from '../../http/flag.ts';
import { route } from '../../http/route.ts';
import { shortText } from '../../http/text-schema.ts';
import { usd } from '../../lib/money.ts';
import type { CatalogueModelView, CatalogueView, CategoriesView } from './views.ts';

const whole = (fallback: number, min: number, max: number) =>
  z._default(
    z.pipe(
      z.pipe(z.transform(Number), z.int().check(z.minimum(min))),
      z.transform((value) => Math.min(value, max)),
    ),
    fallback,
  );

/** The official clients ask for 100 to 500 at a time. */
const modelsQuery = z.object({
  search: z._default(shortText, ''),
  category: z._default(shortText, ''),
  kind: z._default(shortText, ''),
  include_schema: flag,
  limit: whole(100, 1, 500),
  offset: whole(0, 0, Number.MAX_SAFE_INTEGER),
});

export const modelRoutes = {
  listOfferedModels: route({
    method: 'GET',
    path: '/v1/models',
    door: 'key',
    tokens: true,
    wire: 'runcomfy',
    summary: 'List the models that your key can use, with your prices.',
    query: modelsQuery,
    refusals: [],
    async run({ runtime, principal, query }): Promise<CatalogueView> {
      const { include_schema: withSchema, limit, offset, ...searched } = query;
      const asked = { ...searched, slice: { limit, offset } };
      const { models, total } = await listOfferedModels(runtime, principal, asked);
      return { models: models.map((model) => showModel(model, withSchema)), total, limit, offset };
    },
  }),
  listCategories: route({
    method: 'GET',
    path: '/v1/models/categories',
    door: 'key',
    tokens: true,
    wire: 'runcomfy',
    summary: 'List the categories of the models that your key can use.',
    refusals: [],
    run: async ({ runtime, principal }): Promise<CategoriesView> => ({
      categories: await listCategories(runtime, principal),
    }),
  }),
  getOfferedModel: route({
    method: 'GET',
    path: '/v1/models/{model_id+}',
    door: 'key',
    tokens: true,
    wire: 'runcomfy',
    summary: 'Get a model with its input schema and your price.',
    refusals: ['unknown_model', 'model_not_allowed'],
    run: async ({ runtime, principal, params }) =>
      showModel(await getOfferedModel(runtime, principal, params.model_id), true),
  }),
};

/** A catalogue entry. `base_price_usd` is this customer's price per unit: clients show it before they submit. */
function showModel({ model, terms }: PricedModel, withSchema: boolean): CatalogueModelView {
  const { properties, required } = model.inputSchema;
  const unitMicros = model.price === null ? null : unitPrice(model.price, terms);
  return {
    model_id: model.id,
    display_name: model.displayName,
    description: model.description,
    categories: model.categories,
    kind: model.kind,
    ...(model.price === null || unitMicros === null
      ? {}
      : { base_price_usd: usd(unitMicros), price_unit: model.price.unit }),
    // The note describes RunComfy's prices, so only customers who pay them see it.
    ...(model.pricingNote === '' || unitMicros !== model.price?.usdMicros
      ? {}
      : { pricing_note: model.pricingNote }),
    ...(model.modelUrl === '' ? {} : { model_url: model.modelUrl }),
    inputs: typeof properties === 'object' && properties !== null ? Object.keys(properties) : [],
    required_inputs: Array.isArray(required) ? required : [],
    ...(withSchema ? { input_schema: model.inputSchema } : {}),
  };
}
