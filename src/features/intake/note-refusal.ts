// What inputs are refused for, so that the operator can loosen a rule which RunComfy itself does not hold: in the log, and
// counted. A refusal writes nothing: counts wait in the isolate for a later submit, so a flood of them is one write in some
// seconds. What an isolate that dies has not booked is lost; a rule that refuses many shows all the same.

import { isJsonObject } from '../../lib/json.ts';
import { Problem } from '../../lib/problem.ts';
import type { Model } from '../catalogue/model.ts';
import type { IntakeRuntime } from './memory.ts';
import { addRefusals } from './refusal-store.ts';

const WAIT_MS = 10_000;
/** Schemas are finite, and so are their rules; a flood over many models is cut here. */
const MAX_COUNTED = 500;

/** Notes the first rule that the input of a submit breaks; each other error is none of it. */
export function noteRefusal(deps: IntakeRuntime, model: Model, error: unknown): void {
  const [first] = (error instanceof Problem ? error.extra.errors : undefined) ?? [];
  if (first === undefined) {
    return;
  }
  const { path, rule } = first;
  const { id: modelId, validation, media } = model;
  const input = inputOf(model, path);
  deps.log.info('input_refused', { model: modelId, input, rule, validation, media });
  const { refusals } = deps.memory;
  const name = JSON.stringify([modelId, input, rule]);
  const counted = refusals.get(name);
  if (counted !== undefined) {
    counted.refused += 1;
  } else if (refusals.size < MAX_COUNTED) {
    refusals.set(name, { modelId, input, rule, refused: 1, sinceMs: deps.clock.now() });
  }
}

/** The name of the schema's own input, not of what a customer made up. */
function inputOf({ inputSchema: { properties } }: Model, path: string): string {
  const names = Object.keys(isJsonObject(properties) ? properties : {});
  return (
    names.find((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`)) ?? ''
  );
}

/** Books what has waited long enough, behind the answer of a later submit. */
export function keepRefusals({ clock, db, memory, after }: IntakeRuntime): void {
  const refusals = [...memory.refusals.values()];
  const [oldest] = refusals;
  const nowMs = clock.now();
  if (oldest !== undefined && nowMs - oldest.sinceMs >= WAIT_MS) {
    memory.refusals.clear();
    after(addRefusals(db, refusals, nowMs));
  }
}
