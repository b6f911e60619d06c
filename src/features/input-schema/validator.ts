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
import { valueKeywords } from './value-keywords.ts';

type Draft = ReturnType<typeof extendDraft>;

/** Steps to compile a schema at one place: a schema has 2,000 at most, and takes 3 MiB. */
const COMPILE_STEPS = 250;
/** Steps to check a value at one place. */
const PLACE_STEPS = 8;
/** Steps for a name that is required: it may be missing, and an error of its own. */
const NAME_STEPS = 30;

/** What a validator knows of its schema. `isPathRead`: some keyword looks back at what was checked before. */
type Places = { count: number; isPathRead: boolean };

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
    replaced('items', checkItems),
    replaced('anyOf', checkAnyOf),
    replaced('oneOf', checkOneOf),
  ],
});

/** The standard for one validator: its keywords take their steps from this effort alone. */
function standardWithin(effort: Effort, places: Places): Draft {
  return extendDraft(standard, {
    keywords: [
      counted(effort, places),
      withBoundedPatterns(effort),
      { ...keyword('pattern'), parse: (node) => parsePattern(node, effort) },
      {
        ...keyword('additionalProperties'),
        addValidate: isClosing,
        validate: (at) => checkAdditional(at, effort),
      },
      dear('unevaluatedProperties', effort, places),
      dear('unevaluatedItems', effort, places),
      replaced('propertyNames', (at) => checkNames(at, effort)),
      ...valueKeywords(effort),
    ],
  });
}

export type Validator = {
  /** The errors of an input against the schema. Null: too much to be judged. */
  errorsOf: (input: unknown) => JsonError[] | null;
  /** Places of the schema, which the library keeps an object of each for. */
  places: number;
};

/** The validator of a schema in the standard, or what the library says is wrong with it. Never fetches, never evals. */
export function createValidator(schema: Record<string, unknown>): Validator | { fault: string } {
  const effort = createEffort();
  const places: Places = { count: 0, isPathRead: false };
  const drafts = [standardWithin(effort, places)];
  const node = effort.bounded(() => compileSchema(schema, { drafts, formatAssertion: false }));
  if (node === undefined) {
    return { fault: 'it is too large' };
  }
  const [fault] = node.schemaErrors ?? [];
  return fault === undefined
    ? {
        errorsOf: (input) => effort.bounded(() => node.validate(input).errors) ?? null,
        places: places.count,
      }
    : { fault: String(fault.data['message']) };
}

/** The library runs this one keyword at every place of a schema, so steps are counted here. */
function counted({ spend }: Effort, places: Places): Keyword {
  const original = keyword('if');
  const fixed = new WeakMap<SchemaNode, number>();
  return {
    ...original,
    parse(node) {
      spend(COMPILE_STEPS);
      places.count += 1;
      fixed.set(node, stepsAt(node.schema));
      return original.parse?.(node);
    },
    addValidate: () => true,
    validate({ node, data, pointer, path }) {
      spend((fixed.get(node) ?? PLACE_STEPS) + widthOf(data));
      if (!places.isPathRead) {
        // The library notes each value that it has checked; a list of them all would take many times the memory.
        path.length = 0;
      }
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
function dear(
  name: 'unevaluatedProperties' | 'unevaluatedItems',
  { spend }: Effort,
  places: Places,
): Keyword {
  const original = keyword(name);
  return {
    ...original,
    parse(node) {
      places.isPathRead = true;
      return original.parse?.(node);
    },
    validate(at) {
      const width = widthOf(at.data);
      spend(width * (width + PLACE_STEPS));
      return original.validate?.(at);
    },
  };
}

function widthOf(value: unknown): number {
  if (Array.isArray(value)) {
    return value.length;
  }
  return isJsonObject(value) ? Object.keys(value).length : 0;
}

/** What a place takes whatever the value: its branches, and the names that it looks for. */
function stepsAt({ allOf, anyOf, oneOf, required, dependentRequired }: Record<string, unknown>): number {
  const names = Object.values(isJsonObject(dependentRequired) ? dependentRequired : {});
  const branches = [allOf, anyOf, oneOf].reduce<number>((sum, list) => sum + widthOf(list), 0);
  const needed = [required, ...names].reduce<number>((sum, list) => sum + widthOf(list), 0);
  return PLACE_STEPS + branches + needed * NAME_STEPS;
}

function parsePattern(node: SchemaNode, effort: Effort): undefined {
  const source: unknown = node.schema['pattern'];
  if (typeof source === 'string') {
    node.pattern = boundedPattern(source, effort);
  }
}

function checkItems({ node, data, pointer, path }: At): JsonError[] {
  const start = Array.isArray(node.schema['prefixItems']) ? node.schema['prefixItems'].length : 0;
  const items: unknown[] = Array.isArray(data) ? data.slice(start) : [];
  return errorsOfAll(
    [...items.entries()],
    ([index, item]) => node.items?.validate(item, `${pointer}/${start + index}`, path).errors ?? [],
  );
}
