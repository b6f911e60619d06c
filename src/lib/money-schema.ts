// Money at the boundaries: as it comes out of D1, and as people write it.

import * as z from 'zod';
import { isMicros, parseSignedUsd, parseUsd, type Micros } from './money.ts';

export const microsColumn = z.custom<Micros>((value) => typeof value === 'number' && isMicros(value));

/** A sum of amounts, which may be more than one amount can be. D1 hands it out exactly up to 2^53. */
export const sumColumn = z.int();

export const usdAmount = z.number().transform((value, context) => {
  const micros = parseUsd(value);
  if (micros === null) {
    context.addIssue('must be a number of dollars, 0 or more, with at most six decimals');
    return z.NEVER;
  }
  return micros;
});

/** May be negative: a correction. */
export const signedUsdAmount = z.number().transform((value, context) => {
  const micros = parseSignedUsd(value);
  if (micros === null) {
    context.addIssue('must be a number of dollars with at most six decimals');
    return z.NEVER;
  }
  return micros;
});
