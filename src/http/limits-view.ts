// Limits as every answer shows them: the ones that are set, counts as they are, money in dollars.

import * as z from 'zod/mini';

export const limitsView = z.record(z.string(), z.number());

/** How much of one limit is used. */
export const limitUsageView = z
  .strictObject({
    scope: z
      .string()
      .check(z.meta({ description: 'Whose limit it is: customer, key, token; of an adjustment, job.' })),
    name: z.string(),
    max: z.number(),
    used: z.number(),
    left: z.number(),
    resets_at: z
      .optional(z.iso.datetime())
      .check(z.meta({ description: 'When there is room again; absent where time alone does not help.' })),
  })
  .check(z.meta({ id: 'LimitUsage' }));
