// The operator changes a model.

import { Problem } from '../../lib/problem.ts';
import type { Change } from '../audit/store.ts';
import { checkModel, type CheckedModel } from './check-model.ts';
import type { CatalogueRuntime } from './memory.ts';
import type { ModelPatch } from './model-patch.ts';
import { findModel, writeModel } from './store.ts';

const TRIES = 3;

/** 404 without such a model, 409 while other changes keep coming between, 422 as `checkModel`. */
export async function patchModel(
  deps: CatalogueRuntime,
  id: string,
  { patch, change }: { patch: ModelPatch; change: Change },
): Promise<CheckedModel> {
  // If another change comes between the read and the write, both are repeated.
  for (let tries = 0; tries < TRIES; tries += 1) {
    const model = await findModel(deps.db, id);
    if (model === null) {
      throw new Problem('not_found', `There is no model ${id}. PUT makes one.`);
    }
    const checked = await checkModel(deps, model, patch);
    const isWritten = await writeModel(deps.db, checked.model, change);
    deps.memory.models.delete(id);
    if (isWritten) {
      return checked;
    }
  }
  throw new Problem('conflict', `The model ${id} is being changed by others. Try again.`);
}
