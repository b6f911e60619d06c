// Limits as every answer shows them: the ones that are set, counts as they are, money in dollars.

import * as z from 'zod/mini';

export const limitsView = z.record(z.string(), z.number());
