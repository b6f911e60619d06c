// Keywords for the members of an object.

import { isJsonObject } from '../../lib/json.ts';
import { namesOf } from '../../lib/names-of.ts';
import { listOf, namedOf, type Schema } from './keyword-shapes.ts';
import { broken, brokenAt, isDone, quietly, type Check, type Compile, type Run } from './run.ts';
import { compilePattern, type Pattern } from './safe-pattern.ts';

/** Steps to list a member and to look up its name. */
const MEMBER_STEPS = 5;

/** The checks of members: by name, by pattern, and for all others. */
type Members = {
  named: Map<string, Check>;
  patterns: { pattern: Pattern; check: Check }[];
  others: Check | null;
};

/** `properties`, `patternProperties` and `additionalProperties`. */
export function checkMembers(schema: Schema, compile: Compile): Check {
  const members: Members = {
    named: new Map(namedOf(schema['properties']).map(([name, child]) => [name, compile(child)])),
    patterns: patternsOf(schema).map(({ pattern, child }) => ({ pattern, check: compile(child) })),
    others: othersOf(schema, compile),
  };
  const stepsEach = MEMBER_STEPS + members.patterns.length;
  return (value, run, evaluated) => {
    if (!isJsonObject(value)) {
      return true;
    }
    const names = namesOf(value);
    run.effort.spend(names.length * stepsEach);
    let isValid = true;
    for (const name of names) {
      run.steps.push(name);
      const verdict = checkMember(members, [name, value[name]], run);
      run.steps.pop();
      if (verdict !== null) {
        evaluated?.steps.add(name);
      }
      if (verdict === false) {
        isValid = false;
        if (isDone(run)) {
          break;
        }
      }
    }
    return isValid;
  };
}

function othersOf(schema: Schema, compile: Compile): Check | null {
  const { additionalProperties } = schema;
  if (additionalProperties === false) {
    return (_value, run) => broken(run, 'additionalProperties', schema);
  }
  return additionalProperties === undefined ? null : compile(additionalProperties);
}

/** Null if no schema applies to the member. */
function checkMember(members: Members, [name, value]: [string, unknown], run: Run): boolean | null {
  let verdict = members.named.get(name)?.(value, run, null) ?? null;
  for (const { pattern, check } of members.patterns) {
    if (pattern.matches(name, run.effort)) {
      verdict = check(value, run, null) && verdict !== false;
    }
  }
  return verdict ?? members.others?.(value, run, null) ?? null;
}

const compiled = new WeakMap<Schema, { pattern: Pattern; child: unknown }[]>();

/** The patterns of a schema with their schemas, compiled once because compiling takes longer than most matches. */
export function patternsOf(schema: Schema): { pattern: Pattern; child: unknown }[] {
  const patterns =
    compiled.get(schema) ??
    namedOf(schema['patternProperties']).map(([source, child]) => ({
      pattern: compilePattern(source),
      child,
    }));
  compiled.set(schema, patterns);
  return patterns;
}

export function checkNames(schema: Schema, compile: Compile): Check {
  const check = compile(schema['propertyNames']);
  return (value, run) => {
    const names = isJsonObject(value) ? namesOf(value) : [];
    run.effort.spend(names.length * MEMBER_STEPS);
    let isValid = true;
    for (const name of names) {
      if (!quietly(run, () => check(name, run, null))) {
        isValid = brokenAt(name, run, ['propertyNames', schema]);
        if (isDone(run)) {
          break;
        }
      }
    }
    return isValid;
  };
}

export function checkRequired(schema: Schema): Check {
  const names = listOf(schema['required']).map(String);
  return (value, run) => !isJsonObject(value) || hasNames(value, names, { run, rule: 'required', schema });
}

export function checkDependentRequired(schema: Schema): Check {
  const dependent = namedOf(schema['dependentRequired']).map(
    ([name, names]) => [name, listOf(names).map(String)] as const,
  );
  return (value, run) => {
    if (!isJsonObject(value)) {
      return true;
    }
    run.effort.spend(dependent.length);
    const asked = { run, rule: 'dependentRequired', schema };
    let isValid = true;
    for (const [name, names] of dependent) {
      if (Object.hasOwn(value, name) && !hasNames(value, names, asked)) {
        isValid = false;
        if (isDone(run)) {
          break;
        }
      }
    }
    return isValid;
  };
}

function hasNames(object: object, names: string[], { run, rule, schema }: Demand): boolean {
  run.effort.spend(names.length);
  let isValid = true;
  for (const name of names) {
    if (!Object.hasOwn(object, name)) {
      isValid = brokenAt(name, run, [rule, schema]);
      if (isDone(run)) {
        break;
      }
    }
  }
  return isValid;
}

type Demand = { run: Run; rule: string; schema: Schema };
