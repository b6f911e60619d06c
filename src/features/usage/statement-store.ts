// The SQL of a customer's statement: the charges of a month, by model and by the price at which the jobs were admitted. Each
// kind of booking is one search of an index.

import { isNumber, isText, isWhole } from '../../lib/guard.ts';
import { isMicros, type Micros } from '../../lib/money.ts';
import { column, jsonColumnOrNull } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isSnapshot, type PriceSnapshot } from '../pricing/price-format.ts';
import { sum, sumOf } from './store.ts';
import { MAX_ROWS, type Period } from './usage.ts';

export type StatementLine = {
  model: string;
  /** The price when the jobs were admitted; null: they are older than the record of prices. */
  price: PriceSnapshot | null;
  markupE4: number;
  /** The customer's price of a unit. */
  unitMicros: Micros;
  jobs: number;
  succeeded: number;
  charged: bigint;
  adjusted: bigint;
};

const LINES = statement<{ customer: string } & Period>(
  `SELECT model_id, price, markup_e4, unit_micros, COUNT(state) AS jobs,
    COUNT(*) FILTER (WHERE state = 'succeeded') AS succeeded, ${sumOf('charged')} AS charged,
    ${sumOf('adjusted')} AS adjusted
  FROM (
    SELECT model_id, price, markup_e4, unit_micros, state, charge_micros AS charged, 0 AS adjusted
    FROM jobs INDEXED BY jobs_by_settlement
    WHERE customer_id = :customer AND settled_at_ms >= :fromMs AND settled_at_ms < :toMs AND state <> 'refused'
    UNION ALL
    SELECT j.model_id, j.price, j.markup_e4, j.unit_micros, NULL, 0, l.micros
    FROM ledger l INDEXED BY ledger_operations CROSS JOIN jobs j
    WHERE l.customer_id = :customer AND l.phase = 'operation' AND l.kind = 'adjustment' AND l.at_ms >= :fromMs
      AND l.at_ms < :toMs AND j.id = l.job_id)
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 4, 2 LIMIT ${MAX_ROWS + 1}`,
);

/** In the order of models, then of prices of a unit; at most MAX_ROWS + 1. */
export async function readStatement(
  db: D1Database,
  customer: string,
  { fromMs, toMs }: Period,
): Promise<StatementLine[]> {
  const { results } = await LINES(db, { customer, fromMs, toMs }).all();
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
