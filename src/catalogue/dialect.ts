// RunComfy's dialect of JSON Schema, translated into the standard that the validator knows. Defaults never reach
// it: they are sample prompts, and nothing is ever injected into a customer's input.

import { isJsonObject } from '../lib/json.ts';

type Schema = Record<string, unknown>;

export type Translation = { schema: Schema; notes: string[] };

/** Keywords that hold one schema, a list of schemas, or schemas by name. */
const ONE = new Set([
  'items',
  'additionalProperties',
  'not',
  'contains',
  'propertyNames',
  'if',
  'then',
  'else',
]);
const LIST = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const NAMED = new Set(['properties', '$defs', 'patternProperties', 'dependentSchemas']);

/** Says nothing about validity, or means something else to RunComfy than to the standard. */
const DROPPED = new Set(['default', 'title', 'description', 'validations', 'format']);

/**
 * The schema in draft 2020-12. `float` is a number. Names in `required` that `properties` does not have are a known
 * defect of published schemas: enforcing them would refuse every call, so they are dropped and noted.
 */
export function translate(schema: Schema): Translation {
  const notes: string[] = [];
  return { schema: translateAt(schema, '', notes), notes };
}

function translateAt(schema: Schema, path: string, notes: string[]): Schema {
  const translated: Schema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (!DROPPED.has(keyword)) {
      translated[keyword] = translateKeyword({ keyword, value, schema, path }, notes);
    }
  }
  return translated;
}

type Place = { keyword: string; value: unknown; schema: Schema; path: string };

function translateKeyword({ keyword, value, schema, path }: Place, notes: string[]): unknown {
  const inner = (child: unknown, name: string) =>
    isJsonObject(child) ? translateAt(child, `${path}/${name}`, notes) : child;
  if (keyword === 'type') {
    return Array.isArray(value) ? value.map(standardType) : standardType(value);
  }
  if (keyword === 'required' && Array.isArray(value) && isJsonObject(schema['properties'])) {
    return enforceable(value, schema['properties'], { path, notes });
  }
  if (ONE.has(keyword)) {
    return inner(value, keyword);
  }
  if (LIST.has(keyword) && Array.isArray(value)) {
    return value.map((child, index) => inner(child, `${keyword}/${index}`));
  }
  if (NAMED.has(keyword) && isJsonObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, child]) => [name, inner(child, `${keyword}/${name}`)]),
    );
  }
  return value;
}

function standardType(type: unknown): unknown {
  return type === 'float' ? 'number' : type;
}

function enforceable(
  required: unknown[],
  properties: Schema,
  { path, notes }: { path: string; notes: string[] },
): unknown[] {
  return required.filter((name) => {
    const isKnown = typeof name !== 'string' || Object.hasOwn(properties, name);
    if (!isKnown) {
      notes.push(
        `${path || '/'}: required input ${JSON.stringify(name)} is not among the properties; not enforced`,
      );
    }
    return isKnown;
  });
}
