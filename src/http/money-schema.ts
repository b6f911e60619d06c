// Money in requests.

import * as z from 'zod/mini';
import { MAX_MICROS, parseSignedUsd, parseUsd, roundUsd, usd } from '../lib/money.ts';
import { refuse } from './refuse.ts';

const MOST = `at most ${usd(MAX_MICROS)}`;

export const usdAmount = z.pipe(
  z.number(),
  z.transform(
    (value, context) =>
      parseUsd(value) ??
      refuse(context, `must be a number of dollars, 0 or more and ${MOST}, with at most six decimals`),
  ),
);

/** A price, rounded half up to six decimals: 0.1 + 0.2 is 0.3. A price above 0 never rounds to 0. */
export const priceAmount = z.pipe(
  z.number(),
  z.transform((value, context) => {
    const micros = roundUsd(value);
    if (micros === null) {
      return refuse(context, `must be a number of dollars, 0 or more and ${MOST}`);
    }
    return micros === 0 && value > 0
      ? refuse(context, 'is less than half a millionth of a dollar; 0 is free')
      : micros;
  }),
);

/** A negative amount is a correction. */
export const signedUsdAmount = z.pipe(
  z.number(),
  z.transform(
    (value, context) =>
      parseSignedUsd(value) ??
      refuse(context, `must be a number of dollars, ${MOST} either way, with at most six decimals`),
  ),
);
