// A job as the operator sees it, with upstream ids and cost. The Worker imports only the types.

import * as z from 'zod/mini';
import { JOB_STATES } from '../../features/jobs/job.ts';
import { CHARGE_MODES } from '../../features/pricing/price.ts';
import { creditView } from './credit-view.ts';
import { jobPriceView } from './price-view.ts';

const members = {
  id: z.string(),
  customer: z.string(),
  key: z.string(),
  token: z.nullable(z.string()),
  end_user: z.nullable(z.string()),
  model_id: z.string(),
  account: z.string(),
  state: z.enum(JOB_STATES),
  reason: z.nullable(z.string()).check(z.meta({ description: 'Why the job did not succeed.' })),
  upstream_id: z.nullable(z.string()),
  trace_id: z
    .nullable(z.string())
    .check(z.meta({ description: 'The trace id of the submit, as in its response and in the log.' })),
  price: z.nullable(jobPriceView).check(z.meta({ description: 'The price when the job was submitted.' })),
  markup: z.number(),
  unit_usd: z.number(),
  charge: z.enum(CHARGE_MODES),
  estimate_usd: z.number(),
  hold_usd: z.number(),
  charge_usd: z.nullable(z.number()).check(z.meta({ description: 'null: the job is not settled yet.' })),
  cost_usd: z.nullable(z.number()).check(z.meta({ description: 'The cost that RunComfy reported.' })),
  cost_flag: z.nullable(z.enum(['missing', 'invalid'])),
  created_at: z.string(),
  ended_at: z.nullable(z.string()),
  settled_at: z.nullable(z.string()),
};

const result = z.nullable(
  z.strictObject({
    status: z.string(),
    output: z.optional(z.unknown()),
    error: z.optional(z.unknown()),
    input: z.optional(z.unknown()),
    model_id: z.optional(z.string()),
    created_at: z.optional(z.string()),
    finished_at: z.optional(z.string()),
  }),
);

export const jobView = z.strictObject(members).check(z.meta({ id: 'Job' }));

export const resolvedJobView = z.strictObject({ ...members, result });

export const wholeJobView = z
  .strictObject({
    ...members,
    result: result.check(z.meta({ description: "RunComfy's result, if it was small enough to store." })),
    timeline: z
      .array(
        z.strictObject({
          what: z.enum([
            'reserved',
            'created_upstream',
            'finished_upstream',
            'ended',
            'cost_known',
            'settled',
          ]),
          at: z.string(),
        }),
      )
      .check(z.meta({ description: 'Events in order. Names that end in _upstream come from RunComfy.' })),
    arithmetic: z
      .array(
        z.strictObject({
          name: z.enum(['unit', 'estimate', 'hold', 'charge']),
          sum: z.string(),
          usd: z.number(),
        }),
      )
      .check(z.meta({ description: 'The calculation, from the list price to the charge.' })),
    charge_reason: z.string(),
    ledger: z
      .array(
        z.strictObject({
          kind: z.enum(['hold', 'charge', 'release']),
          amount_usd: z.number(),
          at: z.string(),
        }),
      )
      .check(z.meta({ description: 'The ledger entries, without adjustments.' })),
    adjusted_usd: z.number(),
    adjustments: z.array(creditView),
  })
  .check(z.meta({ id: 'WholeJob' }));

export const resolvedRangeView = z.strictObject({ resolved: z.int(), has_more: z.boolean() });

export type JobView = z.infer<typeof jobView>;
export type ResolvedJobView = z.infer<typeof resolvedJobView>;
export type WholeJobView = z.infer<typeof wholeJobView>;
export type ResolvedRangeView = z.infer<typeof resolvedRangeView>;
