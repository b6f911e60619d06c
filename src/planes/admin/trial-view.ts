// What an input would cost, as the operator tries a price. The Worker imports the type alone.

import * as z from 'zod/mini';
import { CHARGE_MODES } from '../../features/pricing/price.ts';

const step = z.strictObject({
  name: z.enum(['unit', 'quantity', 'factor', 'add', 'estimate', 'hold', 'charge']),
  sum: z.string(),
  usd: z.nullable(z.number()).check(z.meta({ description: 'null: the step is no amount.' })),
});

export const trialView = z
  .union([
    z.strictObject({
      unit_usd: z.number(),
      charge: z
        .enum(CHARGE_MODES)
        .check(z.meta({ description: 'What a success is charged by: a range always by the reported cost.' })),
      least_usd: z.number().check(
        z.meta({
          description: 'What a success is charged at the least; estimate_usd where that is certain.',
        }),
      ),
      estimate_usd: z.number(),
      hold_usd: z.number().check(z.meta({ description: 'What a submit reserves; no charge is more.' })),
      steps: z.array(step).check(z.meta({ description: 'From the list price to the charge.' })),
    }),
    z.strictObject({ reason: z.string().check(z.meta({ description: 'Why there is no amount.' })) }),
  ])
  .check(z.meta({ id: 'PriceTrial' }));

export type TrialView = z.infer<typeof trialView>;
