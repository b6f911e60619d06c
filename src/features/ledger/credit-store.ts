// The SQL of credits and adjustments: operations of the ledger, each with its note in a table of its own.

import { audited, stateOf, type Change } from '../audit/store.ts';
import { isKept } from '../erasure/kept-store.ts';
import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, isWhole, orNull } from '../../lib/guard.ts';
import type { JobId } from '../../lib/ids.ts';
import { isMicros, MAX_MICROS } from '../../lib/money.ts';
import type { Booked, Credit, JobMoney } from './credit.ts';

type CreditWrite = {
  /** What stands under the key of the credit now: this one, or the first with that key. Null: nothing was booked. */
  booked: Booked | null;
  /** Null: there is no such customer, or they are erased. */
  balanceMicros: number | null;
  /** Null: the credit is about no job, or about none of this customer's. */
  job: JobMoney | null;
};

/** What a job is shown with. */
const MAX_ADJUSTMENTS = 200;

const adjustedOf = (job: string) =>
  `(SELECT COALESCE(SUM(micros), 0) FROM ledger WHERE job_id = ${job} AND kind = 'adjustment')`;

// ?1 the operation, ?2 the customer, ?3 the amount, ?4 the job or NULL, ?5 now, ?6 the Idempotency-Key or NULL, ?7 force.
const BOOK = `INSERT INTO ledger (reference, phase, kind, customer_id, micros, job_id, at_ms)
  SELECT ?1, 'operation', CASE WHEN ?4 IS NULL THEN 'credit' ELSE 'adjustment' END, c.id, ?3, ?4, ?5
  FROM customers c LEFT JOIN jobs j ON j.id = ?4 AND j.customer_id = c.id
  WHERE c.id = ?2 AND ${isKept('c.id')}
    AND NOT EXISTS (SELECT 1 FROM credit_notes WHERE customer_id = ?2 AND idempotency_key = ?6)
    AND CASE WHEN ?4 IS NULL THEN 1 WHEN j.id IS NULL THEN 0 WHEN ?7 THEN 1
      WHEN ?3 < 0 THEN j.charge_micros - ${adjustedOf('j.id')} - ?3 <= j.hold_micros
      ELSE ${adjustedOf('j.id')} + ?3 <= j.charge_micros END
    AND CASE WHEN ?3 < 0 THEN c.balance_micros + ?3 >= -${MAX_MICROS}
      ELSE c.balance_micros + ?3 <= ${MAX_MICROS} END`;

/** What a credit changes of its customer, as the audit shows it. */
const STATE = stateOf('customers', "'balance_micros', balance_micros");

const FIELDS = 'l.reference, l.micros, l.job_id, l.at_ms, n.note';
const OPERATIONS = 'ledger l LEFT JOIN credit_notes n ON n.operation = l.reference';

/**
 * Books a credit if the customer's balance and the job's money bear it, with its note and its audit entry. Every guard
 * stands in the statement that books, so that of two at once the second finds the first.
 */
export async function insertCredit(
  db: D1Database,
  id: string,
  { credit, change }: { credit: Credit; change: Change },
): Promise<CreditWrite> {
  const { customerId, micros, note, jobId, force, idempotencyKey } = credit;
  const { before, behind } = audited(db, change, STATE);
  const results = await db.batch<Record<string, unknown>>([
    ...before,
    db.prepare(BOOK).bind(id, customerId, micros, jobId, change.atMs, idempotencyKey, force ? 1 : 0),
    db
      .prepare('UPDATE customers SET balance_micros = balance_micros + ?2 WHERE id = ?1 AND changes() = 1')
      .bind(customerId, micros),
    db
      .prepare(
        `INSERT INTO credit_notes (operation, customer_id, idempotency_key, note)
         SELECT ?1, ?2, ?3, ?4 WHERE changes() = 1`,
      )
      .bind(id, customerId, idempotencyKey, note),
    ...behind,
    db
      .prepare(
        `SELECT ${FIELDS} FROM ${OPERATIONS} WHERE l.phase = 'operation' AND l.reference = COALESCE(
           (SELECT operation FROM credit_notes WHERE customer_id = ?2 AND idempotency_key = ?3), ?1)`,
      )
      .bind(id, customerId, idempotencyKey),
    db
      .prepare(
        `SELECT c.balance_micros, j.id AS job, j.hold_micros, j.charge_micros, ${adjustedOf('j.id')} AS adjusted
         FROM customers c LEFT JOIN jobs j ON j.id = ?2 AND j.customer_id = c.id
         WHERE c.id = ?1 AND ${isKept('c.id')}`,
      )
      .bind(customerId, jobId),
  ]);
  const [row] = rowsOf(results.at(-2));
  const [standing] = rowsOf(results.at(-1));
  return {
    booked: row === undefined ? null : bookedOf(row),
    balanceMicros: standing === undefined ? null : column(standing, 'balance_micros', isWhole),
    job: standing === undefined || standing['job'] === null ? null : moneyOf(standing),
  };
}

function bookedOf(row: Row): Booked {
  return {
    id: column(row, 'reference', isText),
    micros: column(row, 'micros', isMicros),
    note: column(row, 'note', orNull(isText)),
    jobId: column(row, 'job_id', orNull(isText)),
    atMs: column(row, 'at_ms', isNumber),
  };
}

function moneyOf(row: Row): JobMoney {
  return {
    holdMicros: column(row, 'hold_micros', isMicros),
    chargeMicros: column(row, 'charge_micros', orNull(isMicros)),
    adjustedMicros: column(row, 'adjusted', isWhole),
  };
}

/** A page of a customer's credits and adjustments, newest first. */
export async function listOperations(
  db: D1Database,
  customerId: string,
  page: { beforeMs: number; beforeId: string; limit: number },
): Promise<Booked[]> {
  const { results } = await db
    .prepare(
      `SELECT ${FIELDS} FROM ${OPERATIONS} WHERE l.customer_id = ?1 AND l.phase = 'operation' AND (l.at_ms, l.reference) < (?2, ?3)
       ORDER BY l.at_ms DESC, l.reference DESC LIMIT ?4`,
    )
    .bind(customerId, page.beforeMs, page.beforeId, page.limit)
    .all();
  return results.map(bookedOf);
}

/** The adjustments of a job: their sum, and the newest of them. */
export async function readAdjustments(
  db: D1Database,
  jobId: JobId,
): Promise<{ adjustedMicros: number; newest: Booked[] }> {
  const { results } = await db
    .prepare(
      `SELECT ${FIELDS}, ${adjustedOf('?1')} AS adjusted FROM ${OPERATIONS} WHERE l.job_id = ?1 AND l.kind = 'adjustment'
       ORDER BY l.at_ms DESC, l.reference DESC LIMIT ${MAX_ADJUSTMENTS}`,
    )
    .bind(jobId)
    .all();
  const [first] = results;
  const adjustedMicros = first === undefined ? 0 : column(first, 'adjusted', isWhole);
  return { adjustedMicros, newest: results.map(bookedOf) };
}
