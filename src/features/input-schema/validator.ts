// A validator of JSON Schema draft 2020-12 for the translated dialect: each keyword in its standard shape, no references. It
// compiles a schema to closures, without eval. It finds the broken rules; input-error.ts has the sentences.

import { isJsonObject } from '../../lib/json.ts';
import {
  checkAllOf,
  checkAnyOf,
  checkDependentSchemas,
  checkIf,
  checkNot,
  checkOneOf,
  everyOf,
} from './branch-checks.ts';
import { createEffort } from './effort.ts';
import { withUnevaluated } from './evaluated.ts';
import { checkContains, checkItems } from './item-checks.ts';
import type { Schema } from './keyword-shapes.ts';
import { checkDependentRequired, checkMembers, checkNames, checkRequired } from './member-checks.ts';
import {
  broken,
  newReport,
  type BrokenRule,
  type Check,
  type Compile,
  type Report,
  type Run,
} from './run.ts';
import { valueChecks } from './value-checks.ts';

export const MAX_PLACES = 2_000;

export type Validator = {
  /** The rules that an input breaks; `about` as in a report. Null if the input is too complex to judge. */
  brokenBy: (input: unknown, about: Report['about']) => BrokenRule[] | null;
  /** The number of inner schemas, each of which takes memory. */
  places: number;
};

/** Keywords that work together, with the function that compiles their check. */
const CHECKS: [keywords: string[], make: (schema: Schema, compile: Compile) => Check][] = [
  [['properties', 'patternProperties', 'additionalProperties'], checkMembers],
  [['prefixItems', 'items'], checkItems],
  [['contains'], checkContains],
  [['allOf'], checkAllOf],
  [['anyOf'], checkAnyOf],
  [['oneOf'], checkOneOf],
  [['not'], checkNot],
  [['if'], checkIf],
  [['dependentSchemas'], checkDependentSchemas],
  [['dependentRequired'], checkDependentRequired],
  [['propertyNames'], checkNames],
  [['required'], checkRequired],
];

/** Null if the schema has too many places. */
export function createValidator(schema: Schema): Validator | null {
  let places = 0;

  function compile(inner: unknown): Check {
    if (inner === false) {
      return (_value, run) => broken(run, 'false', false);
    }
    places += 1;
    return isJsonObject(inner) && places <= MAX_PLACES ? checkOf(inner, compile) : () => true;
  }

  const check = compile(schema);
  return places > MAX_PLACES
    ? null
    : {
        brokenBy(input, about) {
          const report = newReport(about, 0);
          const effort = createEffort();
          const run: Run = { effort, steps: [], report };
          const isValid = effort.bounded(() => check(input, run, null));
          return isValid === undefined ? null : report.broken;
        },
        places,
      };
}

function checkOf(schema: Schema, compile: Compile): Check {
  const checks = CHECKS.filter(([keywords]) =>
    keywords.some((keyword) => Object.hasOwn(schema, keyword)),
  ).map(([, make]) => make(schema, compile));
  const check = everyOf([...checks, ...valueChecks(schema)]);
  const hasUnevaluated = ['unevaluatedProperties', 'unevaluatedItems'].some((keyword) =>
    Object.hasOwn(schema, keyword),
  );
  return hasUnevaluated ? withUnevaluated(check, schema, compile) : check;
}
