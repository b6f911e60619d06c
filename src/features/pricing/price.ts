// The price of a submit, computed from the input that RunComfy will read. Integers and BigInt only; pure.
// Quantities are thousandths of a unit, factors and mark-ups ten-thousandths.

import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { divide, microsOf, type Micros } from '../../lib/money.ts';
import { E4, factorOf, itemsIn, quantityOf, secondsIn, valueOf, type Amount } from './quantity.ts';

export const UNITS = ['output', 'image', 'second', 'minute'] as const;

export type Price = {
  /** The list price of one unit. 0 means free, and is only set by hand. */
  usdMicros: Micros;
  unit: (typeof UNITS)[number];
  /** The input that holds the number of units, or of seconds for a price by time. Without it: one output, no time. */
  quantity?: string | undefined;
  /** The most units that one job can have if no input holds their number, in thousandths. */
  maxQuantityE3?: number | undefined;
  /** The multipliers of the price in ten-thousandths, by input and by the text of its value. */
  factors?: Record<string, Record<string, number>> | undefined;
  /** The list prices that each item of a list input adds. */
  adds?: { input: string; usdMicros: Micros }[] | undefined;
  /** If the reported cost is charged: hold ÷ estimate in ten-thousandths, 1 or more. */
  holdFactorE4?: number | undefined;
};

/** `estimate`: the estimate is charged. `cost`: the reported cost × mark-up is charged, at most the hold. */
export const CHARGE_MODES = ['estimate', 'cost'] as const;
export type ChargeMode = (typeof CHARGE_MODES)[number];

/** The customer's terms: list price × mark-up, or an own unit price. */
export type Terms = { markupE4: number; ownUnitMicros: Micros | null };

/** The price of one submit, as it is kept on the job. */
export type Quote = {
  unitMicros: Micros;
  /** The expected price; the highest one if the input leaves a range. */
  estimateMicros: Micros;
  /** The least that a success is charged; below the estimate if the reported cost decides. */
  leastMicros: Micros | 0;
  /** The amount that is reserved: no charge exceeds it. */
  holdMicros: Micros;
  /** The parts that list items add: to the estimate, and to RunComfy's cost. */
  addsMicros: Micros;
  addsCostMicros: Micros;
  charge: ChargeMode;
  /** The basis of the figures above. */
  price: Price;
  terms: Terms;
};

export type Quoting = ({ kind: 'priced' } & Quote) | { kind: 'unpriced'; reason: string };

type Sold = { price: Price; charge: ChargeMode; schema: JsonObject };

/** One factor and one addition of an input. */
type Factor = Amount & { input: string; value: unknown };
type Addition = { input: string; items: number; listMicros: Micros; eachMicros: Micros };
export type Parts = { quantity: Amount; factors: Factor[]; adds: Addition[] };

const MAX_JOB_MICROS = 1_000_000_000_000n;

/** The customer's own price, else list price × mark-up, rounded half up once, so that every page shows the charged price. */
export function unitPrice(price: Price, { markupE4, ownUnitMicros }: Terms): Micros | null {
  return ownUnitMicros ?? markedUp(price.usdMicros, markupE4);
}

/** A list price × mark-up, rounded half up once. */
export function markedUp(micros: Micros, markupE4: number): Micros | null {
  return microsOf(divide(BigInt(micros) * BigInt(markupE4), E4, 'half_up'));
}

/** The parts of an input that the price reads, or why it cannot be priced. */
export function partsOf({ price, schema }: Sold, terms: Terms, input: JsonObject): Parts | string {
  const about = { schema, input };
  const quantity = quantityOf(price, about);
  if (quantity === null) {
    return `the input has no quantity for a price by the ${price.unit}`;
  }
  const factors = Object.entries(price.factors ?? {}).map(([name, table]): Factor => {
    const sent = valueOf(name, about);
    return { input: name, value: sent.value, ...factorOf(table, sent) };
  });
  const adds = (price.adds ?? []).flatMap((add): Addition[] => {
    const eachMicros = markedUp(add.usdMicros, terms.markupE4);
    const items = itemsIn(valueOf(add.input, about));
    return eachMicros === null ? [] : [{ input: add.input, items, listMicros: add.usdMicros, eachMicros }];
  });
  return adds.length < (price.adds?.length ?? 0) ? BEYOND : { quantity, factors, adds };
}

const BEYOND = 'the amount is beyond what can be booked';

/** The quote for an input: unit × quantity × factors, rounded half up once, plus the prices of list items. */
export function quote(sold: Sold, terms: Terms, input: JsonObject): Quoting {
  const parts = partsOf(sold, terms, input);
  return typeof parts === 'string' ? { kind: 'unpriced', reason: parts } : quoteOf(sold, terms, parts);
}

export function quoteOf({ price, charge: mode }: Sold, terms: Terms, parts: Parts): Quoting {
  const unitMicros = unitPrice(price, terms);
  const addsMicros = sumOf(parts.adds.map(({ items, eachMicros }) => [items, eachMicros]));
  const addsCostMicros = sumOf(parts.adds.map(({ items, listMicros }) => [items, listMicros]));
  if (unitMicros === null || addsMicros === null || addsCostMicros === null) {
    return { kind: 'unpriced', reason: BEYOND };
  }
  const total = (side: keyof Amount) =>
    bookable(BigInt(addsMicros) + product({ unitMicros, price }, parts, side));
  const [estimateMicros, bottomMicros] = [total('most'), total('least')];
  if (estimateMicros === null || bottomMicros === null) {
    return { kind: 'unpriced', reason: BEYOND };
  }
  const isRange = bottomMicros < estimateMicros;
  const charge = chargeMode({ price, mode, isRange }, terms);
  const isRaised = mode === 'cost' && terms.ownUnitMicros === null;
  const holdFactorE4 = isRaised ? BigInt(price.holdFactorE4 ?? E4) : E4;
  const holdMicros = bookable(divide(BigInt(estimateMicros) * holdFactorE4, E4, 'up'));
  if (holdMicros === null) {
    return { kind: 'unpriced', reason: BEYOND };
  }
  const byCost: Quote['leastMicros'] = isRange ? bottomMicros : 0;
  const leastMicros = charge === 'cost' ? byCost : estimateMicros;
  const amounts = { unitMicros, estimateMicros, leastMicros, holdMicros, addsMicros, addsCostMicros };
  return { kind: 'priced', ...amounts, charge, price, terms };
}

/**
 * A range is charged by the reported cost, in either mode. A customer with an own price is charged for the quantity that
 * the cost implies, and by the estimate if the quantity is certain, or the model is free and its cost implies nothing.
 */
function chargeMode(
  { price, mode, isRange }: { price: Price; mode: ChargeMode; isRange: boolean },
  { ownUnitMicros }: Terms,
): ChargeMode {
  if (ownUnitMicros === null) {
    return isRange ? 'cost' : mode;
  }
  return isRange && price.usdMicros > 0 ? 'cost' : 'estimate';
}

/** Unit × quantity × factors, rounded half up once. */
function product(
  { unitMicros, price }: { unitMicros: Micros; price: Price },
  { quantity, factors }: Parts,
  side: keyof Amount,
): bigint {
  const dividend = factors.reduce(
    (soFar, factor) => soFar * factor[side],
    BigInt(unitMicros) * quantity[side],
  );
  return divide(dividend, 1000n * secondsIn(price.unit) * E4 ** BigInt(factors.length), 'half_up');
}

function sumOf(additions: [items: number, micros: Micros][]): Micros | null {
  return bookable(additions.reduce((sum, [items, micros]) => sum + BigInt(items) * BigInt(micros), 0n));
}

/** A job costs at most a million dollars, so that sums of thousands of holds stay exact. */
function bookable(value: bigint): Micros | null {
  return value > MAX_JOB_MICROS ? null : microsOf(value);
}

/** The inputs that the price reads; their rules hold in every validation mode. */
export function pricedInputs({ quantity, factors = {}, adds = [] }: Price): string[] {
  const names = [...Object.keys(factors), ...adds.map(({ input }) => input)];
  return quantity === undefined ? names : [quantity, ...names];
}

/** An input that the price reads and the schema does not have: customers could send anything and so set the price. */
export function unreadInput(price: Price, { properties }: JsonObject): string | null {
  const isMissing = (name: string) => !isJsonObject(properties) || !Object.hasOwn(properties, name);
  return pricedInputs(price).find(isMissing) ?? null;
}
