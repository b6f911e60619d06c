// Logs and counts the rules that refuse inputs, so that the operator can loosen a rule that RunComfy does not enforce. A
// refusal writes nothing to D1: counts wait in the isolate for a later submit, so a flood of refusals is one write in some
// seconds. The counts of an isolate that dies are lost, but a rule that refuses many inputs still shows.

import { isJsonObject } from '../../lib/json.ts';
import { Problem } from '../../lib/problem.ts';
import type { Model } from '../catalogue/model.ts';
import type { IntakeRuntime } from './memory.ts';
import { addRefusals } from './refusal-store.ts';

const WAIT_MS = 10_000;
/** Limits a flood over many models; each schema has a finite number of rules. */
const MAX_COUNTED = 500;

/** Counts the first rule that the input of a submit breaks. Errors about something else are not counted. */
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

/** The name of an input of the schema; '' for a name that the customer made up. */
function inputOf({ inputSchema: { properties } }: Model, path: string): string {
  const names = Object.keys(isJsonObject(properties) ? properties : {});
  return (
    names.find((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`)) ?? ''
  );
}

/** Stores counts that have waited long enough, after the answer of a later submit. */
export function keepRefusals({ clock, db, memory, after }: IntakeRuntime): void {
  const refusals = [...memory.refusals.values()];
  const [oldest] = refusals;
  const nowMs = clock.now();
  if (oldest !== undefined && nowMs - oldest.sinceMs >= WAIT_MS) {
    memory.refusals.clear();
    after(addRefusals(db, refusals, nowMs));
  }
}
