// /admin/ledger/check: every balance and counter, recomputed from the ledger.

import * as z from 'zod/mini';
import { checkLedger } from '../../features/ledger/check.ts';
import { route } from '../../http/route.ts';
import { filterText } from '../../http/text-schema.ts';
import type { LedgerCheckView } from './ledger-view.ts';

export const ledgerRoutes = {
  checkLedger: route({
    method: 'GET',
    path: '/admin/ledger/check',
    door: 'admin',
    summary: 'Recompute balances and counters from the ledger, of one customer or of all',
    query: z.strictObject({ customer: filterText }),
    refusals: [],
    run: async ({ runtime, query }): Promise<LedgerCheckView> => ({
      differences: await checkLedger(runtime, query.customer),
    }),
  }),
};
