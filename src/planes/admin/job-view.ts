// A job, as the operator sees it: upstream ids, cost and all. The Worker imports the types alone.

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
    .check(z.meta({ description: 'The call that submitted the job, as its answer and the log name it.' })),
  price: z
    .nullable(jobPriceView)
    .check(z.meta({ description: 'The price as it stood when the job was admitted.' })),
  markup: z.number(),
  unit_usd: z.number(),
  charge: z.enum(CHARGE_MODES),
  estimate_usd: z.number(),
  hold_usd: z.number(),
  charge_usd: z.nullable(z.number()).check(z.meta({ description: 'null: not settled.' })),
  cost_usd: z.nullable(z.number()).check(z.meta({ description: 'What RunComfy said that the job cost.' })),
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
    result: result.check(z.meta({ description: 'As RunComfy answered it, if it was small enough to keep.' })),
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
      .check(z.meta({ description: 'What happened, in its order; …_upstream as RunComfy says it.' })),
    arithmetic: z
      .array(
        z.strictObject({
          name: z.enum(['unit', 'estimate', 'hold', 'charge']),
          sum: z.string(),
          usd: z.number(),
        }),
      )
      .check(z.meta({ description: 'From the list price to the charge.' })),
    charge_reason: z.string(),
    ledger: z
      .array(
        z.strictObject({
          kind: z.enum(['hold', 'charge', 'release']),
          amount_usd: z.number(),
          at: z.string(),
        }),
      )
      .check(z.meta({ description: 'The rows of the ledger, but for adjustments.' })),
    adjusted_usd: z.number(),
    adjustments: z.array(creditView),
  })
  .check(z.meta({ id: 'WholeJob' }));

export const resolvedRangeView = z.strictObject({ resolved: z.int(), has_more: z.boolean() });

export type JobView = z.infer<typeof jobView>;
export type ResolvedJobView = z.infer<typeof resolvedJobView>;
export type WholeJobView = z.infer<typeof wholeJobView>;
export type ResolvedRangeView = z.infer<typeof resolvedRangeView>;
