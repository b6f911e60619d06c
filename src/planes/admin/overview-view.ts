// The figures of the last days as the operator sees them. The Worker imports only the types.

import * as z from 'zod/mini';

const sums = {
  jobs: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  lost: z.int(),
  charged_usd: z.number(),
  adjusted_usd: z.number(),
  cost_usd: z.number(),
  loss_usd: z.number(),
  margin_usd: z.number(),
};

const rest = z.meta({ description: 'null: everything that is not among the largest.' });
const took = z.nullable(z.int());

export const overviewView = z
  .strictObject({
    until: z
      .string()
      .check(z.meta({ description: 'The figures include everything settled before this time.' })),
    total: z.strictObject(sums),
    days: z.array(
      z.strictObject({
        day: z.string(),
        ...sums,
        p50_ms: took.check(z.meta({ description: 'Median time from submit to success.' })),
        p95_ms: took,
      }),
    ),
    customers: z.array(
      z.strictObject({
        customer: z.nullable(z.string()).check(rest),
        name: z.nullable(z.string()),
        ...sums,
      }),
    ),
    models: z.array(z.strictObject({ model_id: z.nullable(z.string()).check(rest), ...sums })),
  })
  .check(z.meta({ id: 'Overview' }));

export type OverviewView = z.infer<typeof overviewView>;
