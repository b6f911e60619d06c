// Checks and prices an input like a submit, and spends nothing. Media are not fetched.

import type { CatalogueRuntime } from '../catalogue/memory.ts';
import { requireModel } from '../catalogue/offered.ts';
import type { Principal } from '../keys/principal.ts';
import type { PricingRuntime } from '../pricing/memory.ts';
import type { Quoting } from '../pricing/price.ts';
import { findTerms } from '../pricing/terms.ts';
import { appraise } from './appraise.ts';
import type { IntakeRuntime } from './memory.ts';

export type Estimate = { modelId: string; quoting: Quoting; warnings: string[] };

/** Refuses what a submit refuses before it checks media and limits. A model without a price is an answer, not an error. */
export async function estimate(
  deps: CatalogueRuntime & PricingRuntime & IntakeRuntime,
  principal: Principal,
  { modelId, body }: { modelId: string; body: Uint8Array },
): Promise<Estimate> {
  const model = await requireModel(deps, principal, modelId);
  const terms = await findTerms(deps, principal, model);
  const { quoting, warnings } = await appraise(deps, { principal, model, terms }, body);
  return { modelId: model.id, quoting, warnings };
}
