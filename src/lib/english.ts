// zod/mini speaks no language of its own.

import type * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

/** For every parse whose mistakes somebody reads: without it each of them is just «Invalid input». */
export const IN_ENGLISH: z.core.ParseContext<z.core.$ZodIssue> = { error: en().localeError };
