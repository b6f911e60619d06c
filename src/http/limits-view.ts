// Limits as every answer shows them: the ones that are set, counts as they are, money in dollars.

import * as z from 'zod/mini';
import { apiName, LIMIT_NAMES, LIMITS, type LimitName, type Sum } from '../features/ledger/limits.ts';
import type { WindowName } from '../features/ledger/windows.ts';

const SUMS: Record<Sum, string> = {
  requests: 'Submits',
  spend: 'Dollars charged or held',
  jobs: 'Jobs reserved or running',
  tokens: 'Browser tokens minted',
  bytes: 'Bytes of stored files',
};
const PERIODS: Record<WindowName, string> = {
  minute: 'in any 60 seconds',
  day: 'in a calendar day (UTC)',
  week: 'in a calendar week (UTC, from Monday)',
  month: 'in a calendar month (UTC)',
  total: 'in all',
  now: 'at once',
};

const limitView = (name: LimitName) =>
  z
    .optional(z.number())
    .check(z.meta({ description: `${SUMS[LIMITS[name].sums]} ${PERIODS[LIMITS[name].window]}.` }));

export const limitsView = z
  .strictObject(Object.fromEntries(LIMIT_NAMES.map((name) => [apiName(name), limitView(name)])))
  .check(
    z.meta({
      id: 'Limits',
      description: 'The limits that are set. Absent: no such limit; 0 allows nothing.',
    }),
  );

/** How much of one limit is used. */
export const limitUsageView = z
  .strictObject({
    scope: z
      .string()
      .check(z.meta({ description: 'Whose limit it is: customer, key, token; of an adjustment, job.' })),
    name: z.string(),
    max: z.number(),
    used: z.number(),
    left: z.number(),
    resets_at: z
      .optional(z.iso.datetime())
      .check(z.meta({ description: 'When there is room again; absent where time alone does not help.' })),
  })
  .check(z.meta({ id: 'LimitUsage' }));
