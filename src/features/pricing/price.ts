// What a submit costs, computed from the input that RunComfy will read. Integers and BigInt only; pure.
// Quantities are thousandths of a unit, factors and mark-ups ten-thousandths.

import { isJsonObject } from '../../lib/json.ts';
import { divide, microsOf, type Micros } from '../../lib/money.ts';
import {
  E4,
  factorOf,
  itemsIn,
  quantityOf,
  secondsIn,
  valueOf,
  type Amount,
  type Schema,
} from './quantity.ts';

export const UNITS = ['output', 'image', 'second', 'minute'] as const;

export type Price = {
  /** The list price of one unit. 0 is free, and set by hand. */
  usdMicros: Micros;
  unit: (typeof UNITS)[number];
  /** The input that tells how many units, of a length how many seconds; without it one output, and no length. */
  quantity?: string | undefined;
  /** The most units that one job can be where no input tells how many, in thousandths. */
  maxQuantityE3?: number | undefined;
  /** By input, by the text of its value: what the price is multiplied with, in ten-thousandths. */
  factors?: Record<string, Record<string, number>> | undefined;
  /** What each item of a list input adds, at list price. */
  adds?: { input: string; usdMicros: Micros }[] | undefined;
  /** Where the reported cost is charged: what the hold is to the estimate, in ten-thousandths, 1 or more. */
  holdFactorE4?: number | undefined;
};

/** `estimate`: the estimate is charged. `cost`: what RunComfy reports, times the mark-up, at most the hold. */
export const CHARGE_MODES = ['estimate', 'cost'] as const;
export type ChargeMode = (typeof CHARGE_MODES)[number];

/** Who buys: on list price × mark-up, or on a unit price of their own. */
export type Terms = { markupE4: number; ownUnitMicros: Micros | null };

/** What one submit costs, as it is kept on the job. */
export type Quote = {
  unitMicros: Micros;
  /** What is expected, and the most where it is not certain. */
  estimateMicros: Micros;
  /** What a success is charged at the least: less than the estimate where the reported cost decides. */
  leastMicros: Micros | 0;
  /** What is reserved: no charge is ever more. */
  holdMicros: Micros;
  /** Of the estimate: what the items of lists add for the customer, and what they add to RunComfy's cost. */
  addsMicros: Micros;
  addsCostMicros: Micros;
  charge: ChargeMode;
  /** What all that was computed from. */
  price: Price;
  terms: Terms;
};

export type Quoting = ({ kind: 'priced' } & Quote) | { kind: 'unpriced'; reason: string };

type Sold = { price: Price; charge: ChargeMode; schema: Schema };
type Input = Record<string, unknown>;

/** One factor, and one addition, as an input has them. */
type Factor = Amount & { input: string; value: unknown };
type Addition = { input: string; items: number; listMicros: Micros; eachMicros: Micros };
export type Parts = { quantity: Amount; factors: Factor[]; adds: Addition[] };

const MAX_JOB_MICROS = 1_000_000_000_000n;

/** A customer's own price, else list price × mark-up, rounded half up once: shown, kept on the job, and charged. */
export function unitPrice(price: Price, { markupE4, ownUnitMicros }: Terms): Micros | null {
  return ownUnitMicros ?? markedUp(price.usdMicros, markupE4);
}

function markedUp(micros: Micros, markupE4: number): Micros | null {
  return microsOf(divide(BigInt(micros) * BigInt(markupE4), E4, 'half_up'));
}

/** What the price reads of an input, or why it cannot. */
export function partsOf({ price, schema }: Sold, terms: Terms, input: Input): Parts | string {
  const about = { schema, input };
  const quantity = quantityOf(price, about);
  if (quantity === null) {
    return `no quantity can be read for a price by the ${price.unit}`;
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

/** The quote for an input: unit × quantity × factors, rounded half up once, and what the items of lists add. */
export function quote(sold: Sold, terms: Terms, input: Input): Quoting {
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
 * A range is charged by what happened, in either mode. Whoever has a price of their own is charged for the quantity that
 * the cost implies, which no cost of a free model does; what is certain is charged to them by the estimate.
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

/** Rounded half up once, for any length. */
function product(
  { unitMicros, price }: { unitMicros: Micros; price: Price },
  { quantity, factors }: Parts,
  side: keyof Amount,
): bigint {
  const dividend = factors.reduce(
    (sofar, factor) => sofar * factor[side],
    BigInt(unitMicros) * quantity[side],
  );
  return divide(dividend, 1000n * secondsIn(price.unit) * E4 ** BigInt(factors.length), 'half_up');
}

function sumOf(additions: [items: number, micros: Micros][]): Micros | null {
  return bookable(additions.reduce((sum, [items, micros]) => sum + BigInt(items) * BigInt(micros), 0n));
}

/** One job costs a million dollars at most, so that the sum of any thousands of holds stays exact. */
function bookable(value: bigint): Micros | null {
  return value > MAX_JOB_MICROS ? null : microsOf(value);
}

/** The inputs that the price reads; their rules hold in every validation mode. */
export function pricedInputs({ quantity, factors = {}, adds = [] }: Price): string[] {
  const names = [...Object.keys(factors), ...adds.map(({ input }) => input)];
  return quantity === undefined ? names : [quantity, ...names];
}

/** An input that the price reads and no schema judges: it could be sent as anything, and the price would follow. */
export function unreadInput(price: Price, { properties }: Schema): string | null {
  const isMissing = (name: string) => !isJsonObject(properties) || !Object.hasOwn(properties, name);
  return pricedInputs(price).find(isMissing) ?? null;
}
