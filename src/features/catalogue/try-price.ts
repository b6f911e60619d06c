// Prices an input for the operator, at the model's price or at one that is not set yet. Writes nothing.

import type { JsonObject } from '../../lib/json.ts';
import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import { getCustomer } from '../customers/read.ts';
import { stepsOf, type PriceStep } from '../pricing/price-steps.ts';
import { partsOf, quoteOf, type ChargeMode, type Price, type Quote, type Terms } from '../pricing/price.ts';
import { findTermsOfEach } from '../pricing/terms.ts';
import { findModel } from './store.ts';

type Trial = {
  modelId: string;
  /** Null: the model's own. */
  price: Price | null;
  charge: ChargeMode | null;
  /** Null: the customer's, or 1 without a customer. */
  markupE4: number | null;
  /** Null: no customer's terms. */
  customer: string | null;
  input: JsonObject;
};

export type Tried =
  | { kind: 'unpriced'; reason: string }
  | { kind: 'priced'; quote: Quote; steps: PriceStep[] };

/** 404 without such a model or customer. */
export async function tryPrice(deps: Runtime, trial: Trial): Promise<Tried> {
  const asked = await findModel(deps.db, trial.modelId);
  const model = typeof asked?.aliasOf === 'string' ? await findModel(deps.db, asked.aliasOf) : asked;
  if (model === null) {
    throw new Problem('not_found', 'The catalogue has no such model.');
  }
  const price = trial.price ?? model.price;
  if (price === null) {
    return { kind: 'unpriced', reason: 'the model has no price' };
  }
  const terms = await termsOf(deps, trial, model.id);
  const sold = { price, charge: trial.charge ?? model.charge, schema: model.inputSchema };
  const parts = partsOf(sold, terms, trial.input);
  if (typeof parts === 'string') {
    return { kind: 'unpriced', reason: parts };
  }
  const quoting = quoteOf(sold, terms, parts);
  return quoting.kind === 'unpriced'
    ? quoting
    : { kind: 'priced', quote: quoting, steps: stepsOf(quoting, parts) };
}

/** The terms of the customer, if one is named; a mark-up that is named replaces theirs. */
async function termsOf(
  deps: Runtime,
  { customer: id, markupE4, modelId }: Trial,
  upstreamId: string,
): Promise<Terms> {
  if (id === null) {
    return { markupE4: markupE4 ?? 10_000, ownUnitMicros: null };
  }
  const customer = await getCustomer(deps, id);
  const buyer = { customerId: customer.id, markupE4: markupE4 ?? customer.markupE4 };
  const own = await findTermsOfEach(deps, buyer, [modelId, upstreamId]);
  return own(modelId).ownUnitMicros === null ? own(upstreamId) : own(modelId);
}
