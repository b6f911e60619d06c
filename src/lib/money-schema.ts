// Money at the boundaries: as it comes out of D1, and as people write it.

import * as z from 'zod/mini';
import { lazy } from './lazy.ts';
import { isMicros, parseSignedUsd, parseUsd, type Micros } from './money.ts';
import { refuse } from './refuse.ts';

export const microsColumn = lazy(() =>
  z.custom<Micros>((value) => typeof value === 'number' && isMicros(value)),
);

/** A sum of amounts, which may be more than one amount can be. D1 hands it out exactly up to 2^53. */
export const sumColumn = lazy(() => z.int());

export const usdAmount = lazy(() =>
  z.pipe(
    z.number(),
    z.transform(
      (value, context) =>
        parseUsd(value) ??
        refuse(context, 'must be a number of dollars, 0 or more, with at most six decimals'),
    ),
  ),
);

/** May be negative: a correction. */
export const signedUsdAmount = lazy(() =>
  z.pipe(
    z.number(),
    z.transform(
      (value, context) =>
        parseSignedUsd(value) ?? refuse(context, 'must be a number of dollars with at most six decimals'),
    ),
  ),
);
