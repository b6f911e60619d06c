// Credits and adjustments as the operator sees them. The Worker imports only the types.

import * as z from 'zod/mini';

const members = {
  id: z.string(),
  amount_usd: z.number().check(z.meta({ description: 'A negative amount takes money back.' })),
  note: z.nullable(z.string()).check(z.meta({ description: 'null: the note was erased.' })),
  job: z.nullable(z.string()),
  created_at: z.string(),
};

export const creditView = z.strictObject(members).check(z.meta({ id: 'Credit' }));

export const bookedCreditView = z.strictObject({ ...members, balance_usd: z.number() });

export type CreditView = z.infer<typeof creditView>;
export type BookedCreditView = z.infer<typeof bookedCreditView>;
