// The state of the catalogue sync as the operator sees it. Only Node imports it.

import * as z from 'zod/mini';
import { modelPriceView } from './price-view.ts';

const ids = z.array(z.string());
const listed = z.array(z.strictObject({ model_id: z.string(), reason: z.string() }));

export const syncReportView = z
  .strictObject({
    state: z.enum(['done', 'failed']),
    reason: z.optional(z.string()),
    started_at: z.string(),
    finished_at: z.string(),
    full: z.boolean(),
    models: z.int(),
    added: ids,
    changed: z.array(z.strictObject({ model_id: z.string(), fields: ids })),
    returned: ids,
    withdrawn: ids,
    missed: ids,
    held: z
      .array(
        z.strictObject({
          model_id: z.string(),
          price: z.nullable(modelPriceView),
          new_price: z.nullable(modelPriceView),
        }),
      )
      .check(z.meta({ description: 'Prices that changed too much. They wait for your decision.' })),
    gone: ids.check(
      z.meta({
        description:
          "Models missing from RunComfy's catalogue. Too many are missing to remove them without your decision.",
      }),
    ),
    kept: ids.check(
      z.meta({ description: 'Models that differ from RunComfy because the operator changed them.' }),
    ),
    unpriced: listed,
    not_understood: listed,
    notes: z.array(z.strictObject({ model_id: z.string(), notes: ids })),
  })
  .check(z.meta({ id: 'SyncReport' }));

export const syncView = z.strictObject({
  last: z.nullable(syncReportView),
  running: z.nullable(z.strictObject({ started_at: z.string(), models: z.int(), of: z.int() })),
  next_at: z.nullable(z.string()),
});
