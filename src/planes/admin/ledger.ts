// /admin/ledger: recalculates every balance, counter and usage total from the ledger, and rebuilds the totals.

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
    summary:
      'Recalculate balances, counters and usage totals from the ledger, for one customer or for all, and list differences.',
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
    summary: 'Rebuild usage totals from jobs and ledger, for one customer or for all, then check them.',
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
