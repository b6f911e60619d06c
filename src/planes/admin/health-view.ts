// How the gateway does, as the operator sees it. The Worker imports the type alone.

import * as z from 'zod/mini';
import { ACCOUNT_STATES, ACCOUNT_STATUSES } from '../../features/accounts/account.ts';

const instant = z.nullable(z.string());
const concern = z.strictObject({
  code: z.string(),
  detail: z.string().check(z.meta({ description: 'What is wrong, and what to do.' })),
});

const account = z.strictObject({
  id: z.string(),
  label: z.string(),
  status: z.enum(ACCOUNT_STATUSES),
  takes_jobs: z.boolean(),
  why_not: z.nullable(z.string()),
  state: z.enum(ACCOUNT_STATES),
  since: instant,
  silent_since: instant.check(z.meta({ description: 'RunComfy has answered no submit since then.' })),
  balance_usd: z.nullable(z.number()).check(z.meta({ description: 'At RunComfy. null: not read yet.' })),
  balance_read_at: instant,
});

const heldBack = z.strictObject({
  customer: z.string(),
  unknown_in_a_row: z.int(),
  since: z.string(),
  next_submit: z.string(),
});

const openJobs = z.strictObject({
  state: z.string(),
  jobs: z.int(),
  held_usd: z.number(),
  oldest: z.string(),
});

const catalogue = z.strictObject({
  state: z.enum(['never synced', 'running', 'done', 'failed']),
  finished_at: instant,
  models: z.nullable(z.int()),
  held: z.int(),
  gone: z.int(),
  unpriced: z.int(),
  not_understood: z.int(),
});

const unsold = z.strictObject({
  model_id: z.string(),
  reason: z.string(),
  price: z
    .nullable(z.record(z.string(), z.unknown()))
    .check(z.meta({ description: 'A price to correct and to PATCH. null: the schema is the reason.' })),
});

const refused = z.strictObject({
  model_id: z.string(),
  input: z.nullable(z.string()),
  rule: z.string(),
  refused: z.int(),
});

const booked = z.strictObject({
  jobs: z.int(),
  charged_usd: z.number(),
  cost_usd: z.number(),
  loss_usd: z.number(),
  margin_usd: z.number(),
});

const latency = z
  .strictObject({ submits: z.int(), p50_ms: z.nullable(z.int()), p95_ms: z.nullable(z.int()) })
  .check(
    z.meta({
      description: 'From the arrival of a submit to its acceptance, since midnight UTC. null: no submit yet.',
    }),
  );

const losses = z.strictObject({
  days: z.int(),
  lost_jobs: z.int(),
  possible_usd: z.number(),
  cost_above_hold_usd: z.number(),
  cost_of_unsuccessful_usd: z.number(),
  flagged_jobs: z.int(),
});

export const healthView = z
  .strictObject({
    status: z
      .enum(['ok', 'attention', 'failing'])
      .check(
        z.meta({ description: 'failing: submits are refused or jobs do not end. The answer is then 503.' }),
      ),
    concerns: z.array(concern),
    version: z.string().check(z.meta({ description: "Cloudflare's id of the version that answers." })),
    submits: z.enum(['on', 'off']),
    cron_ran_at: instant,
    cron_left_jobs: z.nullable(z.int()).check(z.meta({ description: 'Due jobs that the last run left.' })),
    cron_used_up: z
      .nullable(z.string())
      .check(z.meta({ description: 'What the last run had no more of; null: it took all that was due.' })),
    oldest_due: instant,
    customers_held_back: z.array(heldBack),
    accounts: z.array(account),
    open_jobs: z.array(openJobs),
    catalogue,
    unsold_models: z.array(unsold),
    refused_inputs: z
      .array(refused)
      .check(
        z.meta({ description: 'In the last 24 hours, before RunComfy saw them; the most frequent first.' }),
      ),
    today: booked.check(z.meta({ description: 'Booked since midnight UTC.' })),
    submit_latency: latency,
    losses,
  })
  .check(z.meta({ id: 'Health' }));

export type HealthView = z.infer<typeof healthView>;
