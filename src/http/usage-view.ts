// The parts that usage reports of both planes share. The Worker imports only the types.

import * as z from 'zod/mini';

/** Dollars as an exact decimal of any size; a double would round it. */
export const exactUsd = z.custom<RawJson>().check(z.meta({ type: 'number' }));

const groupCells = {
  customer: z.optional(z.string()),
  key: z.optional(z.string()),
  model_id: z.optional(z.string()),
  day: z.optional(z.string()),
  end_user: z
    .optional(z.string())
    .check(z.meta({ description: 'Rows grouped by end user omit jobs without an end user.' })),
};

/** `columns`: the figures that the plane shows for each group. */
export function usageView<C extends z.core.$ZodShape>(columns: C) {
  return z.strictObject({
    from: z.string().check(z.meta({ description: 'Bookings from `from` (inclusive) to `to` (exclusive).' })),
    to: z.string().check(z.meta({ description: 'The end of the period (exclusive).' })),
    items: z.array(z.strictObject({ ...groupCells, ...columns })),
    total: z.strictObject(columns),
    open: z
      .strictObject({ jobs: z.int(), held_usd: exactUsd })
      .check(z.meta({ description: 'Open holds now, independent of the period.' })),
  });
}
