// Keywords for one value. A keyword takes steps if its work grows with the value or the schema.

import { isJsonObject } from '../../lib/json.ts';
import { namesOf } from '../../lib/names-of.ts';
import type { Effort } from './effort.ts';
import { isOtherType, listOf, type Schema } from './keyword-shapes.ts';
import { broken, type Check } from './run.ts';
import { compilePattern } from './safe-pattern.ts';
import {
  allowedOf,
  isLongerThan,
  isMultiple,
  isNested,
  isOneOf,
  isUnique,
  mustBeCounted,
} from './value-rules.ts';

/** Steps to write a value in canonical JSON. */
const CANONICAL_STEPS = 25;
/** Steps to store an item for the check of uniqueness. */
const UNIQUE_STEPS = 3;
/** Steps to count a member. */
const COUNT_STEPS = 3;
const CHARS_A_STEP = 32;
/** Steps to divide decimals, also with hundreds of digits. */
const DECIMAL_STEPS = 20;
const EXTREME_STEPS = 200;

/** True if the value satisfies a keyword. */
type Holds = (value: unknown, effort: Effort) => boolean;

/** The check of each keyword. */
const VALUE_RULES: Record<string, (schema: Schema) => Holds> = {
  const: (schema) => isAmong([schema['const']]),
  enum: (schema) => isAmong(listOf(schema['enum'])),
  exclusiveMaximum: numbers('exclusiveMaximum', (value, limit) => value < limit),
  exclusiveMinimum: numbers('exclusiveMinimum', (value, limit) => value > limit),
  maximum: numbers('maximum', (value, limit) => value <= limit),
  maxItems: lists('maxItems', (count, limit) => count <= limit),
  maxLength: texts('maxLength', (text, limit, effort) => !isTooLong(text, limit, effort)),
  maxProperties: objects('maxProperties', (count, limit) => count <= limit),
  minimum: numbers('minimum', (value, limit) => value >= limit),
  minItems: lists('minItems', (count, limit) => count >= limit),
  minLength: texts('minLength', (text, limit, effort) => isTooLong(text, limit - 1, effort)),
  minProperties: objects('minProperties', (count, limit) => count >= limit),
  multipleOf: numbers('multipleOf', isMultipleOf),
  pattern: matches,
  type: isOfType,
  uniqueItems: (schema) => (value, effort) =>
    schema['uniqueItems'] !== true || !Array.isArray(value) || isUniqueList(value, effort),
};

/** The checks of the keywords that the schema has. */
export function valueChecks(schema: Schema): Check[] {
  return Object.entries(VALUE_RULES)
    .filter(([keyword]) => Object.hasOwn(schema, keyword))
    .map(([keyword, ruleOf]): Check => {
      const holds = ruleOf(schema);
      return (value, run) => holds(value, run.effort) || broken(run, keyword, schema);
    });
}

type OfLimit<T> = (value: T, limit: number, effort: Effort) => boolean;

/** A rule for numbers, which all other values satisfy. The functions for texts, lists and objects below do the same. */
function numbers(keyword: string, holds: OfLimit<number>): (schema: Schema) => Holds {
  return (schema) => {
    const limit = Number(schema[keyword]);
    return (value, effort) => typeof value !== 'number' || holds(value, limit, effort);
  };
}

function texts(keyword: string, holds: OfLimit<string>): (schema: Schema) => Holds {
  return (schema) => {
    const limit = Number(schema[keyword]);
    return (value, effort) => typeof value !== 'string' || holds(value, limit, effort);
  };
}

function lists(keyword: string, holds: OfLimit<number>): (schema: Schema) => Holds {
  return (schema) => {
    const limit = Number(schema[keyword]);
    return (value, effort) => !Array.isArray(value) || holds(value.length, limit, effort);
  };
}

function objects(keyword: string, holds: OfLimit<number>): (schema: Schema) => Holds {
  return (schema) => {
    const limit = Number(schema[keyword]);
    return (value, effort) => {
      if (!isJsonObject(value)) {
        return true;
      }
      const count = namesOf(value).length;
      effort.spend(count * COUNT_STEPS);
      return holds(count, limit, effort);
    };
  };
}

function isOfType(schema: Schema): Holds {
  const types = [schema['type']].flat();
  const [only] = types;
  return types.length === 1
    ? (value) => !isOtherType(only, value)
    : (value) => types.some((type) => !isOtherType(type, value));
}

function isAmong(values: unknown[]): Holds {
  const allowed = allowedOf(values);
  return (value, effort) => {
    if (isNested(value) && allowed.nested.size > 0) {
      spendOn(value, effort);
    }
    return isOneOf(value, allowed);
  };
}

function spendOn(value: unknown, effort: Effort): void {
  if (typeof value === 'string') {
    effort.spend(CANONICAL_STEPS + value.length / CHARS_A_STEP);
    return;
  }
  effort.spend(CANONICAL_STEPS);
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) {
      spendOn(inner, effort);
    }
  }
}

function isTooLong(text: string, limit: number, effort: Effort): boolean {
  if (mustBeCounted(text, limit)) {
    effort.spend(text.length / CHARS_A_STEP);
  }
  return isLongerThan(text, limit);
}

function isMultipleOf(value: number, of: number, effort: Effort): boolean {
  if (!Number.isSafeInteger(value) || !Number.isSafeInteger(of)) {
    effort.spend(`${value}${of}`.includes('e') ? EXTREME_STEPS : DECIMAL_STEPS);
  }
  return isMultiple(value, of);
}

function matches(schema: Schema): Holds {
  const pattern = compilePattern(String(schema['pattern']));
  return (value, effort) => typeof value !== 'string' || pattern.matches(value, effort);
}

function isUniqueList(items: unknown[], effort: Effort): boolean {
  effort.spend(items.length * UNIQUE_STEPS);
  for (const item of items) {
    if (isNested(item)) {
      spendOn(item, effort);
    }
  }
  return isUnique(items);
}
