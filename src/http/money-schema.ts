// Money as people write it.

import * as z from 'zod/mini';
import { parseSignedUsd, parseUsd } from '../lib/money.ts';
import { refuse } from './refuse.ts';

export const usdAmount = z.pipe(
  z.number(),
  z.transform(
    (value, context) =>
      parseUsd(value) ?? refuse(context, 'must be a number of dollars, 0 or more, with at most six decimals'),
  ),
);

/** May be negative: a correction. */
export const signedUsdAmount = z.pipe(
  z.number(),
  z.transform(
    (value, context) =>
      parseSignedUsd(value) ?? refuse(context, 'must be a number of dollars with at most six decimals'),
  ),
);
