// Reads an input for a price: the quantity, the factors and the items of lists. Each has a most and a least, which
// differ if RunComfy chooses the value. Pure.

import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { decimalOf, divide } from '../../lib/money.ts';
import type { Price } from './price.ts';

type About = { schema: JsonObject; input: JsonObject };

/** A factor of the product: the most and the least that it can be. */
export type Amount = { most: bigint; least: bigint };

export const E4 = 10_000n;
const FRAMES_PER_SECOND = 24n;

/** Inputs hold a length in seconds, under a price by the minute too. */
export function secondsIn(unit: Price['unit']): bigint {
  return unit === 'minute' ? 60n : 1n;
}

export function isTimed(unit: Price['unit']): boolean {
  return unit === 'second' || unit === 'minute';
}

/** In thousandths of a second for a price by time, else of an output. Null: the input has no quantity. */
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

/** True if the quantity is a number of frames, at 24 a second. */
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
 * A quantity in thousandths, rounded up; frames become whole seconds at 24 a second, at least one. Null: the value is not
 * a quantity. 0 is none either, because RunComfy would then choose the quantity.
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

type Sent = { value: unknown; property: JsonObject };

/** The value sent, else the default of the schema, which RunComfy will use. */
export function valueOf(name: string, { schema, input }: About): Sent {
  const property = propertyOf(schema, name);
  return { value: Object.hasOwn(input, name) ? input[name] : property['default'], property };
}

export function propertyOf(schema: JsonObject, name: string): JsonObject {
  const properties = objectIn(schema['properties']);
  return Object.hasOwn(properties, name) ? objectIn(properties[name]) : {};
}

function objectIn(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** True if the value leaves the choice to RunComfy. */
export function isLeftOpen(value: unknown): boolean {
  return value === undefined || value === null || value === 'auto';
}

/** The listed factor of the value, else 1. If RunComfy chooses the value: the range of all possible factors. */
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
