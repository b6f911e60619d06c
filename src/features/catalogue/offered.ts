// Finds the model of an id or an alias, if the operator offers it and this key may use it. It is remembered for seconds,
// so that a submit reads no store.

import type { CatalogueRuntime } from './memory.ts';
import { mayUse, type Principal } from '../keys/principal.ts';
import { Problem } from '../../lib/problem.ts';
import type { Model, Offer } from './model.ts';
import { isModelId } from '../runcomfy/model-id.ts';
import { findModel } from './store.ts';

/** 404 for a malformed, unknown or withdrawn id, all with the same answer; 403 for a key that may not use the model. */
export async function requireModel(deps: CatalogueRuntime, principal: Principal, id: string): Promise<Offer> {
  const offer = isModelId(id) ? await findOffer(deps, id) : null;
  if (offer === null) {
    throw new Problem(
      'unknown_model',
      'There is no such model, or it is not offered here. GET /v1/models lists all.',
    );
  }
  if (!mayUse(principal, id) && !mayUse(principal, offer.upstreamId)) {
    throw new Problem('model_not_allowed', `This key may not use ${id}.`);
  }
  return offer;
}

/** An alias is resolved in one step, and takes everything but its id from the model. */
async function findOffer(deps: CatalogueRuntime, id: string): Promise<Offer | null> {
  const asked = await find(deps, id);
  if (asked === null || !asked.offered) {
    return null;
  }
  if (asked.aliasOf === null) {
    return asked;
  }
  const model = await find(deps, asked.aliasOf);
  return model === null || !model.offered || model.aliasOf !== null ? null : { ...model, id };
}

/** The row of this id, which may be an alias. */
async function find(deps: CatalogueRuntime, id: string): Promise<Offer | null> {
  const nowMs = deps.clock.now();
  const remembered = deps.memory.models.get(id, nowMs);
  if (remembered !== undefined) {
    return remembered;
  }
  const model = await findModel(deps.db, id);
  if (model === null) {
    return null;
  }
  return rememberModel(deps, model, nowMs);
}

/** `readAtMs`: when the read was started. */
export function rememberModel(deps: CatalogueRuntime, model: Model, readAtMs: number): Offer {
  const offer = { ...model, upstreamId: model.id };
  deps.memory.models.set(model.id, offer, readAtMs);
  return offer;
}
