// What an input would cost, as the operator tries a price. The Worker imports the type alone.

import * as z from 'zod/mini';

export const trialView = z
  .union([
    z.strictObject({
      unit_usd: z.number(),
      least_usd: z.number().check(z.meta({ description: 'Less than estimate_usd where RunComfy decides.' })),
      estimate_usd: z.number(),
      hold_usd: z.number().check(z.meta({ description: 'What a submit reserves; no charge is more.' })),
    }),
    z.strictObject({ reason: z.string().check(z.meta({ description: 'Why there is no amount.' })) }),
  ])
  .check(z.meta({ id: 'PriceTrial' }));

export type TrialView = z.infer<typeof trialView>;
