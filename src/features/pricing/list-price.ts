// Turns a price of RunComfy's catalogue into ours. RunComfy describes the influence of inputs only in prose, so that part
// is for the operator to set. Pure.

import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { roundUsd, usd, type Micros } from '../../lib/money.ts';
import type { ShownPrice } from './price-format.ts';
import { quote, UNITS, type Price } from './price.ts';
import { isTimed } from './quantity.ts';

/** `mend`: a price that could be set by hand; its amount is null if only the operator can know it. */
export type Unpriced = { reason: string; mend: Omit<ShownPrice, 'usd'> & { usd: number | null } };

export type ListPrice = { price: Price; unpriced: null } | { price: null; unpriced: Unpriced };

/** The names of inputs that hold a length or a number of outputs; the first one in the schema is used. */
const LENGTHS = ['duration', 'frames'];
const OUTPUTS = ['num_images', 'max_images', 'n'];

/** A price for the operator to correct: only the operator knows the greatest length. */
export function proposal(amount: number | null, unit: Price['unit']): Unpriced['mend'] {
  return { usd: amount, unit, ...(isTimed(unit) ? { max_quantity: unit === 'minute' ? 5 : 60 } : {}) };
}

/** Rounded half up to whole micro-USD. 0 is no price: only the operator can make a model free. */
export function readListPrice(basePriceUsd: unknown, unit: string, schema: JsonObject): ListPrice {
  const known = UNITS.find((one) => one === unit);
  const usdMicros = roundUsd(basePriceUsd);
  if (usdMicros === null || usdMicros === 0) {
    return unpriced(whyNoAmount(basePriceUsd, usdMicros), proposal(null, known ?? 'output'));
  }
  const list = usd(usdMicros);
  if (known === undefined) {
    return unpriced(`its unit ${JSON.stringify(unit)} is not known`, proposal(list, 'output'));
  }
  const { properties } = schema;
  const quantity = (isTimed(known) ? LENGTHS : OUTPUTS).find(
    (name) => isJsonObject(properties) && mayBeNumber(properties[name]),
  );
  const by = quantity === undefined ? {} : { quantity };
  if (isTimed(known) && quantity === undefined) {
    return unpriced(`no input sets the number of ${known}s`, proposal(list, known));
  }
  const price: Price = { usdMicros, unit: known, ...by };
  const atMost = { [quantity ?? '']: 'auto' };
  const terms = { markupE4: 10_000, ownUnitMicros: null };
  const quoted = quote({ price, charge: 'estimate', schema }, terms, atMost);
  return quoted.kind === 'unpriced'
    ? unpriced(quoted.reason, { max_quantity: 1, ...proposal(list, known), ...by })
    : { price, unpriced: null };
}

function whyNoAmount(basePriceUsd: unknown, usdMicros: Micros | null): string {
  if (basePriceUsd === undefined || basePriceUsd === null) {
    return 'RunComfy names no price';
  }
  if (usdMicros === null) {
    return 'its price is no amount';
  }
  return basePriceUsd === 0
    ? 'its price is 0; set one by hand if it is free'
    : 'its price is less than can be booked';
}

function unpriced(reason: string, mend: Unpriced['mend']): ListPrice {
  return { price: null, unpriced: { reason, mend } };
}

/** A list, an object or a switch of such a name holds no number; the quote checks all other types. */
function mayBeNumber(property: unknown): boolean {
  const type = isJsonObject(property) ? property['type'] : 'boolean';
  return type !== 'array' && type !== 'object' && type !== 'boolean';
}

/** True if the operator has to accept the change: the price more than doubles or halves, is removed, or is of another kind. */
export function isLeap(from: Price | null, to: Price | null): boolean {
  if (from === null) {
    return false;
  }
  if (to === null || from.unit !== to.unit || from.quantity !== to.quantity) {
    return true;
  }
  return to.usdMicros > 2 * from.usdMicros || 2 * to.usdMicros < from.usdMicros;
}
