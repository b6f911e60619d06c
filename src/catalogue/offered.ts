// The model behind an id, if the operator offers it and this key may use it. Remembered for seconds, so that a
// submit asks no store.

import type { Deps } from '../deps.ts';
import { mayUse, type Principal } from '../keys/principal.ts';
import { Problem } from '../lib/problem.ts';
import { isModelId, type Model } from './model.ts';
import { findModel } from './store.ts';

/** The model, or 404 (malformed, unknown and withdrawn are one answer), or 403 for a key that may not use it. */
export async function requireModel(deps: Deps, principal: Principal, id: string): Promise<Model> {
  const model = isModelId(id) ? await find(deps, id) : null;
  if (model === null || !model.offered) {
    throw new Problem(
      'unknown_model',
      'There is no such model, or it is not offered here. GET /v1/models lists all.',
    );
  }
  if (!mayUse(principal, model.id)) {
    throw new Problem('model_not_allowed', `This key may not use ${model.id}.`);
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
