// What the operator sets on a model, by the names that `by_hand` keeps. Pure.

import type { Price } from '../pricing/price.ts';
import { MODEL_FIELDS, type Model, type ModelField } from './model.ts';

/** Absent keeps; null removes. */
export type ModelPatch = {
  display_name?: string | undefined;
  description?: string | undefined;
  categories?: string[] | undefined;
  input_schema?: Record<string, unknown> | undefined;
  price?: Price | null | undefined;
  charge?: Model['charge'] | undefined;
  validation?: Model['validation'] | undefined;
  media?: Model['media'] | undefined;
  alias_of?: string | null | undefined;
  offered?: boolean | undefined;
  by_hand?: ModelField[] | undefined;
};

/** RFC 7396 on the top level; price, schema and categories are replaced whole. */
export function patched(model: Model, patch: ModelPatch): Model {
  return {
    ...model,
    displayName: patch.display_name ?? model.displayName,
    description: patch.description ?? model.description,
    categories: patch.categories ?? model.categories,
    inputSchema: patch.input_schema ?? model.inputSchema,
    price: patch.price === undefined ? model.price : patch.price,
    charge: patch.charge ?? model.charge,
    validation: patch.validation ?? model.validation,
    media: patch.media ?? model.media,
    aliasOf: patch.alias_of === undefined ? model.aliasOf : patch.alias_of,
    // An id that is given a model to lead to is alive again.
    offered: patch.offered ?? (typeof patch.alias_of === 'string' || model.offered),
    byHand: patch.by_hand ?? byHandWith(model, patch),
  };
}

/**
 * What is set by hand from now on: the sync leaves it alone. `by_hand` itself gives a field back to the sync, and a
 * model that the operator made is theirs as a whole.
 */
function byHandWith(model: Model, patch: ModelPatch): ModelField[] {
  if (model.source === 'operator') {
    return [];
  }
  return MODEL_FIELDS.filter((field) => model.byHand.includes(field) || patch[field] !== undefined);
}
