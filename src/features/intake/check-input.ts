// Checks a customer's input before it may cost anything: reads it strictly, checks it against the model's schema, and
// prices it from the values that RunComfy will read. The bytes themselves are never changed.

import type { IntakeRuntime } from './memory.ts';
import { isJsonObject, parseStrictJson, unreadable, type JsonObject } from '../../lib/json.ts';
import { Problem } from '../../lib/problem.ts';
import type { InputError, Judge } from '../input-schema/judge.ts';
import { needsJudge, type Model } from '../catalogue/model.ts';
import { pricedInputs, quote, unreadInput, type Quote, type Quoting, type Terms } from '../pricing/price.ts';

/** An accepted input, with warnings about its values. */
export type Checked = { input: JsonObject; warnings: string[] };

/** Throws 400 for a body that is not JSON, and 422 for an input that the model does not accept. */
export async function checkInput(deps: IntakeRuntime, model: Model, body: Uint8Array): Promise<Checked> {
  const input = readInput(body);
  if (!needsJudge(model)) {
    return { input, warnings: [] };
  }
  const judge = await judgeOf(deps, model);
  if (model.validation === 'enforce') {
    refuseInput(judge.check(input));
    return { input, warnings: unknownIn(judge, input) };
  }
  const priced = model.price === null ? [] : pricedInputs(model.price);
  refuseInput(judge.check(input, new Set(priced)));
  if (model.validation === 'off') {
    return { input, warnings: [] };
  }
  const advice = judge.check(input).map(({ message }) => `${message} RunComfy may refuse it.`);
  return { input, warnings: [...advice, ...unknownIn(judge, input)] };
}

function unknownIn(judge: Judge, input: JsonObject): string[] {
  return judge.unknown(input).map((path) => `no input of this model: ${path}`);
}

/** Throws 422 if there are errors. */
export function refuseInput(errors: InputError[]): void {
  const [first] = errors;
  if (first !== undefined) {
    const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
    throw new Problem('invalid_input', `${first.message}${more}`, { errors });
  }
}

/** The quote for this input on these terms, or why there is none. */
export function quoteInput(model: Model, terms: Terms, input: JsonObject): Quoting {
  const { price, charge, inputSchema: schema } = model;
  if (price === null) {
    return { kind: 'unpriced', reason: 'the model has no price here' };
  }
  const unread = unreadInput(price, schema);
  return unread === null
    ? quote({ price, charge, schema }, terms, input)
    : { kind: 'unpriced', reason: `its price reads the input ${unread}, which the model does not have` };
}

/** The quote, or 503: a model without a price is not sold. */
export function requireQuote(quoting: Quoting): Quote {
  if (quoting.kind === 'unpriced') {
    throw new Problem('model_unpriced', `Not sold for now: ${quoting.reason}. Ask the operator.`);
  }
  return quoting;
}

function readInput(body: Uint8Array): JsonObject {
  const parsed = parseStrictJson(body);
  if (!parsed.ok) {
    throw unreadable(parsed);
  }
  if (!isJsonObject(parsed.value)) {
    throw new Problem('malformed_body', 'The body must be a JSON object: the inputs of the model by name.');
  }
  return parsed.value;
}

/**
 * Compiled once per schema hash and isolate; 503 for a schema that cannot be compiled. The validator is loaded with the
 * first input that needs it, because it takes a fifth of a cold start and polls do not need it.
 */
async function judgeOf(deps: IntakeRuntime, model: Model): Promise<Judge> {
  const nowMs = deps.clock.now();
  const remembered = deps.memory.judges.get(model.schemaHash, nowMs);
  if (remembered !== undefined) {
    return remembered;
  }
  const { compileJudge } = await import('../input-schema/judge.ts');
  const compiled = compileJudge(model.inputSchema);
  if (!compiled.ok) {
    deps.log.error('schema_unusable', { model: model.id, reason: compiled.reason });
    throw new Problem('model_unavailable', 'The schema of this model cannot be used. Ask the operator.');
  }
  deps.memory.judges.set(model.schemaHash, compiled.judge, nowMs);
  return compiled.judge;
}
