// A mark-up in requests: 1 is the list price, 1.25 adds 25 %. Four decimals, stored as an integer of ten-thousandths.

import * as z from 'zod/mini';
import { refuse } from './refuse.ts';

export const markupFactor = z.pipe(
  z.number().check(z.minimum(0), z.maximum(100)),
  z.transform((value, context) => {
    const e4 = Math.round(value * 10_000);
    return e4 / 10_000 === value ? e4 : refuse(context, 'has more than four decimals');
  }),
);
