// RunComfy's dialect of JSON Schema, translated into the standard that the validator knows. Only keywords listed
// here reach the validator, each in the shape that the standard asks for: a malformed one would be waved through.
// Defaults never do: they are sample prompts, and nothing is ever injected into a customer's input.

import { isJsonObject } from '../lib/json.ts';
import { isSafePattern } from './safe-pattern.ts';

type Schema = Record<string, unknown>;

/** `notes`: what is not enforced, and why. `faults`: why the schema cannot judge; empty when it can. */
export type Translation = { schema: Schema; notes: string[]; faults: string[] };

/** Keywords that hold one schema, a list of schemas, or schemas by name. */
const ONE = new Set(
  'items additionalProperties not contains propertyNames if then else unevaluatedItems unevaluatedProperties'.split(
    ' ',
  ),
);
const LIST = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const NAMED = new Set(['properties', 'patternProperties', 'dependentSchemas']);

/** A required name may be defined by one of these instead of `properties`. */
const COMBINING = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'patternProperties', 'dependentSchemas'];

const isNumber = (value: unknown) => typeof value === 'number';
const isCount = (value: unknown) => Number.isInteger(value) && Number(value) >= 0;
const isFilledList = (value: unknown) => Array.isArray(value) && value.length > 0;
const isTexts = (value: unknown) => Array.isArray(value) && value.every((text) => typeof text === 'string');

/** The keywords that judge a value, and the shape that each must have. */
const PLAIN: Record<string, (value: unknown) => boolean> = {
  type: (value) => typeof value === 'string' || (isFilledList(value) && isTexts(value)),
  enum: isFilledList,
  const: () => true,
  multipleOf: (value) => typeof value === 'number' && value > 0,
  maximum: isNumber,
  minimum: isNumber,
  exclusiveMaximum: isNumber,
  exclusiveMinimum: isNumber,
  maxLength: isCount,
  minLength: isCount,
  maxItems: isCount,
  minItems: isCount,
  maxContains: isCount,
  minContains: isCount,
  maxProperties: isCount,
  minProperties: isCount,
  uniqueItems: (value) => typeof value === 'boolean',
  pattern: isSafePattern,
  required: isTexts,
  dependentRequired: (value) => isJsonObject(value) && Object.values(value).every(isTexts),
};

/** Never resolved: a reference can lead to another host, or back to itself. */
const REFERENCES = new Set(['$ref', '$dynamicRef', '$recursiveRef']);

/**
 * The schema in draft 2020-12. `float` is a number. Names in `required` that `properties` does not have are a known
 * defect of published schemas: enforcing them would refuse every call, so they are dropped and noted. Formats, titles and RunComfy's `validations` say nothing here.
 */
export function translate(schema: Schema): Translation {
  const notes: string[] = [];
  const faults: string[] = [];
  return { schema: translateAt(schema, { path: '', isPlain: true, notes, faults }), notes, faults };
}

/** `isPlain`: reached through properties and items only, so that nothing else has a say in what is required. */
type Place = { path: string; isPlain: boolean; notes: string[]; faults: string[] };

function translateAt(schema: Schema, place: Place): Schema {
  const translated: Schema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (isUnusable(keyword, value)) {
      place.faults.push(`${place.path || '/'}: ${faultOf(keyword, value)}`);
    } else if (Object.hasOwn(PLAIN, keyword)) {
      translated[keyword] = value;
    } else if (ONE.has(keyword) || LIST.has(keyword) || NAMED.has(keyword)) {
      translated[keyword] = translateInner(keyword, value, place);
    }
  }
  return standard(translated, place);
}

function isUnusable(keyword: string, value: unknown): boolean {
  if (ONE.has(keyword)) {
    return !isSchema(value);
  }
  if (LIST.has(keyword)) {
    return !Array.isArray(value) || value.length === 0 || !value.every(isSchema);
  }
  if (NAMED.has(keyword)) {
    const isPatterned = keyword === 'patternProperties';
    return (
      !isJsonObject(value) ||
      !Object.entries(value).every(
        ([name, child]) => isSchema(child) && (!isPatterned || isSafePattern(name)),
      )
    );
  }
  const hasShape = Object.hasOwn(PLAIN, keyword) ? PLAIN[keyword] : undefined;
  return REFERENCES.has(keyword) || (hasShape !== undefined && !hasShape(value));
}

function faultOf(keyword: string, value: unknown): string {
  if (REFERENCES.has(keyword)) {
    return `references (${keyword}) are not resolved`;
  }
  const isPattern = keyword === 'pattern' && typeof value === 'string';
  return isPattern
    ? `the pattern ${value} is no regular expression or could take for ever`
    : `${keyword} has not the shape that the standard asks for`;
}

function isSchema(value: unknown): boolean {
  return isJsonObject(value) || typeof value === 'boolean';
}

function translateInner(keyword: string, value: unknown, place: Place): unknown {
  const isPlain = place.isPlain && (keyword === 'properties' || keyword === 'items');
  const inner = (child: unknown, name: string) =>
    isJsonObject(child) ? translateAt(child, { ...place, path: `${place.path}/${name}`, isPlain }) : child;
  if (Array.isArray(value)) {
    return value.map((child, index) => inner(child, `${keyword}/${index}`));
  }
  if (NAMED.has(keyword) && isJsonObject(value)) {
    const named = Object.entries(value).map(([name, child]) => [name, inner(child, `${keyword}/${name}`)]);
    return bare(Object.fromEntries(named));
  }
  return inner(value, keyword);
}

/** Without a prototype: the validator looks names of the input up in it, and "constructor" must not be found. */
function bare(named: Schema): Schema {
  return Object.assign(Object.create(null), named);
}

/** What the dialect says otherwise than the standard does. */
function standard(translated: Schema, place: Place): Schema {
  const { type, required, properties, patternProperties } = translated;
  return {
    ...(patternProperties === undefined ? {} : { properties: bare({}) }),
    ...translated,
    ...(type === undefined
      ? {}
      : { type: Array.isArray(type) ? type.map(standardType) : standardType(type) }),
    ...(Array.isArray(required) && isJsonObject(properties)
      ? { required: enforceable(translated, required, place) }
      : {}),
  };
}

function standardType(type: unknown): unknown {
  return type === 'float' ? 'number' : type;
}

function enforceable(schema: Schema, required: unknown[], { path, isPlain, notes }: Place): unknown[] {
  const { properties } = schema;
  if (!isPlain || !isJsonObject(properties) || COMBINING.some((keyword) => Object.hasOwn(schema, keyword))) {
    return required;
  }
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
