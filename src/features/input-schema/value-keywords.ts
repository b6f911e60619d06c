// Keywords about one value whose work grows with the value or with the schema: each takes steps for what it does.

import type { JsonError, SchemaNode } from 'json-schema-library';
import type { Effort } from './effort.ts';
import { replaced, unless, type At, type Keyword } from './keyword.ts';
import {
  allowedOf,
  isLongerThan,
  isMultiple,
  isNested,
  isOneOf,
  isUnique,
  mustBeCounted,
  type Allowed,
} from './value-rules.ts';

/** To write a value in canonical JSON. */
const CANONICAL_STEPS = 25;
const CHARS_A_STEP = 32;
/** To divide decimals, and those of hundreds of digits. */
const DECIMAL_STEPS = 20;
const EXTREME_STEPS = 200;

type Which = 'minLength' | 'maxLength';

export function valueKeywords({ spend }: Effort): Keyword[] {
  const known = new WeakMap<SchemaNode, Allowed>();

  /** The values are sorted out once for each place of the schema. */
  function isAllowed({ node, data }: At, values: unknown[]): boolean {
    const allowed = known.get(node) ?? allowedOf(values);
    known.set(node, allowed);
    if (isNested(data) && allowed.nested.size > 0) {
      spendOn(data);
    }
    return isOneOf(data, allowed);
  }

  function spendOn(value: unknown): void {
    if (typeof value === 'string') {
      spend(CANONICAL_STEPS + value.length / CHARS_A_STEP);
      return;
    }
    spend(CANONICAL_STEPS);
    if (typeof value === 'object' && value !== null) {
      Object.values(value).forEach(spendOn);
    }
  }

  function isTooLong(at: At, which: Which, limit: number): boolean {
    const text = String(at.data);
    if (mustBeCounted(text, limit)) {
      spend(text.length / CHARS_A_STEP);
    }
    return isLongerThan(text, limit) === (which === 'maxLength');
  }

  function checkMultiple(at: At): JsonError | undefined {
    const [value, of] = [Number(at.data), Number(at.node.schema['multipleOf'])];
    if (!Number.isSafeInteger(value) || !Number.isSafeInteger(of)) {
      spend(`${value}${of}`.includes('e') ? EXTREME_STEPS : DECIMAL_STEPS);
    }
    return unless(isMultiple(value, of), at, 'multiple-of-error');
  }

  function checkUnique(at: At): JsonError | undefined {
    if (Array.isArray(at.data)) {
      spendOn(at.data);
    }
    return unless(isUnique(at.data), at, 'unique-items-error');
  }

  return [
    replaced('multipleOf', checkMultiple, 'number'),
    replaced(
      'maxLength',
      (at) =>
        unless(!isTooLong(at, 'maxLength', Number(at.node.schema['maxLength'])), at, 'max-length-error'),
      'string',
    ),
    replaced(
      'minLength',
      (at) =>
        unless(!isTooLong(at, 'minLength', Number(at.node.schema['minLength']) - 1), at, 'min-length-error'),
      'string',
    ),
    replaced('enum', (at) => unless(isAllowed(at, at.node.schema['enum']), at, 'enum-error')),
    replaced('const', (at) => unless(isAllowed(at, [at.node.schema['const']]), at, 'const-error')),
    replaced('uniqueItems', checkUnique),
  ];
}
