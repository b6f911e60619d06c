// A model of the catalogue as the operator sees it. The Worker imports only the types.

import * as z from 'zod/mini';
import { modelPriceView } from './price-view.ts';

const mode = z.enum(['enforce', 'advise', 'off']);

const members = {
  id: z.string(),
  display_name: z.string(),
  description: z.string(),
  categories: z.array(z.string()),
  kind: z.string(),
  input_schema: z.record(z.string(), z.unknown()),
  price: z
    .nullable(modelPriceView)
    .check(z.meta({ description: 'null: the model has no price and cannot be used.' })),
  charge: z.enum(['estimate', 'cost']),
  validation: mode,
  media: mode,
  alias_of: z.nullable(z.string()),
  offered: z.boolean(),
  source: z.enum(['builtin', 'operator', 'sync']),
  by_hand: z
    .array(z.string())
    .check(
      z.meta({ description: 'Members that the operator set. The catalogue sync does not change them.' }),
    ),
  pricing_note: z.string(),
  model_url: z.string(),
};

export const modelView = z.strictObject(members).check(z.meta({ id: 'Model' }));

/** The response to a change. `notes` lists schema keywords that input checks ignore. */
export const changedModelView = z.strictObject({ ...members, notes: z.array(z.string()) });

export type ModelView = z.infer<typeof modelView>;
export type ChangedModelView = z.infer<typeof changedModelView>;
