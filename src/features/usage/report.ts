// The usage reports: the operator asks for one customer or for all, a customer for its own.

import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import { getCustomer } from '../customers/read.ts';
import type { Principal } from '../keys/principal.ts';
import { listUsage, type UsageQuestion } from './store.ts';
import { MAX_ROWS, type UsageReport } from './usage.ts';

/** 404 for a customer that there is not: no bookings and no such customer must not look alike. */
export async function reportUsage(
  deps: Runtime,
  question: Omit<UsageQuestion, 'token'>,
): Promise<UsageReport> {
  if (question.customer !== null) {
    await getCustomer(deps, question.customer);
  }
  return report(deps, { ...question, token: '' });
}

/** What the caller's jobs were charged; a browser token sees its own jobs alone. */
export function reportOwnUsage(
  deps: Runtime,
  { customerId: customer, tokenId: token }: Principal,
  question: Pick<UsageQuestion, 'period' | 'groups'>,
): Promise<UsageReport> {
  return report(deps, { ...question, customer, token });
}

/** One row a group, in the order of the groups; 400 where there are more than MAX_ROWS. */
async function report(deps: Runtime, question: UsageQuestion): Promise<UsageReport> {
  const found = await listUsage(deps.db, question);
  if (found.rows.length > MAX_ROWS) {
    throw new Problem(
      'invalid_parameter',
      `The report has more than ${MAX_ROWS} rows. Narrow the time, or group by less.`,
    );
  }
  return found;
}
