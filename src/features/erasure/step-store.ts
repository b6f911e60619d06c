// The SQL of the steps of an erasure. The rows that a step has not erased are its list of work, so an interrupted step is
// simply repeated.

import { column } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText, orNull } from '../../lib/guard.ts';
import { isCustomerId, isJobId, type CustomerId, type JobId } from '../../lib/ids.ts';

/** A pass over the jobs of a customer. `afterMs` and `afterId` are the last job that it has erased. */
export type Erasure = { customerId: CustomerId; afterMs: number; afterId: string };

/** An interrupted step is repeated after this time. */
const RETRY_MS = 10 * 60_000;
/** Rows of a kind that one statement deletes. */
const MAX_ROWS = 500;

const CLAIM = statement<{ nowMs: number }>(
  `UPDATE erasures SET due_at_ms = :nowMs + ${RETRY_MS} WHERE customer_id = (
     SELECT customer_id FROM erasures WHERE ended_at_ms IS NULL AND due_at_ms <= :nowMs ORDER BY due_at_ms LIMIT 1)
   RETURNING customer_id, after_ms, after_id`,
);

/** Claims the erasure that has been due the longest: of two runs at once, each gets another one. */
export async function claimErasure(db: D1Database, nowMs: number): Promise<Erasure | null> {
  const row = await CLAIM(db, { nowMs }).first();
  return row === null
    ? null
    : {
        customerId: column(row, 'customer_id', isCustomerId),
        afterMs: column(row, 'after_ms', isNumber),
        afterId: column(row, 'after_id', isText),
      };
}

type ErasableJob = { id: JobId; createdAtMs: number; isSettled: boolean };

const NEXT_JOBS = statement<Erasure & { limit: number }>(
  `SELECT id, created_at_ms, settled_at_ms FROM jobs
   WHERE customer_id = :customerId AND (created_at_ms, id) > (:afterMs, :afterId) ORDER BY created_at_ms, id LIMIT :limit`,
);

/** The next jobs of the customer, oldest first. */
export async function readNextJobs(db: D1Database, erasure: Erasure, limit: number): Promise<ErasableJob[]> {
  const { results } = await NEXT_JOBS(db, { ...erasure, limit }).all();
  return results.map((row) => ({
    id: column(row, 'id', isJobId),
    createdAtMs: column(row, 'created_at_ms', isNumber),
    isSettled: column(row, 'settled_at_ms', orNull(isNumber)) !== null,
  }));
}

// An open job keeps its columns, because its settlement reads them.
const ERASE_JOBS = statement<{ settled: string }>(
  `UPDATE jobs SET result = NULL, idempotency_key = NULL, body_hash = NULL, idempotency_scope = '', end_user = ''
   WHERE id IN (SELECT value FROM json_each(:settled)) AND settled_at_ms IS NOT NULL`,
);

/** SQL: an entry of the audit holds only ids, and stays. Its details, among them the address, are deleted. */
const deleteDetails = (field: 'object' | 'actor', ids: string) =>
  `DELETE FROM audit_details WHERE audit_id IN (SELECT id FROM audit WHERE ${field} IN (${ids}))`;

const ERASE_DETAILS_OF_JOBS = statement<{ settled: string }>(
  deleteDetails('object', 'SELECT value FROM json_each(:settled)'),
);

/**
 * SQL: no other run has moved the pass on. Of two runs at the same step, the second must not move it: it does not know of
 * the open jobs that the first has passed over.
 */
const IS_UNMOVED =
  'customer_id = :customerId AND ended_at_ms IS NULL AND after_ms = :afterMs AND after_id = :afterId';

const MOVE_ON = statement<Erasure & { lastMs: number; lastId: string; isOpenLeft: number; nowMs: number }>(
  `UPDATE erasures SET after_ms = :lastMs, after_id = :lastId, open_left = MAX(open_left, :isOpenLeft), due_at_ms = :nowMs
   WHERE ${IS_UNMOVED}`,
);

/** Erases the personal data of these jobs and moves the pass behind them; null: another run has moved it. */
export async function eraseJobs(
  db: D1Database,
  erasure: Erasure,
  { jobs, nowMs }: { jobs: ErasableJob[]; nowMs: number },
): Promise<Erasure | null> {
  const ids = jobs.filter(({ isSettled }) => isSettled).map(({ id }) => id);
  const settled = JSON.stringify(ids);
  const last = jobs.at(-1);
  const lastMs = last?.createdAtMs ?? erasure.afterMs;
  const lastId = last?.id ?? erasure.afterId;
  const isOpenLeft = Number(ids.length < jobs.length);
  const results = await db.batch([
    ERASE_JOBS(db, { settled }),
    ERASE_DETAILS_OF_JOBS(db, { settled }),
    MOVE_ON(db, { ...erasure, lastMs, lastId, isOpenLeft, nowMs }),
  ]);
  return results.at(-1)?.meta.changes === 1 ? { ...erasure, afterMs: lastMs, afterId: lastId } : null;
}

const TOKENS = `SELECT t.id FROM keys k JOIN keys t ON t.parent_id = k.id
  WHERE k.customer_id = :customerId AND k.kind = 'secret' LIMIT ${MAX_ROWS}`;
const NOTES = `SELECT operation FROM credit_notes WHERE customer_id = :customerId LIMIT ${MAX_ROWS}`;
const END_USERS = `SELECT day, end_user FROM usage_end_users WHERE customer_id = :customerId LIMIT ${MAX_ROWS}`;
const SECRET_KEYS = "SELECT id FROM keys WHERE customer_id = :customerId AND kind = 'secret'";
/** About the customer, their keys, the calls of these keys, and the customer's own prices, whose object is both ids. */
const DETAILS = `SELECT audit_id FROM audit_details WHERE audit_id IN (
    SELECT id FROM audit WHERE object = :customerId OR (object > :customerId || ' ' AND object < :customerId || '!')
    UNION ALL SELECT id FROM audit WHERE object IN (${SECRET_KEYS})
    UNION ALL SELECT id FROM audit WHERE actor IN (${SECRET_KEYS})) LIMIT ${MAX_ROWS}`;

/** SQL: a file that the sweep of files does not know of yet. */
const IS_UNSWEPT = "(state = 'stored' OR name <> '')";

// An upload may still be running: the sweep deletes its reservation when it expires.
const EXPIRE_FILES = `UPDATE files SET name = '', end_user = '',
    state = CASE state WHEN 'reserved' THEN state ELSE 'gone' END,
    due_at_ms = CASE state WHEN 'reserved' THEN due_at_ms ELSE MIN(due_at_ms, :nowMs) END
  WHERE id IN (SELECT id FROM files WHERE customer_id = :customerId AND ${IS_UNSWEPT} LIMIT ${MAX_ROWS})`;

// End users go after the last open job: until then the triggers of its settlement may write its end user.
const DELETE_END_USERS = `DELETE FROM usage_end_users WHERE (day, end_user) IN (${END_USERS})
  AND customer_id = :customerId
  AND NOT EXISTS (SELECT 1 FROM erasures WHERE customer_id = :customerId AND open_left = 1)`;

const FILES = 'SELECT 1 FROM files WHERE customer_id = :customerId';

const END = `UPDATE erasures SET ended_at_ms = :nowMs WHERE ${IS_UNMOVED} AND open_left = 0
    AND NOT EXISTS (${TOKENS}) AND NOT EXISTS (${NOTES}) AND NOT EXISTS (${DETAILS}) AND NOT EXISTS (${END_USERS})
    AND NOT EXISTS (${FILES})`;

/**
 * The next run deletes the rest. A pass that has left open jobs begins again after RETRY_MS, so that they can end. So does one
 * that waits for the sweep of files, which keeps the reservation of a failed upload for hours.
 */
const CONTINUE_LATER = `UPDATE erasures SET due_at_ms = :nowMs + MAX(open_left,
      EXISTS (${FILES}) AND NOT EXISTS (${FILES} AND ${IS_UNSWEPT})) * ${RETRY_MS}, open_left = 0,
    after_ms = CASE open_left WHEN 1 THEN -1 ELSE after_ms END, after_id = CASE open_left WHEN 1 THEN '' ELSE after_id END
  WHERE ${IS_UNMOVED}`;

const ERASE_REST = [
  deleteDetails('object', TOKENS),
  deleteDetails('actor', TOKENS),
  EXPIRE_FILES,
  `DELETE FROM counters WHERE subject IN (${TOKENS})`,
  `DELETE FROM keys WHERE id IN (${TOKENS})`,
  `DELETE FROM credit_notes WHERE operation IN (${NOTES})`,
  `DELETE FROM audit_details WHERE audit_id IN (${DETAILS})`,
  DELETE_END_USERS,
  END,
  CONTINUE_LATER,
].map((sql) => statement<Erasure & { nowMs: number }>(sql));

/** Deletes up to MAX_ROWS rows of each other kind; true: nothing of the customer is left. */
export async function eraseRest(db: D1Database, erasure: Erasure, nowMs: number): Promise<boolean> {
  const results = await db.batch(ERASE_REST.map((erase) => erase(db, { ...erasure, nowMs })));
  return results.at(-2)?.meta.changes === 1;
}
