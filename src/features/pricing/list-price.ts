// The price that RunComfy's catalogue tells of a model, as far as it can be put into ours. What depends on inputs stands
// there in prose only; that is for the operator to set. Pure.

import { isJsonObject } from '../../lib/json.ts';
import { roundUsd, usd } from '../../lib/money.ts';
import type { ShownPrice } from './price-format.ts';
import { quote, UNITS, type Price } from './price.ts';
import { isTimed, type Schema } from './quantity.ts';

/** `mend`: a price that could be set by hand; its amount is null where only the operator can know it. */
export type Unpriced = { reason: string; mend: Omit<ShownPrice, 'usd'> & { usd: number | null } };

export type ListPrice = { price: Price; unpriced: null } | { price: null; unpriced: Unpriced };

/** Inputs that are known to hold the quantity, of lengths and of outputs; the first that the schema has counts. */
const LENGTHS = ['duration', 'frames'];
const OUTPUTS = ['num_images', 'max_images', 'n'];

/** A price for the operator to correct: nobody but them knows the most that a length can be. */
export function proposal(amount: number | null, unit: Price['unit']): Unpriced['mend'] {
  return { usd: amount, unit, ...(isTimed(unit) ? { max_quantity: unit === 'minute' ? 5 : 60 } : {}) };
}

/** Rounded half up to whole micro-USD. 0 is no price: free is only what is set by hand. */
export function readListPrice(basePriceUsd: unknown, unit: string, schema: Schema): ListPrice {
  const known = UNITS.find((one) => one === unit);
  const usdMicros = roundUsd(basePriceUsd);
  const isTold = basePriceUsd !== undefined && basePriceUsd !== null;
  if (usdMicros === null || usdMicros === 0) {
    const tiny = basePriceUsd === 0 ? 'is 0; set one by hand if it is free' : 'is less than can be booked';
    const reason = usdMicros === 0 ? `its price ${tiny}` : 'its price is no amount';
    return unpriced(isTold ? reason : 'RunComfy names no price', proposal(null, known ?? 'output'));
  }
  const list = usd(usdMicros);
  if (known === undefined) {
    return unpriced(`its unit ${JSON.stringify(unit)} is not known`, proposal(list, 'output'));
  }
  const { properties } = schema;
  const quantity = (isTimed(known) ? LENGTHS : OUTPUTS).find(
    (name) => isJsonObject(properties) && isCounted(properties[name]),
  );
  const by = quantity === undefined ? {} : { quantity };
  if (isTimed(known) && quantity === undefined) {
    return unpriced(`no input tells how many ${known}s it makes`, proposal(list, known));
  }
  const price: Price = { usdMicros, unit: known, ...by };
  const atMost = { [quantity ?? '']: 'auto' };
  const terms = { markupE4: 10_000, ownUnitMicros: null };
  const quoted = quote({ price, charge: 'estimate', schema }, terms, atMost);
  return quoted.kind === 'unpriced'
    ? unpriced(quoted.reason, { max_quantity: 1, ...proposal(list, known), ...by })
    : { price, unpriced: null };
}

function unpriced(reason: string, mend: Unpriced['mend']): ListPrice {
  return { price: null, unpriced: { reason, mend } };
}

/** Lists, objects and switches that are called so count nothing; of all else the quote has to make a number. */
function isCounted(property: unknown): boolean {
  const type = isJsonObject(property) ? property['type'] : 'boolean';
  return type !== 'array' && type !== 'object' && type !== 'boolean';
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
