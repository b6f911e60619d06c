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
import { isJsonObject } from '../../lib/json.ts';
import { checkAnyOf, checkOneOf } from './branch-keywords.ts';
import { createEffort, type Effort } from './effort.ts';
import { errorsOfAll, isEmpty, keyword, replaced, unless, type At, type Keyword } from './keyword.ts';
import {
  checkAdditional,
  checkNames,
  isClosing,
  withBareNames,
  withBoundedPatterns,
} from './member-keywords.ts';
import { boundedPattern } from './safe-pattern.ts';
import { isLongerThan, isMultiple, isOneOf, isUnique } from './value-rules.ts';

type Draft = ReturnType<typeof extendDraft>;

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
