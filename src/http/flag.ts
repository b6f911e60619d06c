// Boolean parameters, in the spellings of common clients: Python's requests writes True.

import * as z from 'zod/mini';
import { refuse } from './refuse.ts';

const WORDS = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
]);

/** False if absent. Other values are refused. */
export const flag = z._default(
  z.pipe(
    z.string(),
    z.transform((text, context) => WORDS.get(text.toLowerCase()) ?? refuse(context, 'must be true or false')),
  ),
  false,
);

/** The same on routes that ignore mistakes: other values are false. */
export const lenientFlag = z._default(
  z.pipe(
    z.string(),
    z.transform((text) => WORDS.get(text.toLowerCase()) ?? false),
  ),
  false,
);
