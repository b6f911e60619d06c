// The JSON Schema validator as it runs here: json-schema-library's draft 2020-12, with those keywords replaced in
// which the library strays from the standard, fails on names such as "constructor", or needs memory in proportion to
// a customer's body. Says which rule broke where; the sentences are input-error.ts.

import {
  compileSchema,
  draft2020,
  extendDraft,
  settings,
  type JsonError,
  type SchemaNode,
} from 'json-schema-library';
import { canonicalJson } from '../lib/canonical-json.ts';
import { scaledDecimal } from '../lib/money.ts';

type Keyword = (typeof draft2020)['keywords'][number];
type Check = NonNullable<Keyword['validate']>;
type At = Parameters<Check>[0];

export const MAX_ERRORS = 20;

/** Enough decimals for the smallest double, so that every number is a whole one. */
const ALL_PLACES = 400;

// The library never reports a property of this name as additional.
settings.propertyBlacklist = [];

const standard = extendDraft(draft2020, {
  // Its texts quote the whole value, 16 MiB if need be; nobody reads them here.
  errors: Object.fromEntries(Object.keys(draft2020.errors).map((code) => [code, ''])),
  keywords: [
    withBareNames(),
    // The library leaves a maximum of 0 unenforced.
    replaced(
      'maximum',
      (at) => unless(!(Number(at.data) > Number(at.node.schema['maximum'])), at, 'maximum-error'),
      'number',
    ),
    replaced(
      'multipleOf',
      (at) => unless(isMultiple(at.data, at.node.schema['multipleOf']), at, 'multiple-of-error'),
      'number',
    ),
    replaced(
      'maxLength',
      (at) => unless(!isLongerThan(at.data, Number(at.node.schema['maxLength'])), at, 'max-length-error'),
      'string',
    ),
    replaced(
      'minLength',
      (at) => unless(isLongerThan(at.data, Number(at.node.schema['minLength']) - 1), at, 'min-length-error'),
      'string',
    ),
    replaced('enum', (at) => unless(isOneOf(at.data, at.node.schema['enum']), at, 'enum-error')),
    replaced('const', (at) => unless(isOneOf(at.data, [at.node.schema['const']]), at, 'const-error')),
    replaced('uniqueItems', (at) => unless(isUnique(at.data), at, 'unique-items-error')),
    replaced('items', checkItems),
    replaced('anyOf', checkAnyOf),
    replaced('oneOf', checkOneOf),
  ],
});

/** The errors of an input against a schema, by a function that can be kept. */
export type Validator = (input: unknown) => JsonError[];

/** The validator of a schema in the standard, or what the library says is wrong with it. Never fetches, never evals. */
export function createValidator(schema: Record<string, unknown>): Validator | { fault: string } {
  const node = compileSchema(schema, { drafts: [standard], formatAssertion: false });
  const [fault] = node.schemaErrors ?? [];
  return fault === undefined
    ? (input) => node.validate(input).errors
    : { fault: String(fault.data['message']) };
}

/** The validator's name for what is wrong, such as max-items-error. */
export function codeOf(error: JsonError): string {
  return typeof error.code === 'string' ? error.code : 'schema-error';
}

/** The library's keyword with another check. `kind`: the values that it is about; all others pass. */
function replaced(name: string, check: Check, kind?: 'number' | 'string'): Keyword {
  const validate: Check = (at) => (kind === undefined || typeof at.data === kind ? check(at) : undefined);
  return { ...keyword(name), validate };
}

function keyword(name: string): Keyword {
  const found = draft2020.keywords.find((candidate) => candidate.keyword === name);
  if (found === undefined) {
    throw new Error(`the validator has no keyword ${name}`);
  }
  return found;
}

/** The library looks names up in plain objects, which have a constructor of their own. */
function withBareNames(): Keyword {
  const original = keyword('properties');
  return {
    ...original,
    parse(node) {
      const faults = original.parse?.(node);
      if (node.properties !== undefined) {
        node.properties = Object.assign(Object.create(null), node.properties);
      }
      return faults;
    },
  };
}

function unless(isValid: boolean, at: At, code: string): JsonError | undefined {
  return isValid ? undefined : errorAt(at, code);
}

function errorAt({ node, data, pointer }: At, code: string): JsonError {
  return node.createError(code, { pointer, schema: node.schema, value: data });
}

/** Exact: on the decimals as written, not on their doubles. */
function isMultiple(value: unknown, of: unknown): boolean {
  const [dividend, divisor] = [value, of].map((number) => scaledDecimal(Number(number), ALL_PLACES));
  return dividend !== null && dividend !== undefined && Boolean(divisor) && dividend % (divisor ?? 1n) === 0n;
}

/** In Unicode code points, counted no further than needed: a list of them all would take many times the memory. */
function isLongerThan(text: unknown, limit: number): boolean {
  let count = 0;
  for (const _ of typeof text === 'string' ? text : '') {
    count += 1;
    if (count > limit) {
      return true;
    }
  }
  return limit < 0;
}

function isOneOf(value: unknown, allowed: unknown): boolean {
  if (!Array.isArray(allowed)) {
    return false;
  }
  const isNested = typeof value === 'object' && value !== null;
  const text = isNested ? canonicalJson(value) : '';
  return allowed.some((one) => (isNested ? canonicalJson(one) === text : one === value));
}

function isUnique(items: unknown): boolean {
  return !Array.isArray(items) || new Set(items.map(canonicalJson)).size === items.length;
}

/** Stops once there is enough to tell: a long list of wrong items must not become a longer list of errors. */
function checkItems({ node, data, pointer, path }: At): JsonError[] {
  const errors: JsonError[] = [];
  const items = Array.isArray(data) ? data : [];
  const start = Array.isArray(node.schema['prefixItems']) ? node.schema['prefixItems'].length : 0;
  for (let index = start; index < items.length && errors.length < MAX_ERRORS; index += 1) {
    errors.push(...(node.items?.validate(items[index], `${pointer}/${index}`, path).errors ?? []));
  }
  return errors;
}

function checkAnyOf(at: At): JsonError | JsonError[] | undefined {
  const failures = failuresOf(at.node.anyOf, at);
  return failures.some(isEmpty) ? undefined : (closest(failures, at) ?? errorAt(at, 'any-of-error'));
}

function checkOneOf(at: At): JsonError | JsonError[] | undefined {
  const failures = failuresOf(at.node.oneOf, at);
  const matches = failures.filter(isEmpty).length;
  if (matches === 0) {
    return closest(failures, at) ?? errorAt(at, 'one-of-error');
  }
  return matches === 1 ? undefined : errorAt(at, 'multiple-one-of-error');
}

function failuresOf(branches: SchemaNode[] | undefined, { data, pointer, path }: At): JsonError[][] {
  return (branches ?? []).map((branch) => branch.validate(data, pointer, path).errors);
}

function isEmpty(errors: JsonError[]): boolean {
  return errors.length === 0;
}

/** What is wrong with the one form that the value was meant to have; undefined when none or several would do. */
function closest(failures: JsonError[][], { pointer }: At): JsonError[] | undefined {
  const isOther = (error: JsonError) =>
    error.data.pointer === pointer && ['type-error', 'enum-error', 'const-error'].includes(codeOf(error));
  const meant = failures.filter((errors) => !errors.some(isOther));
  return meant.length === 1 ? meant[0] : undefined;
}
