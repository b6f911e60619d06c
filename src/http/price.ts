// A price as the operator sends it.

import * as z from 'zod/mini';
import { UNITS, type Price } from '../features/pricing/price.ts';
import { priceAmount } from './money-schema.ts';
import { isTimed } from '../features/pricing/quantity.ts';
import { scaledDecimal } from '../lib/money.ts';
import { refuse } from './refuse.ts';

const FACTOR_E4_MAX = 100_000_000;

const factor = z.pipe(
  z.number(),
  z.transform((value, context) => {
    const e4 = Number(scaledDecimal(value, 4) ?? -1n);
    return e4 < 0 || e4 > FACTOR_E4_MAX
      ? refuse(context, 'must be a number from 0 to 10000 with at most four decimals')
      : e4;
  }),
);

const holdFactor = factor.check(z.refine((e4) => e4 >= 10_000 && e4 <= 1_000_000, 'must be from 1 to 100'));

const inputName = z.string().check(z.minLength(1), z.maxLength(100));

const MOST_QUANTITY = 1_000_000;

const maxQuantity = z.pipe(
  z.number(),
  z.transform((value, context) => {
    const e3 = scaledDecimal(value, 3);
    return e3 === null || e3 <= 0n || value > MOST_QUANTITY
      ? refuse(context, 'must be more than 0 and at most 1000000, with at most three decimals')
      : Number(e3);
  }),
);

const adds = z
  .array(z.strictObject({ input: inputName, usd: priceAmount }))
  .check(z.minLength(1), z.maxLength(20));

/** `{usd, unit, quantity?, max_quantity?, factors?, adds?, hold_factor?}`. A price per time needs an upper bound. */
export const priceBody = z.pipe(
  z
    .strictObject({
      usd: priceAmount,
      unit: z.enum(UNITS),
      quantity: z.optional(inputName),
      max_quantity: z.optional(maxQuantity),
      factors: z.optional(z.record(inputName, z.record(z.string(), factor))),
      adds: z.optional(adds),
      hold_factor: z.optional(holdFactor),
    })
    .check(
      z.refine((price) => !isTimed(price.unit) || (price.quantity ?? price.max_quantity) !== undefined, {
        path: ['quantity'],
        message:
          'a price by time needs the input that tells the seconds, or max_quantity where a file has the length',
      }),
    ),
  z.transform(
    ({ usd: usdMicros, max_quantity: maxQuantityE3, hold_factor: holdFactorE4, ...rest }): Price => ({
      usdMicros,
      unit: rest.unit,
      ...(rest.quantity === undefined ? {} : { quantity: rest.quantity }),
      ...(maxQuantityE3 === undefined ? {} : { maxQuantityE3 }),
      ...(rest.factors === undefined ? {} : { factors: rest.factors }),
      ...(rest.adds === undefined
        ? {}
        : { adds: rest.adds.map((add) => ({ input: add.input, usdMicros: add.usd })) }),
      ...(holdFactorE4 === undefined ? {} : { holdFactorE4 }),
    }),
  ),
);
