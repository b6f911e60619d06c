// The operator writes a whole model into the catalogue; it replaces any model of its id.

import type { Change } from '../audit/store.ts';
import { checkModel, type CheckedModel } from './check-model.ts';
import type { CatalogueRuntime } from './memory.ts';
import { blankModel } from './model.ts';
import type { ModelPatch } from './model-patch.ts';
import { findModel, writeModel } from './store.ts';

/** `isNew`: there was no model of this id. 422 as `checkModel`. */
export async function putModel(
  deps: CatalogueRuntime,
  id: string,
  { patch, change }: { patch: ModelPatch; change: Change },
): Promise<CheckedModel & { isNew: boolean }> {
  const isNew = (await findModel(deps.db, id)) === null;
  const checked = await checkModel(deps, blankModel(id), patch);
  await writeModel(deps.db, checked.model, change);
  deps.memory.models.delete(id);
  return { ...checked, isNew };
}
