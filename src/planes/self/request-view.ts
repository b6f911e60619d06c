// A job as its customer reads it in the books; on the wire it is a request. The Worker imports the type alone.

import * as z from 'zod/mini';
import { REQUEST_STATES } from './request-states.ts';

export const ownRequestView = z
  .strictObject({
    request_id: z.string(),
    state: z.enum(REQUEST_STATES).check(
      z.meta({
        description:
          'As last known here: in_queue is not yet taken by RunComfy, in_progress is. GET …/status asks RunComfy.',
      }),
    ),
    model_id: z.string(),
    end_user: z.nullable(z.string()),
    created_at: z.string(),
    ended_at: z.nullable(z.string()),
    hold_usd: z.number().check(z.meta({ description: 'What is held now; 0 once the job is settled.' })),
    charge_usd: z.nullable(z.number()).check(z.meta({ description: 'null: not settled.' })),
    adjusted_usd: z
      .number()
      .check(z.meta({ description: 'Given back of the charge since; negative: charged in addition.' })),
    explanation: z.string().check(z.meta({ description: 'Why that is held or charged, in a sentence.' })),
  })
  .check(z.meta({ id: 'OwnRequest' }));

export type OwnRequestView = z.infer<typeof ownRequestView>;
