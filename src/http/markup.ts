// A mark-up as people write it: 1 = list price, 1.25 = 25 % more; four decimals, kept as an integer of ten-thousandths.

import * as z from 'zod/mini';
import { refuse } from './refuse.ts';

export const markupFactor = z.pipe(
  z.number().check(z.minimum(0), z.maximum(100)),
  z.transform((value, context) => {
    const e4 = Math.round(value * 10_000);
    return e4 / 10_000 === value ? e4 : refuse(context, 'has more than four decimals');
  }),
);
