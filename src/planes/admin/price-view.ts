// Prices as the operator sees them. The Worker imports only the types.

import * as z from 'zod/mini';
import { UNITS } from '../../features/pricing/price.ts';

/** A model's price, in the form that PUT accepts. */
export const modelPriceView = z
  .strictObject({
    usd: z.number(),
    unit: z.enum(UNITS),
    quantity: z.optional(z.string()),
    max_quantity: z.optional(z.number()),
    factors: z.optional(z.record(z.string(), z.record(z.string(), z.number()))),
    adds: z.optional(z.array(z.strictObject({ input: z.string(), usd: z.number() }))),
    hold_factor: z.optional(z.number()),
  })
  .check(z.meta({ id: 'ModelPrice' }));

/** A model's price as stored with a job. */
export const jobPriceView = z.strictObject({
  ...modelPriceView.shape,
  own: z.boolean().check(z.meta({ description: "true if the customer's own price replaced usd." })),
});

/** A customer's own price, which replaces list price × mark-up. */
export const ownPriceView = z
  .strictObject({ model_id: z.string(), usd: z.number(), set_at: z.string() })
  .check(z.meta({ id: 'OwnPrice' }));

export type OwnPriceView = z.infer<typeof ownPriceView>;
