// What a price reads of an input: how many units, which factors, how many items of a list. Each is what it is at most and
// at least; the two differ where RunComfy decides. Pure.

import { isJsonObject } from '../../lib/json.ts';
import { decimalOf, divide } from '../../lib/money.ts';
import type { Price } from './price.ts';

export type Schema = Record<string, unknown>;
type About = { schema: Schema; input: Record<string, unknown> };

/** A product's part: what it is at most and at least. */
export type Amount = { most: bigint; least: bigint };

export const E4 = 10_000n;
const FRAMES_PER_SECOND = 24n;

/** Seconds are what inputs tell of a length, whatever the price counts. */
export function secondsIn(unit: Price['unit']): bigint {
  return unit === 'minute' ? 60n : 1n;
}

export function isTimed(unit: Price['unit']): boolean {
  return unit === 'second' || unit === 'minute';
}

/** In thousandths: of a second where the price is by time, else of an output. Null: nothing tells how many. */
export function quantityOf(price: Price, about: About): Amount | null {
  const { quantity: name, maxQuantityE3, unit } = price;
  const bound = maxQuantityE3 === undefined ? null : BigInt(maxQuantityE3) * secondsIn(unit);
  if (name === undefined) {
    const one = isTimed(unit) ? null : { most: 1000n, least: 1000n };
    return bound === null ? one : { most: bound, least: 0n };
  }
  const isFrames = countsFrames(price);
  const sent = valueOf(name, about);
  const exact = thousandths(sent.value, isFrames);
  if (exact !== null) {
    return { most: exact, least: exact };
  }
  const { minimum, maximum, enum: values } = sent.property;
  const possible = quantitiesOf(maximum, values, isFrames);
  if (bound === null && possible.length === 0) {
    return null;
  }
  const most = bound ?? largest(possible);
  const least = quantitiesOf(minimum, values, isFrames);
  return { most, least: least.length === 0 ? 0n : smallest([most, ...possible, ...least]) };
}

/** Whether the quantity is told in frames, 24 to a second. */
export function countsFrames({ unit, quantity }: Price): boolean {
  return isTimed(unit) && quantity === 'frames';
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
 * A quantity in thousandths, rounded up; frames become whole seconds at 24 a second, at least one. Null when it is none:
 * nothing for nothing is no order, so of a 0 RunComfy would make what it likes.
 */
export function thousandths(value: unknown, isFrames: boolean): bigint | null {
  const isText = typeof value === 'string' && /^\d{1,9}(\.\d{1,9})?$/.test(value);
  const decimal = isText || typeof value === 'number' ? decimalOf(value) : null;
  if (decimal === null || decimal.digits <= 0n) {
    return null;
  }
  const { digits, divisor } = decimal;
  return isFrames
    ? largest([divide(digits, FRAMES_PER_SECOND * divisor, 'half_up'), 1n]) * 1000n
    : divide(digits * 1000n, divisor, 'up');
}

type Sent = { value: unknown; property: Schema };

/** The value sent, else the default of the schema, which RunComfy will use. */
export function valueOf(name: string, { schema, input }: About): Sent {
  const property = propertyOf(schema, name);
  return { value: Object.hasOwn(input, name) ? input[name] : property['default'], property };
}

export function propertyOf(schema: Schema, name: string): Schema {
  const properties = recordOf(schema['properties']);
  return Object.hasOwn(properties, name) ? recordOf(properties[name]) : {};
}

function recordOf(value: unknown): Schema {
  return isJsonObject(value) ? value : {};
}

/** Whether the value leaves the choice to RunComfy. */
export function isLeftOpen(value: unknown): boolean {
  return value === undefined || value === null || value === 'auto';
}

/** The factor listed for the value, 1 for one not listed; all that are possible where the choice is RunComfy's. */
export function factorOf(table: Record<string, number>, { value, property }: Sent): Amount {
  const text = String(value);
  const listed = Object.hasOwn(table, text) ? table[text] : undefined;
  if (listed !== undefined) {
    return { most: BigInt(listed), least: BigInt(listed) };
  }
  if (!isLeftOpen(value)) {
    return { most: E4, least: E4 };
  }
  const { enum: values } = property;
  const isAllListed =
    Array.isArray(values) &&
    Object.keys(table).length > 0 &&
    values.every((one) => isLeftOpen(one) || Object.hasOwn(table, String(one)));
  const possible = [...Object.values(table).map(BigInt), ...(isAllListed ? [] : [E4])];
  return { most: largest(possible), least: smallest(possible) };
}

/** How many items the list input has; a single value is one. */
export function itemsIn({ value }: Sent): number {
  if (Array.isArray(value)) {
    return value.length;
  }
  return isLeftOpen(value) || value === '' ? 0 : 1;
}
