// A customer's statement of a month, at the prices when the jobs were admitted.

import type { Runtime } from '../../runtime.ts';
import type { Customer } from '../customers/customer.ts';
import { getCustomer } from '../customers/read.ts';
import { refuseBeyondRows } from './report.ts';
import { readStatement, type StatementLine } from './statement-store.ts';
import type { Period } from './usage.ts';

export type LineSums = Pick<StatementLine, 'jobs' | 'succeeded' | 'charged' | 'adjusted'>;

type Statement = { customer: Customer; lines: StatementLine[] };

/** 404 without such a customer; 400 for more than MAX_ROWS lines. */
export async function getStatement(deps: Runtime, id: string, period: Period): Promise<Statement> {
  const customer = await getCustomer(deps, id);
  const lines = await readStatement(deps.db, customer.id, period);
  refuseBeyondRows(lines);
  return { customer, lines };
}

export function sumOfLines(lines: LineSums[]): LineSums {
  const total = { jobs: 0, succeeded: 0, charged: 0n, adjusted: 0n };
  for (const { jobs, succeeded, charged, adjusted } of lines) {
    total.jobs += jobs;
    total.succeeded += succeeded;
    total.charged += charged;
    total.adjusted += adjusted;
  }
  return total;
}
