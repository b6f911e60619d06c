// Keywords with schemas for the same value: allOf, anyOf, oneOf, not, if, dependentSchemas.

import { isJsonObject } from '../../lib/json.ts';
import { merge, newEvaluated } from './evaluated.ts';
import { listOf, namedOf, type Schema } from './keyword-shapes.ts';
import {
  broken,
  isDone,
  newReport,
  quietly,
  type Check,
  type Compile,
  type Evaluated,
  type Report,
  type Run,
} from './run.ts';

export function checkAllOf(schema: Schema, compile: Compile): Check {
  return everyOf(listOf(schema['allOf']).map(compile));
}

/** Runs every check, even after one fails, until there are enough errors. */
export function everyOf(checks: Check[]): Check {
  return (value, run, evaluated) => {
    run.effort.spend(checks.length);
    let isValid = true;
    for (const check of checks) {
      if (!check(value, run, evaluated)) {
        isValid = false;
        if (isDone(run)) {
          break;
        }
      }
    }
    return isValid;
  };
}

/** If no branch accepts the value, the errors are those of the branch that the value was meant for. */
export function checkAnyOf(schema: Schema, compile: Compile): Check {
  const branches = listOf(schema['anyOf']).map(compile);
  return (value, run, evaluated) => {
    const tries: Try[] = [];
    for (const branch of branches) {
      tries.push(tryBranch((own) => branch(value, run, own), run, evaluated));
      if (evaluated === null && tries.at(-1)?.isValid === true) {
        return true;
      }
    }
    return tries.some(({ isValid }) => isValid) || explain(tries, run, ['anyOf', schema]);
  };
}

export function checkOneOf(schema: Schema, compile: Compile): Check {
  const branches = listOf(schema['oneOf']).map(compile);
  return (value, run, evaluated) => {
    const tries = branches.map((branch) => tryBranch((own) => branch(value, run, own), run, evaluated));
    const valid = tries.filter(({ isValid }) => isValid).length;
    if (valid === 0) {
      return explain(tries, run, ['oneOf', schema]);
    }
    return valid === 1 || broken(run, 'oneOf', schema);
  };
}

export function checkNot(schema: Schema, compile: Compile): Check {
  const check = compile(schema['not']);
  return (value, run) => !quietly(run, () => check(value, run, null)) || broken(run, 'not', schema);
}

export function checkIf(schema: Schema, compile: Compile): Check {
  const condition = compile(schema['if']);
  const [then, otherwise] = [compile(schema['then'] ?? true), compile(schema['else'] ?? true)];
  return (value, run, evaluated) => {
    const holds = quietly(run, () => tryBranch((own) => condition(value, run, own), run, evaluated).isValid);
    return (holds ? then : otherwise)(value, run, evaluated);
  };
}

export function checkDependentSchemas(schema: Schema, compile: Compile): Check {
  const dependent = namedOf(schema['dependentSchemas']).map(([name, child]): Check => {
    const check = compile(child);
    return (value, run, evaluated) =>
      !isJsonObject(value) || !Object.hasOwn(value, name) || check(value, run, evaluated);
  });
  return everyOf(dependent);
}

/** The cost of trying a branch and of keeping its errors. */
const TRY_STEPS = 2;

/** `report` has the errors of the value in one branch. */
type Try = { isValid: boolean; report: Report | null };

/** The members that a branch evaluated count only if the branch accepts the value. */
function tryBranch(check: (own: Evaluated | null) => boolean, run: Run, evaluated: Evaluated | null): Try {
  run.effort.spend(TRY_STEPS);
  const outer = run.report;
  const own = evaluated === null ? null : newEvaluated();
  const report = outer === null ? null : newReport(outer.about, run.steps.length);
  run.report = report;
  const isValid = check(own);
  run.report = outer;
  if (isValid && evaluated !== null && own !== null) {
    merge(evaluated, own, run.effort);
  }
  return { isValid, report };
}

/** Reports the errors of the form that the value was meant to have. If that is not clear, reports that it matches no form. */
function explain(tries: Try[], run: Run, [rule, schema]: [string, Schema]): false {
  const meant = tries.flatMap(({ report }) => (report === null || report.isOtherForm ? [] : [report]));
  const [only] = meant;
  if (only !== undefined && meant.length === 1) {
    run.report?.broken.push(...only.broken);
    return false;
  }
  // Where only some inputs count, and each form refuses them, whichever was meant.
  const [first] = tries;
  if (tries.every(({ report }) => isAskedAndRefused(report))) {
    run.report?.broken.push(...(first?.report?.broken ?? []));
  }
  return broken(run, rule, schema);
}

function isAskedAndRefused(report: Report | null): boolean {
  return report !== null && report.about !== null && report.broken.length > 0;
}
