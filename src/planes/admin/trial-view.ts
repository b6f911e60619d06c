// The cost of an input at a price that the operator tries. The Worker imports only the type.

import * as z from 'zod/mini';
import { CHARGE_MODES } from '../../features/pricing/price.ts';

const step = z.strictObject({
  name: z.enum(['unit', 'quantity', 'factor', 'add', 'estimate', 'hold', 'charge']),
  sum: z.string(),
  usd: z.nullable(z.number()).check(z.meta({ description: 'null: the step has no amount.' })),
});

export const trialView = z
  .union([
    z.strictObject({
      unit_usd: z.number(),
      charge: z.enum(CHARGE_MODES).check(
        z.meta({
          description:
            'What the charge of a success is based on. A range is always charged by the reported cost.',
        }),
      ),
      least_usd: z.number().check(
        z.meta({
          description: 'The lowest charge of a success. Equal to estimate_usd where the price is exact.',
        }),
      ),
      estimate_usd: z.number(),
      hold_usd: z
        .number()
        .check(z.meta({ description: 'The amount that a submit holds. No charge is higher.' })),
      steps: z
        .array(step)
        .check(z.meta({ description: 'The calculation, from the list price to the charge.' })),
    }),
    z.strictObject({ reason: z.string().check(z.meta({ description: 'Why no amount can be calculated.' })) }),
  ])
  .check(z.meta({ id: 'PriceTrial' }));

export type TrialView = z.infer<typeof trialView>;
