// Books money by hand, once per Idempotency-Key: a credit, or an adjustment of a job's charge.

import type { Change } from '../audit/store.ts';
import { newId } from '../../lib/ids.ts';
import { usd } from '../../lib/money.ts';
import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import { insertCredit } from './credit-store.ts';
import { adjustmentRefusal, type Booked, type Credit } from './credit.ts';

/** The credit that is booked under this Idempotency-Key, with the customer's balance. 404, 409 or 422. */
export async function bookCredit(
  deps: Runtime,
  credit: Credit,
  entry: Omit<Change, 'change'>,
): Promise<Booked & { balanceMicros: number }> {
  const { micros, note, jobId, force } = credit;
  const id = newId('op');
  // Without the note, so that erasing it in its own table erases it.
  const change = { ...entry, change: { credit: id, amount_usd: usd(micros), job: jobId, force } };
  const { booked, balanceMicros, job } = await insertCredit(deps.db, id, { credit, change });
  if (balanceMicros === null || (booked === null && jobId !== null && job === null)) {
    throw new Problem('not_found', 'There is no such customer, or the job belongs to another one.');
  }
  if (booked === null) {
    const message = 'would carry the balance above 1,000,000,000 USD, or below -1,000,000,000 USD';
    throw (
      (job && adjustmentRefusal(credit, job)) ??
      new Problem('invalid_input', `amount_usd: ${message}`, {
        errors: [{ path: 'amount_usd', rule: 'range', message }],
      })
    );
  }
  if (booked.micros !== micros || booked.note !== note || booked.jobId !== jobId) {
    throw new Problem('idempotency_mismatch', 'This Idempotency-Key booked another credit. Take a new key.');
  }
  return { ...booked, balanceMicros };
}
