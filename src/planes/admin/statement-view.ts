// A monthly statement. The Worker imports only the type.

import * as z from 'zod/mini';
import { exactUsd } from '../../http/usage-view.ts';
import { jobPriceView } from './price-view.ts';

const sums = {
  jobs: z.int(),
  succeeded: z.int(),
  charged_usd: exactUsd,
  adjusted_usd: exactUsd,
  due_usd: exactUsd,
};

export const statementView = z
  .strictObject({
    customer: z.string(),
    name: z.string(),
    external_id: z.nullable(z.string()),
    from: z.string(),
    to: z.string(),
    lines: z.array(
      z.strictObject({
        model_id: z.string(),
        price: z
          .nullable(jobPriceView)
          .check(z.meta({ description: 'The list price when the jobs of this line were submitted.' })),
        markup: z.number(),
        unit_usd: z.number().check(z.meta({ description: 'The price per unit that this customer paid.' })),
        ...sums,
      }),
    ),
    total: z.strictObject(sums),
  })
  .check(z.meta({ id: 'Statement' }));

export type StatementView = z.infer<typeof statementView>;
