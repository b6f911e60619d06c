// What inputs are refused for, so that the operator can loosen a rule which RunComfy itself does not hold: in the log, and
// counted. Counts wait some seconds in the isolate, so that a flood of refusals is one write; those of an isolate that
// dies meanwhile are lost, which costs nobody anything.

import { isJsonObject } from '../../lib/json.ts';
import { Problem } from '../../lib/problem.ts';
import type { Model } from '../catalogue/model.ts';
import type { IntakeRuntime } from './memory.ts';
import { addRefusals } from './refusal-store.ts';

const WAIT_MS = 5_000;
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
    refusals.set(name, { modelId, input, rule, refused: 1 });
  }
  if (refusals.size === 1 && counted === undefined) {
    deps.after(keep(deps));
  }
}

/** The name of the schema's own input, not of what a customer made up. */
function inputOf({ inputSchema: { properties } }: Model, path: string): string {
  const names = Object.keys(isJsonObject(properties) ? properties : {});
  return (
    names.find((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`)) ?? ''
  );
}

async function keep({ clock, db, memory }: IntakeRuntime): Promise<void> {
  await clock.sleep(WAIT_MS);
  const refusals = [...memory.refusals.values()];
  memory.refusals.clear();
  await addRefusals(db, refusals, clock.now());
}
