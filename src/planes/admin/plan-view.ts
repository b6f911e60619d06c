// A plan, as the operator sees it. The Worker imports the type alone.

import * as z from 'zod/mini';
import { limitsView } from '../../http/limits-view.ts';

export const planView = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    limits: limitsView,
    markup: z.nullable(z.number()).check(z.meta({ description: 'null: the plan says nothing of it.' })),
    models: z.nullable(z.array(z.string())).check(z.meta({ description: 'null: all.' })),
    customers: z.int().check(z.meta({ description: 'How many are on it.' })),
    created_at: z.string(),
  })
  .check(z.meta({ id: 'Plan' }));

export type PlanView = z.infer<typeof planView>;
