// What an input would cost by a price that is not set yet, for the operator who sets it. Nothing is written.

import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import { quote, type ChargeMode, type Price, type Quoting } from '../pricing/price.ts';
import { findModel } from './store.ts';

type Trial = {
  modelId: string;
  /** Null: the price that the model has. */
  price: Price | null;
  charge: ChargeMode | null;
  markupE4: number;
  input: Record<string, unknown>;
};

/** 404 without such a model. */
export async function tryPrice({ db }: Runtime, trial: Trial): Promise<Quoting> {
  const model = await findModel(db, trial.modelId);
  if (model === null) {
    throw new Problem('not_found', 'The catalogue has no such model.');
  }
  const price = trial.price ?? model.price;
  if (price === null) {
    return { kind: 'unpriced', reason: 'the model has no price' };
  }
  const terms = { markupE4: trial.markupE4, ownUnitMicros: null };
  const charge = trial.charge ?? model.charge;
  return quote({ price, charge, schema: model.inputSchema }, terms, trial.input);
}
