// The SQL of a statement: what one customer was charged in a month, by model and by the price that the jobs were admitted
// with. The customer's range of each kind of booking is one search of an index.

import { isNumber, isText, isWhole } from '../../lib/guard.ts';
import { isMicros, type Micros } from '../../lib/money.ts';
import { column, jsonColumnOrNull } from '../../storage/column.ts';
import { isSnapshot, type PriceSnapshot } from '../pricing/price-format.ts';
import { sum, sumOf } from './store.ts';
import { MAX_ROWS, type Period } from './usage.ts';

export type StatementLine = {
  model: string;
  /** As it stood when the jobs were admitted; null: of a time when none was kept. */
  price: PriceSnapshot | null;
  markupE4: number;
  /** What this customer paid for a unit. */
  unitMicros: Micros;
  jobs: number;
  succeeded: number;
  charged: bigint;
  adjusted: bigint;
};

// ?1 the customer, ?2 ?3 the period.
const STATEMENT = `SELECT model_id, price, markup_e4, unit_micros, COUNT(state) AS jobs,
    COUNT(*) FILTER (WHERE state = 'succeeded') AS succeeded, ${sumOf('charged')} AS charged,
    ${sumOf('adjusted')} AS adjusted
  FROM (
    SELECT model_id, price, markup_e4, unit_micros, state, charge_micros AS charged, 0 AS adjusted
    FROM jobs INDEXED BY jobs_by_settlement
    WHERE customer_id = ?1 AND settled_at_ms >= ?2 AND settled_at_ms < ?3 AND state <> 'refused'
    UNION ALL
    SELECT j.model_id, j.price, j.markup_e4, j.unit_micros, NULL, 0, l.micros
    FROM ledger l INDEXED BY ledger_operations CROSS JOIN jobs j
    WHERE l.customer_id = ?1 AND l.phase = 'operation' AND l.kind = 'adjustment' AND l.at_ms >= ?2
      AND l.at_ms < ?3 AND j.id = l.job_id)
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 4, 2 LIMIT ${MAX_ROWS + 1}`;

/** By model id, then by what a unit cost; at most one more than MAX_ROWS. */
export async function readStatement(
  db: D1Database,
  customer: string,
  { fromMs, toMs }: Period,
): Promise<StatementLine[]> {
  const { results } = await db.prepare(STATEMENT).bind(customer, fromMs, toMs).all();
  return results.map((row) => ({
    model: column(row, 'model_id', isText),
    price: jsonColumnOrNull(row, 'price', isSnapshot),
    markupE4: column(row, 'markup_e4', isWhole),
    unitMicros: column(row, 'unit_micros', isMicros),
    jobs: column(row, 'jobs', isNumber),
    succeeded: column(row, 'succeeded', isNumber),
    charged: sum(row, 'charged'),
    adjusted: sum(row, 'adjusted'),
  }));
}
