// The keywords of JSON Schema that the dialect knows, with the standard shape of each. Pure.

import { cut } from '../../lib/cut.ts';
import { isJsonObject } from '../../lib/json.ts';
import { isPattern } from './safe-pattern.ts';

/** A schema that is an object, not `true` or `false`. */
export type Schema = Record<string, unknown>;

export const MAX_QUOTED_CHARS = 80;

/** Keywords that hold one schema, a list of schemas, or schemas by name. */
export const ONE = new Set(
  'items additionalProperties not contains propertyNames if then else unevaluatedItems unevaluatedProperties'.split(
    ' ',
  ),
);
export const LIST = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
export const NAMED = new Set(['properties', 'patternProperties', 'dependentSchemas']);

const isNumber = (value: unknown) => typeof value === 'number';
const isCount = (value: unknown) => Number.isInteger(value) && Number(value) >= 0;
const isFilledList = (value: unknown) => Array.isArray(value) && value.length > 0;
const isTexts = (value: unknown) => Array.isArray(value) && value.every((text) => typeof text === 'string');

/** The keywords that judge a value, with their required shapes. */
export const PLAIN: Record<string, (value: unknown) => boolean> = {
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
  pattern: isPattern,
  required: isTexts,
  dependentRequired: (value) => isJsonObject(value) && Object.values(value).every(isTexts),
};

/** References are never resolved: they can lead to another host or back to themselves. */
const REFERENCES = new Set(['$ref', '$dynamicRef', '$recursiveRef']);

/** True for a keyword with a value that has no meaning in the standard, and for references. */
export function isUnusable(keyword: string, value: unknown): boolean {
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
      !Object.entries(value).every(([name, child]) => isSchema(child) && (!isPatterned || isPattern(name)))
    );
  }
  const hasShape = Object.hasOwn(PLAIN, keyword) ? PLAIN[keyword] : undefined;
  return REFERENCES.has(keyword) || (hasShape !== undefined && !hasShape(value));
}

/** The reason in words why `isUnusable` is true. */
export function faultOf(keyword: string, value: unknown): string {
  if (REFERENCES.has(keyword)) {
    return `references (${keyword}) are not resolved`;
  }
  return keyword === 'pattern' && typeof value === 'string'
    ? `the pattern ${cut(value, MAX_QUOTED_CHARS)} is not a regular expression`
    : `${keyword} does not have its standard shape`;
}

/** The list of a keyword; empty if it is absent. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The entries of a keyword with schemas or lists by name; empty if it is absent. */
export function namedOf(value: unknown): [name: string, value: unknown][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

function isSchema(value: unknown): boolean {
  return isJsonObject(value) || typeof value === 'boolean';
}

/** True if the value certainly does not have the type. An unknown type may have any value. */
export function isOtherType(type: unknown, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return !Number.isInteger(value);
    case 'array':
      return !Array.isArray(value);
    case 'object':
      return !isJsonObject(value);
    case 'null':
      return value !== null;
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value !== type;
    default:
      return false;
  }
}
