// The model behind an id, if the operator offers it. Remembered for seconds, so that a submit asks no store.

import type { Deps } from '../deps.ts';
import { Problem } from '../lib/problem.ts';
import { isModelId, type Model } from './model.ts';
import { findModel } from './store.ts';

/** The offered model, or 404: malformed, unknown and withdrawn are one answer. */
export async function findOffered(deps: Deps, id: string): Promise<Model> {
  const model = isModelId(id) ? await find(deps, id) : null;
  if (model === null || !model.offered) {
    throw new Problem(
      'unknown_model',
      'There is no such model, or it is not offered here. GET /v1/models lists all.',
    );
  }
  return model;
}

async function find(deps: Deps, id: string): Promise<Model | null> {
  const nowMs = deps.clock.now();
  const remembered = deps.memory.models.get(id, nowMs);
  if (remembered !== undefined) {
    return remembered;
  }
  const model = await findModel(deps.db, id);
  if (model !== null) {
    deps.memory.models.set(id, model, nowMs);
  }
  return model;
}
