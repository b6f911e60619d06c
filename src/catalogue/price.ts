// What a submit costs, computed from the input that RunComfy will read. Integers and BigInt only; pure.
// Quantities are thousandths of a unit, factors and mark-ups ten-thousandths.

import { divide, microsOf, scaledDecimal, type Micros } from '../lib/money.ts';

export type Price = {
  /** The list price of one unit. 0 is free, and set by hand. */
  usdMicros: Micros;
  unit: 'output' | 'second';
  /** The input that tells how many units; without it one output, and no seconds. */
  quantity?: string | undefined;
  /** By input, by the text of its value: what the price is multiplied with, in ten-thousandths. */
  factors?: Record<string, Record<string, number>> | undefined;
};

/** `isRange`: something was left to RunComfy (`auto`), so the estimate is the most it can be. */
export type Quote =
  | { kind: 'priced'; estimateMicros: Micros; isRange: boolean }
  | { kind: 'unpriced'; reason: string };

type Amount = { value: bigint; isRange: boolean };
type Schema = Record<string, unknown>;
type Input = Record<string, unknown>;

const E4 = 10_000n;
const FRAMES_PER_SECOND = 24n;

/** List price × mark-up, rounded half up once: the number that is shown, kept on the job, and charged. */
export function unitPrice(price: Price, markupE4: number): Micros | null {
  return microsOf(divide(BigInt(price.usdMicros) * BigInt(markupE4), E4, 'half_up'));
}

/** The estimate: unit × quantity × factors, rounded half up once. */
export function quote(unitMicros: Micros, price: Price, about: { schema: Schema; input: Input }): Quote {
  const quantity = quantityOf(price, about);
  if (quantity === null) {
    return { kind: 'unpriced', reason: `no quantity can be read for a price by the ${price.unit}` };
  }
  let product = BigInt(unitMicros) * quantity.value;
  let divisor = 1000n;
  let { isRange } = quantity;
  for (const [name, table] of Object.entries(price.factors ?? {})) {
    const factor = factorOf(table, valueOf(name, about));
    product *= factor.value;
    divisor *= E4;
    isRange ||= factor.isRange;
  }
  const estimateMicros = microsOf(divide(product, divisor, 'half_up'));
  return estimateMicros === null
    ? { kind: 'unpriced', reason: 'the amount is beyond what can be booked' }
    : { kind: 'priced', estimateMicros, isRange };
}

/** The inputs that the price reads; their rules hold in every validation mode. */
export function pricedInputs(price: Price): string[] {
  return [...(price.quantity === undefined ? [] : [price.quantity]), ...Object.keys(price.factors ?? {})];
}

function quantityOf(price: Price, about: { schema: Schema; input: Input }): Amount | null {
  const name = price.quantity;
  if (name === undefined) {
    return price.unit === 'output' ? { value: 1000n, isRange: false } : null;
  }
  const isFrames = price.unit === 'second' && name === 'frames';
  const sent = valueOf(name, about);
  const exact = thousandths(sent.value, isFrames);
  if (exact !== null) {
    return { value: exact, isRange: false };
  }
  const most = maximumOf(sent.property, isFrames);
  return most === null ? null : { value: most, isRange: true };
}

/** A quantity in thousandths, rounded up; frames become whole seconds at 24 a second. Null when it is none. */
function thousandths(value: unknown, isFrames: boolean): bigint | null {
  const number = typeof value === 'string' && /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : value;
  const nano = typeof number === 'number' && number >= 0 ? scaledDecimal(number, 20) : null;
  if (nano === null) {
    return null;
  }
  const one = 10n ** 20n;
  return isFrames
    ? divide(nano, FRAMES_PER_SECOND * one, 'half_up') * 1000n
    : divide(nano, one / 1000n, 'up');
}

/** What the schema allows at most: `maximum`, or the largest quantity among the enum's values. */
function maximumOf({ maximum, enum: values }: Schema, isFrames: boolean): bigint | null {
  const possible = typeof maximum === 'number' ? [maximum] : Array.isArray(values) ? values : [];
  return possible
    .map((value) => thousandths(value, isFrames))
    .reduce((most, value) => (value !== null && (most === null || value > most) ? value : most), null);
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
    return { value: BigInt(listed), isRange: false };
  }
  if (sent.isSent && sent.value !== 'auto' && sent.value !== null) {
    return { value: E4, isRange: false };
  }
  const { enum: values } = sent.property;
  const isAllListed =
    Array.isArray(values) &&
    Object.keys(table).length > 0 &&
    values.every((value) => value === 'auto' || Object.hasOwn(table, String(value)));
  const possible = [...Object.values(table), ...(isAllListed ? [] : [Number(E4)])];
  return { value: BigInt(Math.max(...possible)), isRange: true };
}

function recordOf(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
