// Which members of an input its schema does not name: a misspelt name is accepted by an open schema, is read by
// nobody, and the job costs money all the same.

import { cut } from '../../lib/cut.ts';
import { isJsonObject } from '../../lib/json.ts';
import { createEffort, type Effort } from './effort.ts';
import { memberPath, type Step } from '../../lib/member-path.ts';
import { namedOf, type Schema } from './keyword-shapes.ts';
import { patternsOf } from './member-checks.ts';

const MAX_NAMED = 20;
const MAX_PATH_CHARS = 79;
/** To look at a value by one schema. */
const STEPS_A_SCHEMA = 3;
/** Only a warning hangs on it. */
const MAX_STEPS = 100_000;

/** Keywords whose schemas speak of the same value. */
const SAME_VALUE = ['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else'];

/**
 * Paths of the members of `input` that the translated schema does not name, at most 20, each cut to 80 characters. An
 * object without `properties` names nothing and is not looked into. It stops where the work grows out of proportion.
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
  if (schemas.length === 0 || place.found.length >= MAX_NAMED) {
    return;
  }
  if (Array.isArray(value)) {
    place.effort.spend(value.length);
    for (const [index, item] of value.entries()) {
      if (typeof item !== 'object' || item === null) {
        continue;
      }
      look(
        schemas.flatMap((schema) => onItem(schema, index)),
        item,
        { ...place, steps: [...place.steps, index] },
      );
    }
  } else if (isJsonObject(value) && schemas.some(namesMembers)) {
    for (const [name, member] of Object.entries(value)) {
      lookAtMember(schemas, [name, member], { ...place, steps: [...place.steps, name] });
    }
  }
}

function lookAtMember(schemas: Schema[], [name, member]: [string, unknown], place: Place): void {
  place.effort.spend(1 + schemas.length);
  const naming = schemas.flatMap((schema) => onMember(schema, name, place.effort));
  if (naming.length > 0) {
    look(naming, member, place);
  } else if (place.found.length < MAX_NAMED) {
    place.found.push(cut(memberPath(place.steps), MAX_PATH_CHARS));
  }
}

/** By schema: it is the same for every input. */
const together = new WeakMap<Schema, Schema[]>();

/** The schema and all in it that speak of the same value. */
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

function namesMembers({ properties, patternProperties, additionalProperties }: Schema): boolean {
  return isFilled(properties) || isFilled(patternProperties) || isJsonObject(additionalProperties);
}

/** The schemas of a member; empty when its name is nowhere. A map (`additionalProperties` with a schema) has any. */
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
