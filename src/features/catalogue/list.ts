// Pages of the catalogue: the operator sees every model, a customer those that are offered to them, with their prices.

import type { Runtime } from '../../runtime.ts';
import type { Principal } from '../keys/principal.ts';
import type { PricingRuntime } from '../pricing/memory.ts';
import type { Terms } from '../pricing/price.ts';
import { findTerms, findTermsOfEach } from '../pricing/terms.ts';
import type { CatalogueRuntime } from './memory.ts';
import type { Model } from './model.ts';
import { requireModel } from './offered.ts';
import {
  readCatalogue,
  readCategories,
  readModels,
  readUnknownIds,
  type CatalogueFilter,
  type ModelFilter,
} from './store.ts';

type Slice = { limit: number; offset: number };
type Searched = Pick<ModelFilter, 'search' | 'category' | 'kind'>;

/** A model with the terms on which this customer buys it. */
export type PricedModel = { model: Model; terms: Terms };

/** A page of the whole catalogue after the id `after`, ordered by id. */
export function listModels(
  deps: Runtime,
  filter: CatalogueFilter,
  page: { after: string; limit: number },
): Promise<Model[]> {
  return readCatalogue(deps.db, filter, page);
}

/** Those of these ids and prefixes that match no model of the catalogue. */
export function listUnknownIds(deps: Runtime, patterns: string[]): Promise<string[]> {
  return readUnknownIds(deps.db, patterns);
}

export async function listOfferedModels(
  deps: Runtime,
  principal: Principal,
  { slice, ...searched }: Searched & { slice: Slice },
): Promise<{ models: PricedModel[]; total: number }> {
  const filter = { ...searched, patterns: principal.models };
  const { models, total } = await readModels(deps.db, filter, slice);
  const ids = models.map(({ id }) => id);
  const termsOf = await findTermsOfEach(deps, principal, ids);
  return { models: models.map((model) => ({ model, terms: termsOf(model.id) })), total };
}

/** 404 or 403 as `requireModel`. */
export async function getOfferedModel(
  deps: CatalogueRuntime & PricingRuntime,
  principal: Principal,
  id: string,
): Promise<PricedModel> {
  const model = await requireModel(deps, principal, id);
  return { model, terms: await findTerms(deps, principal, model) };
}

/** The categories of the models that are offered to this customer. */
export function listCategories(deps: Runtime, principal: Principal): Promise<string[]> {
  return readCategories(deps.db, principal.models);
}
