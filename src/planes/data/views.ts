// RunComfy's responses as comfygate returns them. The Worker imports only the types.

import * as z from 'zod/mini';

export const balanceView = z
  .strictObject({
    balance_usd: z.number(),
    balance_microdollars: z.int(),
    currency: z.literal('USD'),
    unlimited: z
      .optional(z.literal(true))
      .check(z.meta({ description: 'true if no spend limit and no balance applies.' })),
  })
  .check(z.meta({ id: 'Balance' }));

export const catalogueModelView = z
  .strictObject({
    model_id: z.string(),
    display_name: z.string(),
    description: z.string(),
    categories: z.array(z.string()),
    kind: z.string(),
    base_price_usd: z.optional(z.number()).check(z.meta({ description: 'Your price per unit.' })),
    price_unit: z.optional(z.string()),
    pricing_note: z.optional(z.string()),
    model_url: z.optional(z.string()),
    inputs: z.array(z.string()),
    required_inputs: z.array(z.string()),
    input_schema: z.optional(z.record(z.string(), z.unknown())),
  })
  .check(z.meta({ id: 'CatalogueModel' }));

export const catalogueView = z.strictObject({
  models: z.array(catalogueModelView),
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
});

export const categoriesView = z.strictObject({ categories: z.array(z.string()) });

export const submittedView = z
  .strictObject({
    request_id: z.string(),
    status_url: z.string(),
    result_url: z.string(),
    cancel_url: z.string(),
  })
  .check(z.meta({ id: 'Submitted' }));

export const statusView = z
  .strictObject({
    request_id: z.string(),
    status: z.enum(['in_queue', 'in_progress', 'completed', 'cancelled']),
    queue_position: z.optional(z.int()),
    status_url: z.string(),
    result_url: z.string(),
  })
  .check(z.meta({ id: 'Status' }));

export const resultView = z
  .strictObject({
    request_id: z.string(),
    status: z.enum(['in_queue', 'in_progress', 'succeeded', 'completed', 'failed', 'cancelled']),
    output: z.optional(z.unknown()),
    error: z.optional(z.unknown()),
    cost: z.optional(z.number()).check(z.meta({ description: 'Your charge, with ?include_cost=true.' })),
    model_id: z.optional(z.string()),
    input: z.optional(z.unknown()),
    created_at: z.optional(z.string()),
    finished_at: z.optional(z.string()),
  })
  .check(z.meta({ id: 'Result' }));

export const cancelledView = z
  .strictObject({
    request_id: z.string(),
    status: z.enum(['in_queue', 'in_progress', 'completed', 'cancelled']),
    outcome: z.enum(['cancelled', 'not_cancellable']),
  })
  .check(z.meta({ id: 'Cancelled' }));

export type BalanceView = z.infer<typeof balanceView>;
export type CatalogueModelView = z.infer<typeof catalogueModelView>;
export type CatalogueView = z.infer<typeof catalogueView>;
export type CategoriesView = z.infer<typeof categoriesView>;
export type SubmittedView = z.infer<typeof submittedView>;
export type StatusView = z.infer<typeof statusView>;
export type ResultView = z.infer<typeof resultView>;
export type CancelledView = z.infer<typeof cancelledView>;
