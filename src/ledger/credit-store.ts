// Credits and adjustments: money that the operator books by hand, once per operation.

import * as z from 'zod/mini';
import { auditEntry, type Change } from '../audit/store.ts';
import type { JobId } from '../lib/ids.ts';
import type { Micros } from '../lib/money.ts';
import { microsColumn } from '../lib/money-schema.ts';

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

const booked = z.object({
  micros: microsColumn,
  note: z.string(),
  job_id: z.nullable(z.string()),
  at_ms: z.number(),
});
const account = z.object({ balance_micros: microsColumn });

export type Booked = {
  micros: Micros;
  note: string;
  jobId: string | null;
  atMs: number;
  balanceMicros: Micros;
};

/**
 * Books a credit and tells what stands under its operation now: this one, or the first with that name. Null when
 * there is no such customer, or the job is not theirs.
 */
export async function bookCredit(db: D1Database, credit: Credit, change: Change): Promise<Booked | null> {
  const { operation, customerId, micros, note, jobId } = credit;
  const results = await db.batch([
    db
      .prepare(
        `INSERT INTO ledger (reference, phase, kind, customer_id, micros, note, job_id, at_ms)
         SELECT ?1, 'operation', CASE WHEN ?5 IS NULL THEN 'credit' ELSE 'adjustment' END, c.id, ?3, ?4, ?5, ?6
         FROM customers c WHERE c.id = ?2
           AND (?5 IS NULL OR EXISTS (SELECT 1 FROM jobs WHERE id = ?5 AND customer_id = c.id))
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
    db.prepare('SELECT balance_micros FROM customers WHERE id = ?1').bind(customerId),
  ]);
  const [row] = results[3]?.results ?? [];
  if (row === undefined) {
    return null;
  }
  const { job_id, at_ms, ...rest } = booked.parse(row);
  const { balance_micros } = account.parse(results[4]?.results[0]);
  return { ...rest, jobId: job_id, atMs: at_ms, balanceMicros: balance_micros };
}
