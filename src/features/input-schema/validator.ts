// The JSON Schema validator as it runs here: json-schema-library's draft 2020-12, with those keywords replaced in
// which the library strays from the standard, fails on names such as "constructor", or needs memory in proportion to
// a customer's body. Says which rule broke where; the sentences are input-error.ts.

import {
  compileSchema,
  draft2020,
  extendDraft,
  settings,
  type JsonError,
  type JsonSchema,
  type SchemaNode,
} from 'json-schema-library';
import { isJsonObject } from '../../lib/json.ts';
import { createEffort, type Effort } from './effort.ts';
import { boundedPattern } from './safe-pattern.ts';
import { isLongerThan, isMultiple, isOneOf, isUnique } from './value-rules.ts';

type Draft = ReturnType<typeof extendDraft>;
type Keyword = (typeof draft2020)['keywords'][number];
type Check = NonNullable<Keyword['validate']>;
type At = Parameters<Check>[0];

export const MAX_ERRORS = 20;

/** Compiling a schema at one place costs about as much as checking so many values. */
const COMPILE_STEPS = 100;

/** So many values of an enum cost as much as one place. */
const COMPARED_AT_ONCE = 100;

// The library never reports a property of this name as additional.
settings.propertyBlacklist = [];

const standard = extendDraft(draft2020, {
  // Its texts quote the whole value, 16 MiB if need be; nobody reads them here.
  errors: Object.fromEntries(Object.keys(draft2020.errors).map((code) => [code, ''])),
  keywords: [
    withBareNames(),
    { ...keyword('additionalProperties'), addValidate: isClosing, validate: checkAdditional },
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
    replaced('const', (at) => unless(isOneOf(at.data, [at.node.schema['const']]), at, 'const-error')),
    replaced('uniqueItems', (at) => unless(isUnique(at.data), at, 'unique-items-error')),
    replaced('items', checkItems),
    replaced('propertyNames', checkNames),
    replaced('anyOf', checkAnyOf),
    replaced('oneOf', checkOneOf),
  ],
});

/** The standard for one validator: its keywords take their steps from this effort alone. */
function standardWithin(effort: Effort): Draft {
  return extendDraft(standard, {
    keywords: [
      counted(effort),
      withBoundedPatterns(effort),
      { ...keyword('pattern'), parse: (node) => parsePattern(node, effort) },
      dear('unevaluatedProperties', effort),
      dear('unevaluatedItems', effort),
      replaced('enum', (at) => checkEnum(at, effort)),
    ],
  });
}

/** The errors of an input against a schema, by a function that can be kept. Null: too much to be judged. */
export type Validator = (input: unknown) => JsonError[] | null;

/** The validator of a schema in the standard, or what the library says is wrong with it. Never fetches, never evals. */
export function createValidator(schema: Record<string, unknown>): Validator | { fault: string } {
  const effort = createEffort();
  const drafts = [standardWithin(effort)];
  const node = effort.bounded(() => compileSchema(schema, { drafts, formatAssertion: false }));
  if (node === undefined) {
    return { fault: 'it is too large' };
  }
  const [fault] = node.schemaErrors ?? [];
  return fault === undefined
    ? (input) => effort.bounded(() => node.validate(input).errors) ?? null
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

/** The library keeps and looks up names in plain objects, which have a constructor and a __proto__ of their own. */
function withBareNames(): Keyword {
  return {
    ...keyword('properties'),
    parse(node) {
      const { evaluationPath, schemaLocation } = node;
      const named = Object.entries<JsonSchema>(node.schema['properties']).map(([name, schema]) => {
        const place = `/properties/${name}`;
        return [name, node.compileSchema(schema, evaluationPath + place, schemaLocation + place)] as const;
      });
      node.properties = Object.create(null);
      for (const [name, child] of named) {
        Object.assign(node.properties ?? {}, { [name]: child });
      }
      return named.flatMap(([, child]) => child.schemaValidation ?? []);
    },
  };
}

/** The library runs this one keyword at every place of a schema, so steps are counted here. */
function counted({ spend }: Effort): Keyword {
  const original = keyword('if');
  return {
    ...original,
    parse(node) {
      spend(COMPILE_STEPS);
      return original.parse?.(node);
    },
    addValidate: () => true,
    validate({ node, data, pointer, path }) {
      spend(1 + widthOf(data));
      if (node.if === undefined) {
        return undefined;
      }
      // The library would copy the path, which grows with every value.
      const branch = isEmpty(node.if.validate(data, pointer, path).errors) ? node.then : node.else;
      return branch?.validate(data, pointer, path).errors;
    },
  };
}

/** These look at every other member for each member. */
function dear(name: 'unevaluatedProperties' | 'unevaluatedItems', { spend }: Effort): Keyword {
  const original = keyword(name);
  return {
    ...original,
    validate(at) {
      const width = Array.isArray(at.data) ? at.data.length : widthOf(at.data);
      spend(width * width);
      return original.validate?.(at);
    },
  };
}

function widthOf(value: unknown): number {
  return isJsonObject(value) ? Object.keys(value).length : 0;
}

function parsePattern(node: SchemaNode, effort: Effort): undefined {
  const source: unknown = node.schema['pattern'];
  if (typeof source === 'string') {
    node.pattern = boundedPattern(source, effort);
  }
}

/** Their schemas are found by name when they are needed: merging them, as the library does, takes cubic time. */
function withBoundedPatterns(effort: Effort): Keyword {
  const { reduce: _reduce, addReduce: _addReduce, ...original } = keyword('patternProperties');
  return {
    ...original,
    parse(node) {
      const faults = original.parse?.(node);
      for (const entry of node.patternProperties ?? []) {
        entry.pattern = boundedPattern(entry.name, effort);
      }
      return faults;
    },
    validate: ({ node, data, pointer, path }) =>
      errorsOfAll(entriesOf(data), ([name, value]) =>
        (node.patternProperties ?? [])
          .filter(({ pattern }) => pattern.test(name))
          .flatMap((entry) => entry.node.validate(value, `${pointer}/${name}`, path).errors),
      ),
  };
}

function isClosing({ schema }: SchemaNode): boolean {
  return schema['additionalProperties'] !== undefined && schema['additionalProperties'] !== true;
}

function checkAdditional({ node, data, pointer, path }: At): JsonError[] {
  const { schema, properties, additionalProperties } = node;
  const others = entriesOf(data).filter(
    ([name]) => properties?.[name] === undefined && !matchesPattern(node, name),
  );
  return errorsOfAll(others, ([name, value]) => {
    const at = `${pointer}/${name}`;
    return additionalProperties === undefined
      ? [node.createError('no-additional-properties-error', { pointer: at, schema, value })]
      : additionalProperties.validate(value, at, path).errors;
  });
}

function matchesPattern({ patternProperties }: SchemaNode, name: string): boolean {
  return patternProperties?.some(({ pattern }) => pattern.test(name)) ?? false;
}

function checkNames({ node, data, pointer, path }: At): JsonError[] {
  const { schema, propertyNames } = node;
  return errorsOfAll(entriesOf(data), ([property, value]) =>
    schema['propertyNames'] === false ||
    !isEmpty(propertyNames?.validate(property, pointer, path).errors ?? [])
      ? [node.createError('invalid-property-name-error', { property, pointer, schema, value })]
      : [],
  );
}

function entriesOf(value: unknown): [name: string, member: unknown][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

/** Stops once there is enough to tell: a long list of wrong items must not become a longer list of errors. */
function errorsOfAll<T>(members: T[], errorsOf: (member: T) => JsonError[]): JsonError[] {
  const errors: JsonError[] = [];
  for (const member of members) {
    if (errors.length >= MAX_ERRORS) {
      break;
    }
    errors.push(...errorsOf(member));
  }
  return errors;
}

function unless(isValid: boolean, at: At, code: string): JsonError | undefined {
  return isValid ? undefined : errorAt(at, code);
}

function errorAt({ node, data, pointer }: At, code: string): JsonError {
  return node.createError(code, { pointer, schema: node.schema, value: data });
}

function checkEnum(at: At, { spend }: Effort): JsonError | undefined {
  const allowed: unknown[] = at.node.schema['enum'];
  spend(allowed.length / COMPARED_AT_ONCE);
  return unless(isOneOf(at.data, allowed), at, 'enum-error');
}

function checkItems({ node, data, pointer, path }: At): JsonError[] {
  const start = Array.isArray(node.schema['prefixItems']) ? node.schema['prefixItems'].length : 0;
  const items: unknown[] = Array.isArray(data) ? data.slice(start) : [];
  return errorsOfAll(
    [...items.entries()],
    ([index, item]) => node.items?.validate(item, `${pointer}/${start + index}`, path).errors ?? [],
  );
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
