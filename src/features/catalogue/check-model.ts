// Checks a model before it is written: its schema, its price and its alias have to work.

import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import { compileJudge, MAX_SCHEMA_CHARS, type Compiled } from '../input-schema/judge.ts';
import { priceFaults } from '../pricing/price-faults.ts';
import { hashSchema } from '../input-schema/schema-hash.ts';
import { needsJudge, type Model } from './model.ts';
import { patched, type ModelPatch } from './model-patch.ts';
import { schemaNotes } from './schema-notes.ts';
import { findAlias, findModel } from './store.ts';

/** `notes`: rules of the schema that are not enforced. */
export type CheckedModel = { model: Model; notes: string[] };

/** The model with the patch, ready to be written; 422 if it could not be sold. */
export async function checkModel(deps: Runtime, from: Model, patch: ModelPatch): Promise<CheckedModel> {
  const model = patched(from, patch);
  const compiled = compileJudge(model.inputSchema);
  // A call that changes something else is not refused over a schema that the sync brought.
  if (patch.input_schema !== undefined || patch.validation !== undefined) {
    refuseUnusableSchema(model, compiled);
  }
  if (patch.input_schema !== undefined || patch.price !== undefined) {
    refuseFaultyPrice(model);
  }
  refuseUselessHoldFactor(model);
  await refuseBadAlias(deps, model);
  const schemaHash = await hashSchema(model.inputSchema);
  return { model: { ...model, schemaHash }, notes: schemaNotes(model.inputSchema, compiled) };
}

/** A schema that is too large is refused in every mode, because each submit reads it. */
function refuseUnusableSchema(model: Model, compiled: Compiled): void {
  const isTooLarge = JSON.stringify(model.inputSchema).length > MAX_SCHEMA_CHARS;
  if (!compiled.ok && (isTooLarge || needsJudge(model))) {
    throw new Problem('invalid_input', `input_schema cannot judge inputs: ${compiled.reason}`, {
      errors: [{ path: 'input_schema', rule: 'schema', message: compiled.reason }],
    });
  }
}

/** A price that cannot work would refuse every submit, or sell it for less than it costs. */
function refuseFaultyPrice({ price, inputSchema }: Model): void {
  const errors = price === null ? [] : priceFaults(price, inputSchema);
  const [first] = errors;
  if (first !== undefined) {
    throw new Problem('invalid_input', `${first.path}: ${first.message}.`, { errors });
  }
}

/** A hold above the estimate only reduces what the customer can spend if the estimate is charged anyway. */
function refuseUselessHoldFactor({ price, charge }: Model): void {
  if (charge === 'estimate' && price?.holdFactorE4 !== undefined) {
    throw new Problem('invalid_input', 'hold_factor needs charge "cost".', {
      errors: [{ path: 'price.hold_factor', rule: 'charge', message: 'needs charge "cost"' }],
    });
  }
}

/** An alias is resolved in one step, so an alias of an alias is refused. */
async function refuseBadAlias({ db }: Runtime, { id, aliasOf }: Model): Promise<void> {
  if (aliasOf === null) {
    return;
  }
  const target = aliasOf === id ? null : await findModel(db, aliasOf);
  const message =
    target === null
      ? `the catalogue has no other model ${aliasOf}`
      : target.aliasOf === null
        ? await findAlias(db, id).then((alias) => alias && `${alias} is already an alias of ${id}`)
        : `${aliasOf} is itself an alias of ${target.aliasOf}`;
  if (message !== null) {
    throw new Problem('invalid_input', `alias_of: ${message}.`, {
      errors: [{ path: 'alias_of', rule: 'alias', message }],
    });
  }
}
