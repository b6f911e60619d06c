// A customer, as the operator sees it. The Worker imports the type alone.

import * as z from 'zod/mini';
import { CUSTOMER_STATUSES } from '../../features/customers/customer.ts';
import { limitsView, limitUsageView } from '../../http/limits-view.ts';

export const customerView = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    external_id: z.nullable(z.string()),
    status: z.enum(CUSTOMER_STATUSES),
    markup: z
      .number()
      .check(z.meta({ description: 'What holds. Multiplies list prices: 1.25 is 25 % more.' })),
    prepaid: z.boolean(),
    balance_usd: z.number(),
    held_usd: z.number().check(z.meta({ description: 'Open holds, which become charges or are released.' })),
    limits: z
      .nonoptional(limitsView)
      .check(z.meta({ description: 'The limits that hold: the customer’s own, else those of the plan.' })),
    models: z
      .nullable(z.array(z.string()))
      .check(z.meta({ description: 'What the plan allows to each key of the customer; null: all.' })),
    plan: z.nullable(z.strictObject({ id: z.string(), name: z.string() })),
    own: z
      .strictObject({ markup: z.nullable(z.number()), limits: limitsView })
      .check(z.meta({ description: 'What PATCH has set, which wins over the plan.' })),
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

/** In no order. */
export const customersView = z.strictObject({ items: z.array(customerView) });

export type CustomersView = z.infer<typeof customersView>;
