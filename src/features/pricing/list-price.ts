// The price that RunComfy's catalogue tells of a model, as far as it can be put into ours. What depends on inputs stands
// there in prose only; that is for the operator to set. Pure.

import { isJsonObject } from '../../lib/json.ts';
import { decimalOf, divide, microsOf, type Micros } from '../../lib/money.ts';
import { quote, type Price } from './price.ts';

type Schema = Record<string, unknown>;

export type ListPrice = { price: Price; unpriced: null } | { price: null; unpriced: string };

/** Inputs that are known to hold the quantity, by unit; the first that the schema has counts. */
const QUANTITIES = { second: ['duration', 'frames'], output: ['num_images', 'max_images', 'n'] } as const;

/** Rounded up to whole micro-USD, so that nobody sells below cost. 0 is no price: free is only what is set by hand. */
export function readListPrice(basePriceUsd: unknown, unit: string, schema: Schema): ListPrice {
  if (basePriceUsd === undefined || basePriceUsd === null) {
    return { price: null, unpriced: 'RunComfy names no price' };
  }
  const usdMicros = typeof basePriceUsd === 'number' ? microsUp(basePriceUsd) : null;
  if (usdMicros === null) {
    return { price: null, unpriced: 'its price is no amount' };
  }
  if (usdMicros === 0) {
    return { price: null, unpriced: 'its price is 0; set one by hand if it is free' };
  }
  if (unit !== 'output' && unit !== 'second') {
    return { price: null, unpriced: `its unit ${JSON.stringify(unit)} is not known` };
  }
  const { properties } = schema;
  const quantity = QUANTITIES[unit].find((name) => isJsonObject(properties) && isCounted(properties[name]));
  const price: Price = { usdMicros, unit, ...(quantity === undefined ? {} : { quantity }) };
  if (unit === 'second' && quantity === undefined) {
    return { price: null, unpriced: 'no input tells how many seconds it makes' };
  }
  const atMost = { [quantity ?? '']: 'auto' };
  const quoted = quote(
    { price, charge: 'estimate', schema },
    { markupE4: 10_000, ownUnitMicros: null },
    atMost,
  );
  if (quoted.kind === 'unpriced') {
    return { price: null, unpriced: quoted.reason };
  }
  return quantity === 'frames' && quoted.leastMicros === 0
    ? { price: null, unpriced: 'fewer than 12 frames would cost nothing' }
    : { price, unpriced: null };
}

/** Lists, objects and switches that are called so count nothing; of all else the quote has to make a number. */
function isCounted(property: unknown): boolean {
  const type = isJsonObject(property) ? property['type'] : 'boolean';
  return type !== 'array' && type !== 'object' && type !== 'boolean';
}

function microsUp(dollars: number): Micros | null {
  const decimal = Number.isFinite(dollars) && dollars >= 0 ? decimalOf(dollars) : null;
  return decimal === null ? null : microsOf(divide(decimal.digits * 1_000_000n, decimal.divisor, 'up'));
}

/** Whether a change of price is for the operator to decide: more than twofold, or of another kind. */
export function isLeap(from: Price | null, to: Price | null): boolean {
  if (from === null) {
    return false;
  }
  if (to === null || from.unit !== to.unit || from.quantity !== to.quantity) {
    return true;
  }
  return to.usdMicros > 2 * from.usdMicros || 2 * to.usdMicros < from.usdMicros;
}
