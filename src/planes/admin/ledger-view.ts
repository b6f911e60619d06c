// The answer of the ledger check. The Worker imports the type alone.

import * as z from 'zod/mini';

export const ledgerCheckView = z.strictObject({
  differences: z
    .array(
      z.strictObject({
        what: z.string(),
        subject: z.string(),
        stored: z.nullable(z.number()),
        computed: z.nullable(z.number()),
      }),
    )
    .check(z.meta({ description: 'Empty: every balance, counter and roll-up is what the ledger says.' })),
});

export type LedgerCheckView = z.infer<typeof ledgerCheckView>;
