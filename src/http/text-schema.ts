// Texts in requests.

import * as z from 'zod/mini';

export const shortText = z.string().check(z.maxLength(200));

/** A filter of a list; null if the parameter is absent: no filter. */
export function filter<S extends z.ZodMiniType>(schema: S) {
  return z.pipe(
    z.optional(schema),
    z.transform((value) => value ?? null),
  );
}

export const filterText = filter(shortText);

/** `one,other` as a list. */
export const commaList = z.pipe(
  z.string(),
  z.transform((text) => text.split(',')),
);

/** A comma-separated list with at most as many items as a page. */
export const filterList = filter(z.pipe(commaList, z.array(shortText).check(z.maxLength(200))));

/**
 * A name that people read in sentences, lists and terminals: it is visible, and neither moves a cursor nor turns the rest of a
 * sentence around. Arabic and Hebrew need no character that is refused here.
 */
export const shortName = z.string().check(
  z.trim(),
  z.minLength(1),
  z.maxLength(200),
  z.refine((text) => text === '' || /[\p{L}\p{N}\p{P}\p{S}]/u.test(text), 'has no visible character'),
  z.refine((text) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), 'holds a line break or another control character'),
  z.refine(
    (text) => !/[\u202a-\u202e\u2066-\u2069]/.test(text),
    'holds a character that changes the direction of the text',
  ),
);

/** A customer's name for one of their users. D1 cannot store U+0000 or a lone surrogate. */
export const endUserText = z.string().check(
  z.minLength(1),
  z.maxLength(128),
  z.refine(
    (text) => text.isWellFormed() && !text.includes('\u0000'),
    'holds U+0000 or half of a surrogate pair',
  ),
);
