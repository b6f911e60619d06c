// /admin/ledger: every balance, counter and roll-up, recomputed from the ledger; the roll-ups made anew from it.

import * as z from 'zod/mini';
import { checkLedger } from '../../features/ledger/check.ts';
import { rebuildUsage } from '../../features/usage/rebuild.ts';
import { route } from '../../http/route.ts';
import { filterText, shortText } from '../../http/text-schema.ts';
import type { LedgerCheckView } from './ledger-view.ts';

export const ledgerRoutes = {
  checkLedger: route({
    method: 'GET',
    path: '/admin/ledger/check',
    door: 'admin',
    summary: 'Recompute balances, counters and roll-ups from the ledger, of one customer or of all',
    query: z.strictObject({ customer: filterText }),
    refusals: [],
    run: async ({ runtime, query }): Promise<LedgerCheckView> => ({
      differences: await checkLedger(runtime, query.customer),
    }),
  }),
  rebuildUsage: route({
    method: 'POST',
    path: '/admin/ledger/rebuild',
    door: 'admin',
    summary: 'Make the roll-ups of usage anew from jobs and ledger, of one customer or of all, then check',
    body: z.strictObject({ customer: z.optional(shortText) }),
    optionalBody: true,
    held: true,
    refusals: ['not_found'],
    audit: 'usage.rebuild',
    run: async ({ runtime, body, creation }): Promise<LedgerCheckView> => ({
      differences: await rebuildUsage(runtime, body.customer ?? null, creation),
    }),
  }),
};
