// A price as the operator writes it.

import * as z from 'zod/mini';
import type { Price } from '../features/pricing/price.ts';
import { usdAmount } from './money-schema.ts';
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

/** `{usd, unit, quantity?, factors?, hold_factor?}`; a price by the second needs the input that tells the seconds. */
export const priceBody = z.pipe(
  z
    .strictObject({
      usd: usdAmount,
      unit: z.enum(['output', 'second']),
      quantity: z.optional(inputName),
      factors: z.optional(z.record(inputName, z.record(z.string(), factor))),
      hold_factor: z.optional(holdFactor),
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
);
