// The progress of a walk through RunComfy's catalogue, as it is stored between its pages. Pure.

import * as z from 'zod/mini';

const ids = z.array(z.string());

/** Each change is counted once, with the page that it was found on. */
export const progressShape = z.object({
  startedAtMs: z.number(),
  /** Of the next page. */
  offset: z.number(),
  /** The largest number of models that RunComfy reported. */
  total: z.number(),
  pages: z.number(),
  /** The ids that RunComfy still lists. */
  seen: ids,
  accepted: z.union([z.enum(['all']), ids]),
  actor: z.string(),
  traceId: z.string(),
  added: ids,
  changed: z.array(z.object({ model_id: z.string(), fields: ids })),
  returned: ids,
  kept: ids,
  /** Entries without a usable id or schema. */
  leftOut: z.array(z.object({ model_id: z.string(), reason: z.string() })),
});

export type Progress = z.output<typeof progressShape>;
