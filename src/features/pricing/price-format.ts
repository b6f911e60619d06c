// A price as it is stored, and as the operator reads and writes it.

import { isText, isWhole, oneOf, orAbsent } from '../../lib/guard.ts';
import { isJsonObject } from '../../lib/json.ts';
import { isMicros, usd } from '../../lib/money.ts';
import { UNITS, type Price, type Quote } from './price.ts';

const isUnit = oneOf(UNITS);

/** Checks the stored form of a price. */
export function isPrice(value: unknown): value is Price {
  if (!isJsonObject(value)) {
    return false;
  }
  const { usdMicros, unit, quantity, maxQuantityE3, factors, adds, holdFactorE4, ...others } = value;
  return (
    isMicros(usdMicros) &&
    isUnit(unit) &&
    orAbsent(isText)(quantity) &&
    orAbsent(isWhole)(maxQuantityE3) &&
    orAbsent(isFactors)(factors) &&
    orAbsent(isAdds)(adds) &&
    orAbsent(isWhole)(holdFactorE4) &&
    Object.keys(others).length === 0
  );
}

function isFactors(value: unknown): value is NonNullable<Price['factors']> {
  return isObjectOf(value, (table) => isObjectOf(table, isWhole));
}

function isAdds(value: unknown): value is NonNullable<Price['adds']> {
  return (
    Array.isArray(value) &&
    value.every((add) => isJsonObject(add) && isText(add['input']) && isMicros(add['usdMicros']))
  );
}

function isObjectOf(value: unknown, is: (member: unknown) => boolean): boolean {
  return isJsonObject(value) && Object.values(value).every(is);
}

/** The price as a job keeps it; `isOwn`: the customer's own price replaced its `usd`. */
export type PriceSnapshot = Price & { isOwn: boolean };

export function isSnapshot(value: unknown): value is PriceSnapshot {
  if (!isJsonObject(value)) {
    return false;
  }
  const { isOwn, ...price } = value;
  return typeof isOwn === 'boolean' && isPrice(price);
}

export function storedSnapshot({ price, terms }: Quote): string {
  const snapshot: PriceSnapshot = { ...price, isOwn: terms.ownUnitMicros !== null };
  return JSON.stringify(snapshot);
}

/** A price in dollars, with factors as decimals. */
export type ShownPrice = {
  usd: number;
  unit: Price['unit'];
  quantity?: string | undefined;
  max_quantity?: number | undefined;
  factors?: Record<string, Record<string, number>> | undefined;
  adds?: { input: string; usd: number }[] | undefined;
  hold_factor?: number | undefined;
};

export function showPrice(price: Price): ShownPrice {
  const { usdMicros, unit, quantity, maxQuantityE3, factors, adds, holdFactorE4 } = price;
  return {
    usd: usd(usdMicros),
    unit,
    ...(quantity === undefined ? {} : { quantity }),
    ...(maxQuantityE3 === undefined ? {} : { max_quantity: maxQuantityE3 / 1000 }),
    ...(factors === undefined ? {} : { factors: showFactors(factors) }),
    ...(adds === undefined
      ? {}
      : { adds: adds.map((add) => ({ input: add.input, usd: usd(add.usdMicros) })) }),
    ...(holdFactorE4 === undefined ? {} : { hold_factor: holdFactorE4 / 10_000 }),
  };
}

/** The price of a job; null: the job has none. */
export function showSnapshot(price: PriceSnapshot | null): (ShownPrice & { own: boolean }) | null {
  return price === null ? null : { ...showPrice(price), own: price.isOwn };
}

function showFactors(
  factors: Record<string, Record<string, number>>,
): Record<string, Record<string, number>> {
  return Object.fromEntries(
    Object.entries(factors).map(([input, table]) => [
      input,
      Object.fromEntries(Object.entries(table).map(([value, e4]) => [value, e4 / 10_000])),
    ]),
  );
}
