// A job with its money, as its customer sees it. The Worker imports only the type.

import * as z from 'zod/mini';
import { REQUEST_STATES } from './request-states.ts';

export const ownRequestView = z
  .strictObject({
    request_id: z.string(),
    state: z.enum(REQUEST_STATES).check(
      z.meta({
        description:
          'The last known state. in_queue: RunComfy has not accepted the job yet. in_progress: it has. GET …/status asks RunComfy.',
      }),
    ),
    model_id: z.string(),
    end_user: z.nullable(z.string()),
    created_at: z.string(),
    ended_at: z.nullable(z.string()),
    hold_usd: z.number().check(z.meta({ description: 'The amount held now. 0 after the job is settled.' })),
    charge_usd: z.nullable(z.number()).check(z.meta({ description: 'null: the job is not settled yet.' })),
    adjusted_usd: z
      .number()
      .check(
        z.meta({ description: 'Refunded since the charge. A negative amount was charged in addition.' }),
      ),
    explanation: z
      .string()
      .check(z.meta({ description: 'Why this amount is held or charged, in one sentence.' })),
  })
  .check(z.meta({ id: 'OwnRequest' }));

export type OwnRequestView = z.infer<typeof ownRequestView>;
