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

/** A name, so it cannot be blank. */
export const shortName = z.string().check(z.trim(), z.minLength(1), z.maxLength(200));

/** A customer's name for one of their users. D1 cannot store U+0000 or a lone surrogate. */
export const endUserText = z.string().check(
  z.minLength(1),
  z.maxLength(128),
  z.refine(
    (text) => text.isWellFormed() && !text.includes('\u0000'),
    'holds U+0000 or half of a surrogate pair',
  ),
);
