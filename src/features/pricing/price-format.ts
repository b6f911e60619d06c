// A price as the operator writes and reads it, and as it is stored.

import * as z from 'zod/mini';
import { isText, isWhole, orAbsent } from '../../lib/column.ts';
import { isJsonObject } from '../../lib/json.ts';
import { lazy } from '../../lib/lazy.ts';
import { usdAmount } from '../../lib/money-schema.ts';
import { isMicros, scaledDecimal, usd } from '../../lib/money.ts';
import { refuse } from '../../lib/refuse.ts';
import type { Price, Quote } from './price.ts';

const FACTOR_E4_MAX = 100_000_000;

const factor = lazy(() =>
  z.pipe(
    z.number(),
    z.transform((value, context) => {
      const e4 = Number(scaledDecimal(value, 4) ?? -1n);
      return e4 < 0 || e4 > FACTOR_E4_MAX
        ? refuse(context, 'must be a number from 0 to 10000 with at most four decimals')
        : e4;
    }),
  ),
);

const holdFactor = lazy(() =>
  factor().check(z.refine((e4) => e4 >= 10_000 && e4 <= 1_000_000, 'must be from 1 to 100')),
);

const inputName = lazy(() => z.string().check(z.minLength(1), z.maxLength(100)));

/** `{usd, unit, quantity?, factors?, hold_factor?}`; a price by the second needs the input that tells the seconds. */
export const priceBody = lazy(() =>
  z.pipe(
    z
      .strictObject({
        usd: usdAmount(),
        unit: z.enum(['output', 'second']),
        quantity: z.optional(inputName()),
        factors: z.optional(z.record(inputName(), z.record(z.string(), factor()))),
        hold_factor: z.optional(holdFactor()),
      })
      .check(
        z.refine((price) => price.unit !== 'second' || price.quantity !== undefined, {
          path: ['quantity'],
          message: 'a price by the second needs the name of the input that tells the seconds',
        }),
      ),
    z.transform(({ usd: usdMicros, hold_factor: holdFactorE4, ...rest }): Price => ({
      usdMicros,
      ...rest,
      ...(holdFactorE4 === undefined ? {} : { holdFactorE4 }),
    })),
  ),
);

/** Whether a value is a price as it is stored. */
export function isPrice(value: unknown): value is Price {
  if (!isJsonObject(value)) {
    return false;
  }
  const { usdMicros, unit, quantity, factors, holdFactorE4, ...others } = value;
  return (
    isMicros(usdMicros) &&
    (unit === 'output' || unit === 'second') &&
    orAbsent(isText)(quantity) &&
    orAbsent(isFactors)(factors) &&
    orAbsent(isWhole)(holdFactorE4) &&
    Object.keys(others).length === 0
  );
}

function isFactors(value: unknown): value is NonNullable<Price['factors']> {
  return isObjectOf(value, (table) => isObjectOf(table, isWhole));
}

function isObjectOf(value: unknown, is: (member: unknown) => boolean): boolean {
  return isJsonObject(value) && Object.values(value).every(is);
}

/** The price as a job keeps it; `isOwn`: the customer's own stood in the place of its `usd`. */
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

export function showPrice(price: Price): Record<string, unknown> {
  const { usdMicros, unit, quantity, factors, holdFactorE4 } = price;
  return {
    usd: usd(usdMicros),
    unit,
    ...(quantity === undefined ? {} : { quantity }),
    ...(factors === undefined ? {} : { factors: showFactors(factors) }),
    ...(holdFactorE4 === undefined ? {} : { hold_factor: holdFactorE4 / 10_000 }),
  };
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
