// What a model's schema itself lists at a place of the payload: the values of an enum, a constant, a default, also as a part
// of the default of what stands around it. Pure.

import { isJsonObject } from '../../lib/json.ts';
import type { Trail } from './lora-files.ts';

type Schema = Record<string, unknown>;
type Place = { schemas: Schema[]; listed: unknown[] };

export function isListed(schema: Schema, trail: Trail, text: string): boolean {
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

/** `inherited`: what the values that are listed further up have here. */
function placeOf(found: Schema[], inherited: unknown[]): Place {
  const schemas = spread(found);
  const own = schemas.flatMap((schema) => [
    ...(Array.isArray(schema['enum']) ? schema['enum'] : []),
    schema['const'],
    schema['default'],
  ]);
  return { schemas, listed: [...inherited, ...own] };
}

function propertyOf({ properties, additionalProperties }: Schema, name: string): Schema[] {
  const isNamed = isJsonObject(properties) && Object.hasOwn(properties, name);
  return asSchema(isNamed ? properties[name] : additionalProperties);
}

function asSchema(value: unknown): Schema[] {
  return isJsonObject(value) ? [value] : [];
}

/** The schemas with all that they are made up of. */
function spread(schemas: Schema[]): Schema[] {
  return schemas.flatMap((schema) => {
    const parts = [schema['allOf'], schema['anyOf'], schema['oneOf']].filter(Array.isArray).flat();
    return [schema, ...spread(parts.flatMap(asSchema))];
  });
}
