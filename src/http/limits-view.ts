// Limits in responses: only limits that are set, counts as integers, money in dollars.

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

/** The usage of one limit. */
export const limitUsageView = z
  .strictObject({
    scope: z
      .string()
      .check(
        z.meta({ description: 'What the limit belongs to: customer, key or token; for an adjustment, job.' }),
      ),
    name: z.string(),
    max: z.number(),
    used: z.number(),
    left: z.number(),
    resets_at: z
      .optional(z.iso.datetime())
      .check(z.meta({ description: 'When the limit resets. Absent if it does not reset with time.' })),
  })
  .check(z.meta({ id: 'LimitUsage' }));
