// A customer as the operator sees it. The Worker imports only the type.

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
      .check(z.meta({ description: 'The mark-up in effect. It multiplies list prices: 1.25 adds 25 %.' })),
    prepaid: z.boolean(),
    balance_usd: z.number(),
    held_usd: z
      .number()
      .check(z.meta({ description: 'The amount of open holds. Each becomes a charge or is released.' })),
    limits: z
      .nonoptional(limitsView)
      .check(z.meta({ description: 'The limits in effect: the customer’s own, else those of the plan.' })),
    models: z.nullable(z.array(z.string())).check(
      z.meta({
        description: 'Models that the plan allows for each key of the customer. null: every model.',
      }),
    ),
    plan: z.nullable(z.strictObject({ id: z.string(), name: z.string() })),
    own: z
      .strictObject({ markup: z.nullable(z.number()), limits: limitsView })
      .check(z.meta({ description: 'Values set with PATCH. They override the plan.' })),
    loras: z.array(z.string()),
    account: z.nullable(z.string()).check(
      z.meta({
        description: 'The only RunComfy account for this customer’s jobs. null: any account with capacity.',
      }),
    ),
    created_at: z.string(),
    month: z
      .optional(z.strictObject({ jobs: z.int(), charged_usd: z.number(), margin_usd: z.number() }))
      .check(z.meta({ description: 'Settled this month (UTC), up to one or two hours ago.' })),
    limit_use: z
      .optional(z.array(limitUsageView))
      .check(z.meta({ description: 'The current usage of each limit.' })),
    warnings: z.optional(z.array(z.string())),
  })
  .check(z.meta({ id: 'Customer' }));

export type CustomerView = z.infer<typeof customerView>;

/** In no order. */
export const customersView = z.strictObject({ items: z.array(customerView) });

export type CustomersView = z.infer<typeof customersView>;
