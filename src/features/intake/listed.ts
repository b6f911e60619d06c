// Finds the values that a model's schema lists for a place of the input: enums, constants and defaults, also inside the
// default of an enclosing list or object. Pure.

import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import type { Trail } from './lora-files.ts';

type Place = { schemas: JsonObject[]; listed: unknown[] };

/** True if the schema lists the text at this place. */
export function isListed(schema: JsonObject, trail: Trail, text: string): boolean {
  return trail.reduce(within, placeOf([schema], [])).listed.includes(text);
}

function within({ schemas, listed }: Place, key: string | number): Place {
  return typeof key === 'number'
    ? placeOf(
        schemas.flatMap(({ items }) => asSchema(items)),
        listed.filter(Array.isArray).flat(),
      )
    : placeOf(
        schemas.flatMap((schema) => propertyOf(schema, key)),
        listed.filter(isJsonObject).map((object) => object[key]),
      );
}

/** `inherited`: the members at this place of values that are listed further up. */
function placeOf(found: JsonObject[], inherited: unknown[]): Place {
  const schemas = withParts(found);
  const own = schemas.flatMap((schema) => [
    ...(Array.isArray(schema['enum']) ? schema['enum'] : []),
    schema['const'],
    schema['default'],
  ]);
  return { schemas, listed: [...inherited, ...own] };
}

function propertyOf({ properties, additionalProperties }: JsonObject, name: string): JsonObject[] {
  const isNamed = isJsonObject(properties) && Object.hasOwn(properties, name);
  return asSchema(isNamed ? properties[name] : additionalProperties);
}

function asSchema(value: unknown): JsonObject[] {
  return isJsonObject(value) ? [value] : [];
}

/** The schemas with all parts of their allOf, anyOf and oneOf. */
function withParts(schemas: JsonObject[]): JsonObject[] {
  return schemas.flatMap((schema) => {
    const parts = [schema['allOf'], schema['anyOf'], schema['oneOf']].filter(Array.isArray).flat();
    return [schema, ...withParts(parts.flatMap(asSchema))];
  });
}
