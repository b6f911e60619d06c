// unevaluatedProperties and unevaluatedItems: rules for members and items that no other keyword has evaluated.

import { isJsonObject } from '../../lib/json.ts';
import type { Step } from '../../lib/member-path.ts';
import { namesOf } from '../../lib/names-of.ts';
import type { Effort } from './effort.ts';
import type { Schema } from './keyword-shapes.ts';
import { broken, isDone, type Check, type Compile, type Evaluated, type Run } from './run.ts';

/** Steps to list a member or an item and to look it up among the evaluated ones. */
const LOOKUP_STEPS = 2;

export function newEvaluated(): Evaluated {
  return { steps: new Set(), firstItems: 0 };
}

export function merge(into: Evaluated, { steps, firstItems }: Evaluated, effort: Effort): void {
  effort.spend(steps.size);
  for (const step of steps) {
    into.steps.add(step);
  }
  into.firstItems = Math.max(into.firstItems, firstItems);
}

/** Runs `check`, then the rule of `schema` for everything that `check` left unevaluated. */
export function withUnevaluated(check: Check, schema: Schema, compile: Compile): Check {
  const ofMembers = restOf(schema, 'unevaluatedProperties', compile);
  const ofItems = restOf(schema, 'unevaluatedItems', compile);
  return (value, run, outer) => {
    const evaluated = newEvaluated();
    const isValid = check(value, run, evaluated);
    if (!isValid && isDone(run)) {
      return false;
    }
    let isRestValid = true;
    if (Array.isArray(value) && ofItems !== null) {
      const { firstItems } = evaluated;
      const steps = Array.from({ length: value.length - firstItems }, (_, index) => firstItems + index);
      isRestValid = checkRest(steps, (step) => ofItems(value[Number(step)], run, null), { run, evaluated });
    } else if (isJsonObject(value) && ofMembers !== null) {
      const steps = namesOf(value);
      isRestValid = checkRest(steps, (step) => ofMembers(value[step], run, null), { run, evaluated });
    }
    if (outer !== null) {
      merge(outer, evaluated, run.effort);
    }
    return isValid && isRestValid;
  };
}

function restOf(schema: Schema, keyword: string, compile: Compile): Check | null {
  if (schema[keyword] === false) {
    return (_value, run) => broken(run, keyword, schema);
  }
  return schema[keyword] === undefined ? null : compile(schema[keyword]);
}

/** Marks everything that it checks as evaluated. */
function checkRest(
  steps: readonly Step[],
  check: (step: Step) => boolean,
  { run, evaluated }: { run: Run; evaluated: Evaluated },
): boolean {
  run.effort.spend(steps.length * LOOKUP_STEPS);
  let isValid = true;
  for (const step of steps) {
    if (!evaluated.steps.has(step)) {
      evaluated.steps.add(step);
      run.steps.push(step);
      isValid = check(step) && isValid;
      run.steps.pop();
      if (!isValid && isDone(run)) {
        break;
      }
    }
  }
  return isValid;
}
