// A plan as the operator sees it. The Worker imports only the type.

import * as z from 'zod/mini';
import { limitsView } from '../../http/limits-view.ts';

export const planView = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    limits: limitsView,
    markup: z.nullable(z.number()).check(z.meta({ description: 'null: the plan does not set a mark-up.' })),
    models: z.nullable(z.array(z.string())).check(z.meta({ description: 'null: every model.' })),
    customers: z.int().check(z.meta({ description: 'How many customers have this plan.' })),
    created_at: z.string(),
  })
  .check(z.meta({ id: 'Plan' }));

export type PlanView = z.infer<typeof planView>;
