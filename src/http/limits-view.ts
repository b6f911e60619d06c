// Limits in responses: only limits that are set, counts as integers, money in dollars.

import * as z from 'zod/mini';

export const limitsView = z.record(z.string(), z.number());

/** The usage of one limit. */
export const limitUsageView = z
  .strictObject({
    scope: z
      .string()
      .check(
        z.meta({ description: 'What the limit belongs to: customer, key or token; for an adjustment, job.' }),
      ),
    name: z.string(),
    max: z.number(),
    used: z.number(),
    left: z.number(),
    resets_at: z
      .optional(z.iso.datetime())
      .check(z.meta({ description: 'When the limit resets. Absent if it does not reset with time.' })),
  })
  .check(z.meta({ id: 'LimitUsage' }));
