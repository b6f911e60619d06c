// The response of POST /v1/estimate. The Worker imports only the types.

import * as z from 'zod/mini';

const model = { model_id: z.string() };
const exact = { estimate: z.literal('exact'), amount_usd: z.number(), currency: z.literal('USD') };
const range = {
  estimate: z.literal('range'),
  min_usd: z.number(),
  max_usd: z.number().check(z.meta({ description: 'The amount that a submit holds.' })),
  currency: z.literal('USD'),
};
const unknown = { estimate: z.literal('unknown'), reason: z.string() };

/** `unknown` has no amount. An absent amount never means free. */
export const estimateView = z
  .union([
    z.strictObject({ ...model, ...exact }),
    z.strictObject({ ...model, ...range }),
    z.strictObject({ ...model, ...unknown }),
  ])
  .check(z.meta({ id: 'Estimate' }));

const quoteView = z.union([z.strictObject(exact), z.strictObject(range), z.strictObject(unknown)]);

export type EstimateView = z.infer<typeof estimateView>;
export type QuoteView = z.infer<typeof quoteView>;
