// Texts as people send them.

import * as z from 'zod/mini';

export const shortText = z.string().check(z.maxLength(200));

/** What a list is narrowed to; null: everything. */
export const filterText = z._default(z.nullable(shortText), null);

/** Names something, so it is not blank. */
export const shortName = z.string().check(z.trim(), z.minLength(1), z.maxLength(200));
