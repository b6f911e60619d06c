// Reports of usage: the operator asks for one customer or for all, a customer for their own jobs.

import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import { getCustomer } from '../customers/read.ts';
import { sphereOf, type Principal } from '../keys/principal.ts';
import { listUsage, type UsageQuestion } from './store.ts';
import { GROUPS_OF_END_USERS, MAX_ROWS, type UsageReport } from './usage.ts';

/** 404 without such a customer: an empty report would pass for a customer without bookings. */
export async function reportUsage(
  deps: Runtime,
  question: Omit<UsageQuestion, 'token' | 'endUser'>,
): Promise<UsageReport> {
  if (question.customer !== null) {
    await getCustomer(deps, question.customer);
  }
  return report(deps, { ...question, token: '', endUser: '' });
}

/** The usage of the jobs that the caller sees. */
export function reportOwnUsage(
  deps: Runtime,
  principal: Principal,
  question: Pick<UsageQuestion, 'period' | 'groups'>,
): Promise<UsageReport> {
  const { customerId: customer, tokenId: token, endUser } = sphereOf(principal);
  return report(deps, { ...question, customer, token, endUser });
}

/** One row for each group, in the order of the groups; 400 for more than MAX_ROWS. */
async function report(deps: Runtime, question: UsageQuestion): Promise<UsageReport> {
  refuseUnlessRolledUp(question);
  const found = await listUsage(deps.db, question);
  refuseBeyondRows(found.rows);
  return found;
}

/** 400 for more rows than MAX_ROWS. */
export function refuseBeyondRows(rows: unknown[]): void {
  if (rows.length > MAX_ROWS) {
    throw new Problem(
      'invalid_parameter',
      `The report has more than ${MAX_ROWS} rows. Narrow the time, or group by less.`,
    );
  }
}

/** 400 for an end user by key or model: the roll-up of end users has only customers and days. */
function refuseUnlessRolledUp({ groups, token, endUser }: UsageQuestion): void {
  if (token !== '' && groups.includes('end_user')) {
    throw invalid(
      'group_by',
      'this browser token sees its own jobs alone, so there is no end_user to group by',
    );
  }
  const other = groups.find((group) => !GROUPS_OF_END_USERS.includes(group));
  if (other === undefined || (endUser === '' && !groups.includes('end_user'))) {
    return;
  }
  throw invalid(
    'group_by',
    endUser === ''
      ? `end_user goes with customer and day, not with ${other}`
      : `the jobs of this browser token's end user are summed by day, not by ${other}`,
  );
}

function invalid(path: string, message: string): Problem {
  return new Problem('invalid_parameter', `${path}: ${message}.`, {
    errors: [{ path, rule: 'end_user', message }],
  });
}
