// The fields that the operator sets on a model, by the names that `by_hand` keeps. Pure.

import type { JsonObject } from '../../lib/json.ts';
import type { Price } from '../pricing/price.ts';
import { MODEL_FIELDS, type Model, type ModelField } from './model.ts';

/** An absent member is left as it is; null removes it. */
export type ModelPatch = {
  display_name?: string | undefined;
  description?: string | undefined;
  categories?: string[] | undefined;
  input_schema?: JsonObject | undefined;
  price?: Price | null | undefined;
  charge?: Model['charge'] | undefined;
  validation?: Model['validation'] | undefined;
  media?: Model['media'] | undefined;
  alias_of?: string | null | undefined;
  offered?: boolean | undefined;
  by_hand?: ModelField[] | undefined;
};

/** RFC 7396 on the top level only: price, schema and categories are replaced whole. */
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
    // An id that becomes an alias is offered again.
    offered: patch.offered ?? (typeof patch.alias_of === 'string' || model.offered),
    byHand: patch.by_hand ?? byHandWith(model, patch),
  };
}

/**
 * The fields that the sync leaves alone from now on. A patch of `by_hand` returns fields to the sync. The sync does not
 * touch a model that the operator made, so it needs no such list.
 */
function byHandWith(model: Model, patch: ModelPatch): ModelField[] {
  if (model.source === 'operator') {
    return [];
  }
  return MODEL_FIELDS.filter((field) => model.byHand.includes(field) || patch[field] !== undefined);
}
