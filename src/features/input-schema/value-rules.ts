// Rules for one value that need care: exact decimals, and memory that does not grow with a customer's body.

import { canonicalJson } from '../../lib/canonical-json.ts';
import { decimalOf } from '../../lib/money.ts';

/** Exact, because it uses the decimals as written and not their doubles. */
export function isMultiple(value: number, of: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(of)) {
    return value % of === 0;
  }
  const [dividend, divisor] = [decimalOf(value), decimalOf(of)];
  return (
    dividend !== null &&
    divisor !== null &&
    (dividend.digits * divisor.divisor) % (divisor.digits * dividend.divisor) === 0n
  );
}

/** The most code units of a code point. */
const MOST_UNITS = 2;

/** True if the number of code units does not decide, so that code points must be counted. */
export function mustBeCounted(text: string, limit: number): boolean {
  return text.length > limit && text.length <= limit * MOST_UNITS;
}

/** Counts Unicode code points only as far as needed: a list of all would take many times the memory. */
export function isLongerThan(text: unknown, limit: number): boolean {
  if (typeof text === 'string' && !mustBeCounted(text, limit)) {
    return text.length > limit;
  }
  let count = 0;
  for (const _ of typeof text === 'string' ? text : '') {
    count += 1;
    if (count > limit) {
      return true;
    }
  }
  return limit < 0;
}

/** The values of an enum or a const, prepared so that a look-up takes the same time for any number of them. */
export type Allowed = { plain: Set<unknown>; nested: Set<string> };

export function allowedOf(values: unknown[]): Allowed {
  return {
    plain: new Set(values.filter((value) => !isNested(value))),
    nested: new Set(values.filter(isNested).map(canonicalJson)),
  };
}

export function isOneOf(value: unknown, { plain, nested }: Allowed): boolean {
  return isNested(value) ? nested.size > 0 && nested.has(canonicalJson(value)) : plain.has(value);
}

export function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

export function isUnique(items: unknown[]): boolean {
  const [plain, nested] = [new Set(), new Set()];
  for (const item of items) {
    if (isNested(item)) {
      nested.add(canonicalJson(item));
    } else {
      plain.add(item);
    }
  }
  return plain.size + nested.size === items.length;
}
