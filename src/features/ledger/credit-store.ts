// Credits and adjustments: money that the operator books by hand, once per operation.

import { auditEntry, type Change } from '../audit/store.ts';
import { column, rowsOf } from '../../storage/column.ts';
import { isNumber, isText, isWhole, orNull } from '../../lib/guard.ts';
import type { JobId } from '../../lib/ids.ts';
import { isMicros, MAX_MICROS, type Micros } from '../../lib/money.ts';

export type Credit = {
  /** Names the operation: a second one with the same name books nothing. */
  operation: string;
  customerId: string;
  /** Negative takes money back. */
  micros: Micros;
  note: string;
  /** Set for an adjustment: the job that it corrects, one of this customer's. */
  jobId: JobId | null;
};

type Booked = {
  micros: Micros;
  note: string;
  jobId: string | null;
  atMs: number;
  balanceMicros: number;
};

/** `missing`: there is no such customer, or the job is not theirs. `beyond`: the balance would be out of range. */
type CreditWrite = Booked | 'missing' | 'beyond';

/**
 * Books a credit and tells what stands under its operation now: this one, or the first with that name. What would
 * carry the balance beyond the range of an amount is not booked.
 */
export async function bookCredit(db: D1Database, credit: Credit, change: Change): Promise<CreditWrite> {
  const { operation, customerId, micros, note, jobId } = credit;
  const results = await db.batch<Record<string, unknown>>([
    db
      .prepare(
        `INSERT INTO ledger (reference, phase, kind, customer_id, micros, note, job_id, at_ms)
         SELECT ?1, 'operation', CASE WHEN ?5 IS NULL THEN 'credit' ELSE 'adjustment' END, c.id, ?3, ?4, ?5, ?6
         FROM customers c WHERE c.id = ?2
           AND (?5 IS NULL OR EXISTS (SELECT 1 FROM jobs WHERE id = ?5 AND customer_id = c.id))
           AND CASE WHEN ?3 < 0 THEN c.balance_micros + ?3 >= -${MAX_MICROS}
             ELSE c.balance_micros + ?3 <= ${MAX_MICROS} END
         ON CONFLICT DO NOTHING`,
      )
      .bind(operation, customerId, micros, note, jobId, change.atMs),
    db
      .prepare('UPDATE customers SET balance_micros = balance_micros + ?2 WHERE id = ?1 AND changes() = 1')
      .bind(customerId, micros),
    auditEntry(db, change),
    db
      .prepare("SELECT micros, note, job_id, at_ms FROM ledger WHERE reference = ?1 AND phase = 'operation'")
      .bind(operation),
    db
      .prepare(
        `SELECT balance_micros, ?2 IS NULL OR EXISTS (SELECT 1 FROM jobs WHERE id = ?2 AND customer_id = c.id) AS job_is_theirs
         FROM customers c WHERE id = ?1`,
      )
      .bind(customerId, jobId),
  ]);
  const [row] = rowsOf(results[3]);
  const [holder] = rowsOf(results[4]);
  const isTheirs = holder !== undefined && column(holder, 'job_is_theirs', isNumber) !== 0;
  if (holder === undefined || (row === undefined && !isTheirs)) {
    return 'missing';
  }
  if (row === undefined) {
    return 'beyond';
  }
  return {
    micros: column(row, 'micros', isMicros),
    note: column(row, 'note', isText),
    jobId: column(row, 'job_id', orNull(isText)),
    atMs: column(row, 'at_ms', isNumber),
    balanceMicros: column(holder, 'balance_micros', isWhole),
  };
}
