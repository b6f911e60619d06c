// A customer, as the operator sees it. The Worker imports the type alone.

import * as z from 'zod/mini';
import { limitsView, limitUsageView } from '../../http/limits-view.ts';

export const customerView = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    external_id: z.nullable(z.string()),
    status: z.enum(['active', 'suspended']),
    markup: z
      .number()
      .check(z.meta({ description: 'Multiplies list prices: 1 is the list price, 1.25 is 25 % more.' })),
    prepaid: z.boolean(),
    balance_usd: z.number(),
    held_usd: z.number().check(z.meta({ description: 'Open holds, which become charges or are released.' })),
    limits: limitsView,
    loras: z.array(z.string()),
    account: z.nullable(z.string()).check(
      z.meta({
        description: 'The one upstream account that takes this customer’s jobs; null: any that has room.',
      }),
    ),
    created_at: z.string(),
    month: z
      .optional(z.strictObject({ jobs: z.int(), charged_usd: z.number(), margin_usd: z.number() }))
      .check(z.meta({ description: 'What was settled in this month (UTC), up to the last hour or two.' })),
    limit_use: z
      .optional(z.array(limitUsageView))
      .check(z.meta({ description: 'How much of each limit is used now.' })),
    warnings: z.optional(z.array(z.string())),
  })
  .check(z.meta({ id: 'Customer' }));

export type CustomerView = z.infer<typeof customerView>;
