// The usage report that operator and customer ask for.

import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import { listUsage, type UsageQuestion } from './store.ts';
import { MAX_ROWS, type UsageReport } from './usage.ts';

/** One row a group, in the order of the groups; 400 where there are more than MAX_ROWS. */
export async function reportUsage(deps: Runtime, question: UsageQuestion): Promise<UsageReport> {
  const report = await listUsage(deps.db, question);
  if (report.rows.length > MAX_ROWS) {
    throw new Problem(
      'invalid_parameter',
      `The report has more than ${MAX_ROWS} rows. Narrow the time, or group by less.`,
    );
  }
  return report;
}
