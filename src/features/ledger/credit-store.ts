// The SQL of credits and adjustments: operations of the ledger, each with its note in a table of its own.

import { audited, stateOf, type Change } from '../audit/store.ts';
import { isKept } from '../erasure/kept-store.ts';
import { column, rowsOf, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText, isWhole, orNull } from '../../lib/guard.ts';
import type { JobId } from '../../lib/ids.ts';
import { isMicros, MAX_MICROS, type Micros } from '../../lib/money.ts';
import type { Booked, Credit, JobMoney } from './credit.ts';

type CreditWrite = {
  /** This credit, or the first with the same Idempotency-Key. Null: nothing was booked. */
  booked: Booked | null;
  /** Null: there is no such customer, or they are erased. */
  balanceMicros: number | null;
  /** Null: the credit is about no job, or about none of this customer's. */
  job: JobMoney | null;
};

/** A job is shown with no more than these. */
const MAX_ADJUSTMENTS = 200;

const adjustedOf = (job: string) =>
  `(SELECT COALESCE(SUM(micros), 0) FROM ledger WHERE job_id = ${job} AND kind = 'adjustment')`;

type BookValues = {
  operation: string;
  customerId: string;
  micros: Micros;
  jobId: string | null;
  nowMs: number;
  idempotencyKey: string | null;
  force: number;
  note: string;
};

const BOOK =
  statement<BookValues>(`INSERT INTO ledger (reference, phase, kind, customer_id, micros, job_id, at_ms)
  SELECT :operation, 'operation', CASE WHEN :jobId IS NULL THEN 'credit' ELSE 'adjustment' END, c.id, :micros, :jobId,
    :nowMs
  FROM customers c LEFT JOIN jobs j ON j.id = :jobId AND j.customer_id = c.id
  WHERE c.id = :customerId AND ${isKept('c.id')}
    AND NOT EXISTS (
      SELECT 1 FROM credit_notes WHERE customer_id = :customerId AND idempotency_key = :idempotencyKey)
    AND CASE WHEN :jobId IS NULL THEN 1 WHEN j.id IS NULL THEN 0 WHEN :force THEN 1
      WHEN :micros < 0 THEN j.charge_micros - ${adjustedOf('j.id')} - :micros <= j.hold_micros
      ELSE ${adjustedOf('j.id')} + :micros <= j.charge_micros END
    AND CASE WHEN :micros < 0 THEN c.balance_micros + :micros >= -${MAX_MICROS}
      ELSE c.balance_micros + :micros <= ${MAX_MICROS} END`);

const MOVE_BALANCE = statement<BookValues>(
  'UPDATE customers SET balance_micros = balance_micros + :micros WHERE id = :customerId AND changes() = 1',
);

const INSERT_NOTE = statement<BookValues>(
  `INSERT INTO credit_notes (operation, customer_id, idempotency_key, note)
   SELECT :operation, :customerId, :idempotencyKey, :note WHERE changes() = 1`,
);

/** The part of a customer that a credit changes, as the audit shows it. */
const STATE = stateOf('customers', "'balance_micros', balance_micros");

const FIELDS = 'l.reference, l.micros, l.job_id, l.at_ms, n.note';
const OPERATIONS = 'ledger l LEFT JOIN credit_notes n ON n.operation = l.reference';

const FIND_BOOKED = statement<BookValues>(
  `SELECT ${FIELDS} FROM ${OPERATIONS} WHERE l.phase = 'operation' AND l.reference = COALESCE(
     (SELECT operation FROM credit_notes WHERE customer_id = :customerId AND idempotency_key = :idempotencyKey),
     :operation)`,
);

const READ_STANDING = statement<BookValues>(
  `SELECT c.balance_micros, j.id AS job, j.hold_micros, j.charge_micros, ${adjustedOf('j.id')} AS adjusted
   FROM customers c LEFT JOIN jobs j ON j.id = :jobId AND j.customer_id = c.id
   WHERE c.id = :customerId AND ${isKept('c.id')}`,
);

/**
 * Books a credit if the customer's balance and the job's money allow it, with its note and its audit entry. Every guard
 * stands in the statement that books, so that of two at once the second finds the first.
 */
export async function insertCredit(
  db: D1Database,
  operation: string,
  { credit, change }: { credit: Credit; change: Change },
): Promise<CreditWrite> {
  const { customerId, micros, note, jobId, force, idempotencyKey } = credit;
  const values = {
    operation,
    customerId,
    micros,
    note,
    jobId,
    force: force ? 1 : 0,
    idempotencyKey,
    nowMs: change.atMs,
  };
  const { before, behind } = audited(db, change, STATE);
  const results = await db.batch<Record<string, unknown>>([
    ...before,
    BOOK(db, values),
    MOVE_BALANCE(db, values),
    INSERT_NOTE(db, values),
    ...behind,
    FIND_BOOKED(db, values),
    READ_STANDING(db, values),
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

const LIST_OPERATIONS = statement<{ customerId: string; beforeMs: number; beforeId: string; limit: number }>(
  `SELECT ${FIELDS} FROM ${OPERATIONS}
   WHERE l.customer_id = :customerId AND l.phase = 'operation' AND (l.at_ms, l.reference) < (:beforeMs, :beforeId)
   ORDER BY l.at_ms DESC, l.reference DESC LIMIT :limit`,
);

/** A page of a customer's credits and adjustments, newest first. */
export async function listOperations(
  db: D1Database,
  customerId: string,
  page: { beforeMs: number; beforeId: string; limit: number },
): Promise<Booked[]> {
  const { results } = await LIST_OPERATIONS(db, { customerId, ...page }).all();
  return results.map(bookedOf);
}

const LIST_ADJUSTMENTS = statement<{ jobId: JobId }>(
  `SELECT ${FIELDS}, ${adjustedOf(':jobId')} AS adjusted FROM ${OPERATIONS}
   WHERE l.job_id = :jobId AND l.kind = 'adjustment'
   ORDER BY l.at_ms DESC, l.reference DESC LIMIT ${MAX_ADJUSTMENTS}`,
);

/** The adjustments of a job: their sum, and the newest of them. */
export async function readAdjustments(
  db: D1Database,
  jobId: JobId,
): Promise<{ adjustedMicros: number; newest: Booked[] }> {
  const { results } = await LIST_ADJUSTMENTS(db, { jobId }).all();
  const [first] = results;
  const adjustedMicros = first === undefined ? 0 : column(first, 'adjusted', isWhole);
  return { adjustedMicros, newest: results.map(bookedOf) };
}
