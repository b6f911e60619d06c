// Finds members of an input that its schema does not name. An open schema accepts a misspelt name, nobody reads it, and the job
// still costs money.

import { cut } from '../../lib/cut.ts';
import { isJsonObject } from '../../lib/json.ts';
import { createEffort, type Effort } from './effort.ts';
import { memberPath, type Step } from '../../lib/member-path.ts';
import { namesOf } from '../../lib/names-of.ts';
import { namedOf, type Schema } from './keyword-shapes.ts';
import { patternsOf } from './member-checks.ts';
import { isNested } from './value-rules.ts';

const MAX_NAMED = 20;
const MAX_PATH_CHARS = 79;
/** Steps to look at a value by one schema. */
const STEPS_A_SCHEMA = 3;
/** A low limit, because the result is only a warning. */
const MAX_STEPS = 100_000;

/** Keywords with schemas for the same value. */
const SAME_VALUE = ['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else'];

/**
 * Paths of the members of `input` that the translated schema does not name, at most 20, each cut to 80 characters. Objects
 * without `properties` in their schema are skipped. Stops when the work becomes too much.
 */
export function unknownMembers(schema: Schema, input: unknown): string[] {
  const found: string[] = [];
  const effort = createEffort(MAX_STEPS);
  effort.bounded(() => look([schema], input, { steps: [], found, effort }));
  return found;
}

type Place = { steps: Step[]; found: string[]; effort: Effort };

function look(given: unknown[], value: unknown, place: Place): void {
  place.effort.spend(STEPS_A_SCHEMA * (1 + given.length));
  const schemas = given.flatMap(allOn);
  place.effort.spend(STEPS_A_SCHEMA * schemas.length);
  if (Array.isArray(value) && schemas.length > 0) {
    lookAtItems(schemas, value, place);
  } else if (isJsonObject(value) && schemas.some(namesMembers)) {
    lookAtMembers(schemas, value, place);
  }
}

function lookAtItems(schemas: Schema[], items: unknown[], place: Place): void {
  place.effort.spend(items.length);
  for (const [index, item] of items.entries()) {
    if (isFull(place)) {
      break;
    }
    if (isNested(item)) {
      const given = schemas.flatMap((schema) => onItem(schema, index));
      look(given, item, { ...place, steps: [...place.steps, index] });
    }
  }
}

function lookAtMembers(schemas: Schema[], value: Record<string, unknown>, place: Place): void {
  const names = namesOf(value);
  place.effort.spend(names.length);
  for (const name of names) {
    if (isFull(place)) {
      break;
    }
    place.effort.spend(schemas.length);
    const steps = [...place.steps, name];
    const naming = schemas.flatMap((schema) => onMember(schema, name, place.effort));
    if (naming.length > 0) {
      look(naming, value[name], { ...place, steps });
    } else {
      place.found.push(cut(memberPath(steps), MAX_PATH_CHARS));
    }
  }
}

function isFull({ found }: Place): boolean {
  return found.length >= MAX_NAMED;
}

/** Cached by schema, because it is the same for every input. */
const together = new WeakMap<Schema, Schema[]>();

/** The schema and all inner schemas for the same value. */
function allOn(schema: unknown): Schema[] {
  if (!isJsonObject(schema)) {
    return [];
  }
  const all = together.get(schema) ?? [schema, ...innerOf(schema).flatMap(allOn)];
  together.set(schema, all);
  return all;
}

function innerOf(schema: Schema): unknown[] {
  const { dependentSchemas } = schema;
  return [
    ...SAME_VALUE.flatMap((keyword) => schema[keyword]),
    ...namedOf(dependentSchemas).map(([, child]) => child),
  ];
}

function isFilled(named: unknown): boolean {
  return isJsonObject(named) && Object.keys(named).length > 0;
}

const naming = new WeakMap<Schema, boolean>();

function namesMembers(schema: Schema): boolean {
  const { properties, patternProperties, additionalProperties } = schema;
  const isNaming =
    naming.get(schema) ??
    (isFilled(properties) || isFilled(patternProperties) || isJsonObject(additionalProperties));
  naming.set(schema, isNaming);
  return isNaming;
}

/** The schemas of a member; empty if no schema names it. A map (`additionalProperties` with a schema) names every member. */
function onMember(schema: Schema, name: string, effort: Effort): unknown[] {
  const { properties, additionalProperties } = schema;
  const named = isJsonObject(properties) && Object.hasOwn(properties, name) ? [properties[name]] : [];
  const patterns = patternsOf(schema);
  effort.spend(patterns.length);
  const matching = patterns.filter(({ pattern }) => pattern.matches(name, effort)).map(({ child }) => child);
  const all = [...named, ...matching];
  return all.length === 0 && isJsonObject(additionalProperties) ? [additionalProperties] : all;
}

function onItem({ items, prefixItems }: Schema, index: number): unknown[] {
  return [Array.isArray(prefixItems) && index < prefixItems.length ? prefixItems[index] : items];
}
