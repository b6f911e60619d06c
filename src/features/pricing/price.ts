// What a submit costs, computed from the input that RunComfy will read. Integers and BigInt only; pure.
// Quantities are thousandths of a unit, factors and mark-ups ten-thousandths.

import { isJsonObject } from '../../lib/json.ts';
import { decimalOf, divide, microsOf, type Micros } from '../../lib/money.ts';

export type Price = {
  /** The list price of one unit. 0 is free, and set by hand. */
  usdMicros: Micros;
  unit: 'output' | 'second';
  /** The input that tells how many units; without it one output, and no seconds. */
  quantity?: string | undefined;
  /** By input, by the text of its value: what the price is multiplied with, in ten-thousandths. */
  factors?: Record<string, Record<string, number>> | undefined;
  /** Where the reported cost is charged: what the hold is to the estimate, in ten-thousandths, 1 or more. */
  holdFactorE4?: number | undefined;
};

/** `estimate`: the estimate is charged. `cost`: what RunComfy reports, times the mark-up, at most the hold. */
export type ChargeMode = 'estimate' | 'cost';

/** Who buys: on list price × mark-up, or on a unit price of their own. */
export type Terms = { markupE4: number; ownUnitMicros: Micros | null };

/** What one submit costs, as it is kept on the job. Something left to RunComfy (`auto`) makes `least` the smaller. */
export type Quote = {
  unitMicros: Micros;
  /** What is expected, and the most where it is not certain. */
  estimateMicros: Micros;
  leastMicros: Micros;
  /** What is reserved: no charge is ever more. */
  holdMicros: Micros;
  charge: ChargeMode;
  /** What all that was computed from. */
  price: Price;
  terms: Terms;
};

export type Quoting = ({ kind: 'priced' } & Quote) | { kind: 'unpriced'; reason: string };

/** A product's part: what it is at most and at least; the two differ where RunComfy decides. */
type Amount = { most: bigint; least: bigint };
type Schema = Record<string, unknown>;
type Input = Record<string, unknown>;

const E4 = 10_000n;
const FRAMES_PER_SECOND = 24n;
const MAX_JOB_MICROS = 1_000_000_000_000n;

/** A customer's own price, else list price × mark-up, rounded half up once: shown, kept on the job, and charged. */
export function unitPrice(price: Price, { markupE4, ownUnitMicros }: Terms): Micros | null {
  return ownUnitMicros ?? microsOf(divide(BigInt(price.usdMicros) * BigInt(markupE4), E4, 'half_up'));
}

/** Whoever has a price of their own is charged by the estimate, whatever the model says. */
function chargeMode(model: ChargeMode, terms: Terms): ChargeMode {
  return terms.ownUnitMicros === null ? model : 'estimate';
}

/** The quote for an input: unit × quantity × factors, rounded half up once. */
export function quote(
  { price, charge, schema }: { price: Price; charge: ChargeMode; schema: Schema },
  terms: Terms,
  input: Input,
): Quoting {
  const about = { schema, input };
  const quantity = quantityOf(price, about);
  if (quantity === null) {
    return { kind: 'unpriced', reason: `no quantity can be read for a price by the ${price.unit}` };
  }
  const unitMicros = unitPrice(price, terms);
  const factors = Object.entries(price.factors ?? {}).map(([name, table]) =>
    factorOf(table, valueOf(name, about)),
  );
  const mode = chargeMode(charge, terms);
  const holdFactorE4 = mode === 'cost' ? (price.holdFactorE4 ?? Number(E4)) : Number(E4);
  const estimateMicros = product(
    unitMicros,
    quantity.most,
    factors.map(({ most }) => most),
  );
  const leastMicros = product(
    unitMicros,
    quantity.least,
    factors.map(({ least }) => least),
  );
  const holdMicros =
    estimateMicros === null
      ? null
      : bookable(divide(BigInt(estimateMicros) * BigInt(holdFactorE4), E4, 'up'));
  if (unitMicros === null || estimateMicros === null || leastMicros === null || holdMicros === null) {
    return { kind: 'unpriced', reason: 'the amount is beyond what can be booked' };
  }
  return { kind: 'priced', unitMicros, estimateMicros, leastMicros, holdMicros, charge: mode, price, terms };
}

function product(unitMicros: Micros | null, quantity: bigint, factors: bigint[]): Micros | null {
  if (unitMicros === null) {
    return null;
  }
  const dividend = factors.reduce((sofar, factor) => sofar * factor, BigInt(unitMicros) * quantity);
  return bookable(divide(dividend, 1000n * E4 ** BigInt(factors.length), 'half_up'));
}

/** One job costs a million dollars at most, so that the sum of any thousands of holds stays exact. */
function bookable(value: bigint): Micros | null {
  return value > MAX_JOB_MICROS ? null : microsOf(value);
}

/** The inputs that the price reads; their rules hold in every validation mode. */
export function pricedInputs(price: Price): string[] {
  return [...(price.quantity === undefined ? [] : [price.quantity]), ...Object.keys(price.factors ?? {})];
}

function quantityOf(price: Price, about: { schema: Schema; input: Input }): Amount | null {
  const name = price.quantity;
  if (name === undefined) {
    return price.unit === 'output' ? { most: 1000n, least: 1000n } : null;
  }
  const isFrames = price.unit === 'second' && name === 'frames';
  const sent = valueOf(name, about);
  const exact = thousandths(sent.value, isFrames);
  if (exact !== null) {
    return { most: exact, least: exact };
  }
  const { minimum, maximum, enum: values } = sent.property;
  const most = quantitiesOf(maximum, values, isFrames);
  const least = quantitiesOf(minimum, values, isFrames);
  if (most.length === 0) {
    return null;
  }
  return { most: largest(most), least: least.length === 0 ? 0n : smallest([...most, ...least]) };
}

/** The bound of a schema as a quantity, else the quantities that its enum lists. */
function quantitiesOf(bound: unknown, values: unknown, isFrames: boolean): bigint[] {
  const possible = typeof bound === 'number' ? [bound] : Array.isArray(values) ? values : [];
  return possible.map((value) => thousandths(value, isFrames)).filter((value) => value !== null);
}

function largest(values: bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most));
}

function smallest(values: bigint[]): bigint {
  return values.reduce((least, value) => (value < least ? value : least));
}

/**
 * A quantity in thousandths, rounded up; frames become whole seconds at 24 a second. Null when it is none: nothing
 * for nothing is no order, so of a 0 RunComfy would make what it likes.
 */
function thousandths(value: unknown, isFrames: boolean): bigint | null {
  const isText = typeof value === 'string' && /^\d{1,9}(\.\d{1,9})?$/.test(value);
  const decimal = isText || typeof value === 'number' ? decimalOf(value) : null;
  if (decimal === null || decimal.digits <= 0n) {
    return null;
  }
  const { digits, divisor } = decimal;
  return isFrames
    ? divide(digits, FRAMES_PER_SECOND * divisor, 'half_up') * 1000n
    : divide(digits * 1000n, divisor, 'up');
}

type Sent = { value: unknown; isSent: boolean; property: Schema };

/** The value sent, else the default of the schema, which RunComfy will use. */
function valueOf(name: string, { schema, input }: { schema: Schema; input: Input }): Sent {
  const properties = recordOf(schema['properties']);
  const property = Object.hasOwn(properties, name) ? recordOf(properties[name]) : {};
  const isSent = Object.hasOwn(input, name);
  return { value: isSent ? input[name] : property['default'], isSent, property };
}

/** The factor listed for the value; the largest possible when that is left to RunComfy; 1 for a value not listed. */
function factorOf(table: Record<string, number>, sent: Sent): Amount {
  const text = String(sent.value);
  const listed = Object.hasOwn(table, text) ? table[text] : undefined;
  if (listed !== undefined) {
    return { most: BigInt(listed), least: BigInt(listed) };
  }
  if (sent.isSent && sent.value !== 'auto' && sent.value !== null) {
    return { most: E4, least: E4 };
  }
  const { enum: values } = sent.property;
  const isAllListed =
    Array.isArray(values) &&
    Object.keys(table).length > 0 &&
    values.every((value) => value === 'auto' || Object.hasOwn(table, String(value)));
  const possible = [...Object.values(table).map(BigInt), ...(isAllListed ? [] : [E4])];
  return { most: largest(possible), least: smallest(possible) };
}

function recordOf(value: unknown): Schema {
  return isJsonObject(value) ? value : {};
}
