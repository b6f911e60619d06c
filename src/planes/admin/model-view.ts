// A model of the catalogue, as the operator sees it. The Worker imports the types alone.

import * as z from 'zod/mini';
import { MODEL_SOURCES, VALIDATION_MODES } from '../../features/catalogue/model.ts';
import { CHARGE_MODES } from '../../features/pricing/price.ts';
import { modelPriceView } from './price-view.ts';

const mode = z.enum(VALIDATION_MODES);

const members = {
  id: z.string(),
  display_name: z.string(),
  description: z.string(),
  categories: z.array(z.string()),
  kind: z.string(),
  input_schema: z.record(z.string(), z.unknown()),
  price: z.nullable(modelPriceView).check(z.meta({ description: 'null: unpriced, so not sold.' })),
  charge: z.enum(CHARGE_MODES),
  validation: mode,
  media: mode,
  alias_of: z.nullable(z.string()),
  offered: z.boolean(),
  source: z.enum(MODEL_SOURCES),
  by_hand: z
    .array(z.string())
    .check(
      z.meta({ description: 'What the operator set and the sync of the catalogue therefore leaves alone.' }),
    ),
  pricing_note: z.string(),
  model_url: z.string(),
};

export const modelView = z.strictObject(members).check(z.meta({ id: 'Model' }));

/** The answer to a change: `notes` names what the checks of inputs leave out. */
export const changedModelView = z.strictObject({ ...members, notes: z.array(z.string()) });

export type ModelView = z.infer<typeof modelView>;
export type ChangedModelView = z.infer<typeof changedModelView>;
