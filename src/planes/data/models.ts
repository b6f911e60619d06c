// RunComfy's catalogue as this customer sees it: their models, their price.

import * as z from 'zod/mini';
import type { Model } from '../../features/catalogue/model.ts';
import { unitPrice, type Terms } from '../../features/pricing/price.ts';
import { flagOf } from '../../http/flag.ts';
import { lazy } from '../../lib/lazy.ts';
import { usd } from '../../lib/money.ts';
import { refuse } from '../../lib/refuse.ts';
import { shortText } from '../../lib/text-schema.ts';

const whole = (fallback: number, min: number, max: number) =>
  z._default(
    z.pipe(
      z.pipe(z.transform(Number), z.int().check(z.minimum(min))),
      z.transform((value) => Math.min(value, max)),
    ),
    fallback,
  );

/** The parameters of GET /v1/models; the official clients ask for 100 to 500 at a time. */
export const modelsQuery = lazy(() =>
  z.object({
    search: z._default(shortText(), ''),
    category: z._default(shortText(), ''),
    kind: z._default(shortText(), ''),
    include_schema: z._default(
      z.pipe(
        z.string(),
        z.transform((text, context) => flagOf(text) ?? refuse(context, 'must be true or false')),
      ),
      false,
    ),
    limit: whole(100, 1, 500),
    offset: whole(0, 0, Number.MAX_SAFE_INTEGER),
  }),
);

/** A catalogue entry. `base_price_usd` is what this customer pays per unit: a client may show it before it submits. */
export function showModel(model: Model, terms: Terms, withSchema: boolean): Record<string, unknown> {
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
    // The note speaks of RunComfy's prices, so it is for those who pay them.
    ...(model.pricingNote === '' || unitMicros !== model.price?.usdMicros
      ? {}
      : { pricing_note: model.pricingNote }),
    ...(model.modelUrl === '' ? {} : { model_url: model.modelUrl }),
    inputs: typeof properties === 'object' && properties !== null ? Object.keys(properties) : [],
    required_inputs: Array.isArray(required) ? required : [],
    ...(withSchema ? { input_schema: model.inputSchema } : {}),
  };
}
