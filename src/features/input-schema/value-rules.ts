// Rules about one value in which the validator's library strays from the standard, or needs memory in proportion to a
// customer's body.

import { canonicalJson } from '../../lib/canonical-json.ts';
import { scaledDecimal } from '../../lib/money.ts';

/** Enough decimals for the smallest double, so that every number is a whole one. */
const ALL_PLACES = 400;

/** Exact: on the decimals as written, not on their doubles. */
export function isMultiple(value: unknown, of: unknown): boolean {
  const [dividend, divisor] = [value, of].map((number) => scaledDecimal(Number(number), ALL_PLACES));
  return dividend !== null && dividend !== undefined && Boolean(divisor) && dividend % (divisor ?? 1n) === 0n;
}

/** In Unicode code points, counted no further than needed: a list of them all would take many times the memory. */
export function isLongerThan(text: unknown, limit: number): boolean {
  let count = 0;
  for (const _ of typeof text === 'string' ? text : '') {
    count += 1;
    if (count > limit) {
      return true;
    }
  }
  return limit < 0;
}

export function isOneOf(value: unknown, allowed: unknown[]): boolean {
  const isNested = typeof value === 'object' && value !== null;
  const text = isNested ? canonicalJson(value) : '';
  return allowed.some((one) => (isNested ? canonicalJson(one) === text : one === value));
}

export function isUnique(items: unknown): boolean {
  return !Array.isArray(items) || new Set(items.map(canonicalJson)).size === items.length;
}
