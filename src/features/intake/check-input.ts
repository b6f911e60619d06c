// A customer's payload before it may cost anything: read strictly, judged by the model's schema, priced from what
// RunComfy will read. The bytes themselves are never changed.

import type { IntakeRuntime } from './memory.ts';
import { isJsonObject, parseStrictJson, unreadable } from '../../lib/json.ts';
import { Problem } from '../../lib/problem.ts';
import type { InputError, Judge } from '../input-schema/judge.ts';
import { needsJudge, type Model } from '../catalogue/model.ts';
import { pricedInputs, quote, unreadInput, type Quote, type Quoting, type Terms } from '../pricing/price.ts';

/** The inputs of a payload, and what is odd about them without being refused. */
export type Checked = { input: Record<string, unknown>; warnings: string[] };

/** The inputs in a payload that this model accepts; throws 400 or 422 and costs nothing. */
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

function unknownIn(judge: Judge, input: Record<string, unknown>): string[] {
  return judge.unknown(input).map((path) => `no input of this model: ${path}`);
}

/** Throws 422 if there is anything to refuse. */
export function refuseInput(errors: InputError[]): void {
  const [first] = errors;
  if (first !== undefined) {
    const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
    throw new Problem('invalid_input', `${first.message}${more}`, { errors });
  }
}

/** What these inputs cost on these terms, if that can be told. */
export function quoteInput(model: Model, terms: Terms, input: Record<string, unknown>): Quoting {
  const { price, charge, inputSchema: schema } = model;
  if (price === null) {
    return { kind: 'unpriced', reason: 'the model has no price here' };
  }
  const unread = unreadInput(price, schema);
  return unread === null
    ? quote({ price, charge, schema }, terms, input)
    : { kind: 'unpriced', reason: `its price reads ${unread}, which is no input of it` };
}

/** The quote, or 503: what has no price is sold to nobody. */
export function requireQuote(quoting: Quoting): Quote {
  if (quoting.kind === 'unpriced') {
    throw new Problem('model_unpriced', `Not sold for now: ${quoting.reason}. Ask the operator.`);
  }
  return quoting;
}

function readInput(body: Uint8Array): Record<string, unknown> {
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
 * Compiled once per schema hash and isolate. A schema that cannot judge refuses the model. The validator is loaded with
 * the first input that needs it: it is a fifth of a cold start, and polls do without it.
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
