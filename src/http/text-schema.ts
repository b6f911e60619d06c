// Texts as people send them.

import * as z from 'zod/mini';

export const shortText = z.string().check(z.maxLength(200));

/** What a list is narrowed to; null where the parameter is absent: everything. */
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

/** A comma list of no more than a page can hold. */
export const filterList = filter(z.pipe(commaList, z.array(shortText).check(z.maxLength(200))));

/** Names something, so it is not blank. */
export const shortName = z.string().check(z.trim(), z.minLength(1), z.maxLength(200));

/** A customer's own name for one of their users; D1 stores no U+0000 and no half of a surrogate pair. */
export const endUserText = z.string().check(
  z.minLength(1),
  z.maxLength(128),
  z.refine(
    (text) => text.isWellFormed() && !text.includes('\u0000'),
    'holds U+0000 or half of a surrogate pair',
  ),
);
