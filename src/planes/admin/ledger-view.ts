// The response of the ledger check. The Worker imports only the type.

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
    .check(z.meta({ description: 'Empty if every balance, counter and usage total matches the ledger.' })),
});

export type LedgerCheckView = z.infer<typeof ledgerCheckView>;
