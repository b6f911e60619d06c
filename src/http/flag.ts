// Parameters that say yes or no, in the spelling of whatever wrote them: Python's requests writes True.

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

/** False where absent; a text that says neither is refused. */
export const flag = z._default(
  z.pipe(
    z.string(),
    z.transform((text, context) => WORDS.get(text.toLowerCase()) ?? refuse(context, 'must be true or false')),
  ),
  false,
);

/** The same of a caller who is never refused: a text that says neither is no. */
export const lenientFlag = z._default(
  z.pipe(
    z.string(),
    z.transform((text) => WORDS.get(text.toLowerCase()) ?? false),
  ),
  false,
);
