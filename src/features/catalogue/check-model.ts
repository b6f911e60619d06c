// A model is checked before it is written: what cannot be judged, priced or led to is refused.

import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import { compileJudge, MAX_SCHEMA_CHARS, type Compiled } from '../input-schema/judge.ts';
import { priceFaults } from '../pricing/price-faults.ts';
import { hashSchema } from '../input-schema/schema-hash.ts';
import { needsJudge, type Model } from './model.ts';
import { patched, type ModelPatch } from './model-patch.ts';
import { schemaNotes } from './schema-notes.ts';
import { findAlias, findModel } from './store.ts';

/** `notes`: what the checks of inputs will leave out. */
export type CheckedModel = { model: Model; notes: string[] };

/** The model with the patch, ready to be written; 422 for what cannot be sold so. */
export async function checkModel(deps: Runtime, from: Model, patch: ModelPatch): Promise<CheckedModel> {
  const model = patched(from, patch);
  const compiled = compileJudge(model.inputSchema);
  // What the sync has brought is no fault of a call that changes something else.
  if (patch.input_schema !== undefined || patch.validation !== undefined) {
    refuseUnjudgeable(model, compiled);
  }
  if (patch.input_schema !== undefined || patch.price !== undefined) {
    refuseFaultyPrice(model);
  }
  refuseIdleHoldFactor(model);
  await refuseBadAlias(deps, model);
  const schemaHash = await hashSchema(model.inputSchema);
  return { model: { ...model, schemaHash }, notes: schemaNotes(model.inputSchema, compiled) };
}

/** What is too large is refused in every mode: it would be read with each submit. */
function refuseUnjudgeable(model: Model, compiled: Compiled): void {
  const isTooLarge = JSON.stringify(model.inputSchema).length > MAX_SCHEMA_CHARS;
  if (!compiled.ok && (isTooLarge || needsJudge(model))) {
    throw new Problem('invalid_input', `input_schema cannot judge inputs: ${compiled.reason}`, {
      errors: [{ path: 'input_schema', rule: 'schema', message: compiled.reason }],
    });
  }
}

/** What can never price would refuse each submit, or sell it at less than it costs. */
function refuseFaultyPrice({ price, inputSchema }: Model): void {
  const errors = price === null ? [] : priceFaults(price, inputSchema);
  const [first] = errors;
  if (first !== undefined) {
    throw new Problem('invalid_input', `${first.path}: ${first.message}.`, { errors });
  }
}

/** Where the estimate is charged a hold above it would only be in the customer's way. */
function refuseIdleHoldFactor({ price, charge }: Model): void {
  if (charge === 'estimate' && price?.holdFactorE4 !== undefined) {
    throw new Problem('invalid_input', 'hold_factor goes with charge «cost» only.', {
      errors: [{ path: 'price.hold_factor', rule: 'charge', message: 'goes with charge «cost» only' }],
    });
  }
}

/** One step leads to the model, so an alias of an alias would lead nowhere. */
async function refuseBadAlias({ db }: Runtime, { id, aliasOf }: Model): Promise<void> {
  if (aliasOf === null) {
    return;
  }
  const target = aliasOf === id ? null : await findModel(db, aliasOf);
  const message =
    target === null
      ? `${aliasOf} is no other model here`
      : target.aliasOf === null
        ? await findAlias(db, id).then((alias) => alias && `${alias} is an alias of ${id} already`)
        : `${aliasOf} is itself an alias of ${target.aliasOf}`;
  if (message !== null) {
    throw new Problem('invalid_input', `alias_of: ${message}.`, {
      errors: [{ path: 'alias_of', rule: 'alias', message }],
    });
  }
}
