// The SQL of the steps of an erasure. Each leaves rows behind that say what is still to do, so that one that was cut is
// taken again: what it has erased, it finds no more.

import { column, type Row } from '../../storage/column.ts';
import { isNumber, isText, orNull } from '../../lib/guard.ts';
import { isCustomerId, isJobId, type CustomerId, type JobId } from '../../lib/ids.ts';

/** Where an erasure stands; the place is that of the last job which this pass has looked at. */
export type Erasure = { customerId: CustomerId; afterMs: number; afterId: string };

/** A step that nobody came back from is taken again so much later. */
const RETRY_MS = 10 * 60_000;
/** Rows of a kind that one statement deletes. */
const AT_ONCE = 500;

function erasureOf(row: Row): Erasure {
  return {
    customerId: column(row, 'customer_id', isCustomerId),
    afterMs: column(row, 'after_ms', isNumber),
    afterId: column(row, 'after_id', isText),
  };
}

/** Claims the erasure that is due for the longest time, so that two crons never hold the same one. */
export async function claimErasure(db: D1Database, nowMs: number): Promise<Erasure | null> {
  const row = await db
    .prepare(
      `UPDATE erasures SET due_at_ms = ?1 + ${RETRY_MS} WHERE customer_id = (
         SELECT customer_id FROM erasures WHERE ended_at_ms IS NULL AND due_at_ms <= ?1 ORDER BY due_at_ms LIMIT 1)
       RETURNING customer_id, after_ms, after_id`,
    )
    .bind(nowMs)
    .first();
  return row === null ? null : erasureOf(row);
}

export type ErasableJob = { id: JobId; createdAtMs: number; isSettled: boolean };

/** The next jobs of the customer, oldest first. */
export async function readNextJobs(db: D1Database, erasure: Erasure, limit: number): Promise<ErasableJob[]> {
  const { results } = await db
    .prepare(
      `SELECT id, created_at_ms, settled_at_ms FROM jobs
       WHERE customer_id = ?1 AND (created_at_ms, id) > (?2, ?3) ORDER BY created_at_ms, id LIMIT ?4`,
    )
    .bind(erasure.customerId, erasure.afterMs, erasure.afterId, limit)
    .all();
  return results.map((row) => ({
    id: column(row, 'id', isJobId),
    createdAtMs: column(row, 'created_at_ms', isNumber),
    isSettled: column(row, 'settled_at_ms', orNull(isNumber)) !== null,
  }));
}

// An open job keeps everything: what brings it to its end needs it. One that has ended needs nothing of it.
const ERASE_JOBS = `UPDATE jobs SET result = NULL, idempotency_key = NULL, body_hash = NULL, idempotency_scope = '',
    end_user = ''
  WHERE id IN (SELECT value FROM json_each(?1)) AND settled_at_ms IS NOT NULL`;

/** Entries of the audit hold ids and stay; what was written, and from where, goes. */
const detailsOf = (objects: string) =>
  `DELETE FROM audit_details WHERE audit_id IN (SELECT id FROM audit WHERE object IN (${objects}))`;

const detailsBy = (actors: string) =>
  `DELETE FROM audit_details WHERE audit_id IN (SELECT id FROM audit WHERE actor IN (${actors}))`;

/**
 * The pass is where this run has left it. Two runs may be at work on one: the second that writes knows of a pass that is over,
 * and not of the open jobs that it left. ?2 ?3 the place.
 */
const IS_HERE = 'customer_id = ?1 AND ended_at_ms IS NULL AND after_ms = ?2 AND after_id = ?3';

const MOVE_ON = `UPDATE erasures SET after_ms = ?4, after_id = ?5, open_left = MAX(open_left, ?6), due_at_ms = ?7
  WHERE ${IS_HERE}`;

/** Erases what these jobs hold of people, and notes how far the pass has come; null where another run has moved it on. */
export async function eraseJobs(
  db: D1Database,
  { customerId, afterMs, afterId }: Erasure,
  { jobs, nowMs }: { jobs: ErasableJob[]; nowMs: number },
): Promise<Erasure | null> {
  const settled = jobs.filter(({ isSettled }) => isSettled).map(({ id }) => id);
  const last = jobs.at(-1);
  const place = { customerId, afterMs: last?.createdAtMs ?? afterMs, afterId: last?.id ?? afterId };
  const isOpenLeft = settled.length < jobs.length ? 1 : 0;
  const results = await db.batch([
    db.prepare(ERASE_JOBS).bind(JSON.stringify(settled)),
    db.prepare(detailsOf('SELECT value FROM json_each(?1)')).bind(JSON.stringify(settled)),
    db.prepare(MOVE_ON).bind(customerId, afterMs, afterId, place.afterMs, place.afterId, isOpenLeft, nowMs),
  ]);
  return results.at(-1)?.meta.changes === 1 ? place : null;
}

const TOKENS = `SELECT t.id FROM keys k JOIN keys t ON t.parent_id = k.id
  WHERE k.customer_id = ?1 AND k.kind = 'secret' LIMIT ${AT_ONCE}`;
const NOTES = `SELECT operation FROM credit_notes WHERE customer_id = ?1 LIMIT ${AT_ONCE}`;
const END_USERS = `SELECT day, end_user FROM usage_end_users WHERE customer_id = ?1 LIMIT ${AT_ONCE}`;
const OWN_KEYS = "SELECT id FROM keys WHERE customer_id = ?1 AND kind = 'secret'";
/** Of the customer, their keys, what these keys did, and their own prices, whose object is both ids. */
const DETAILS = `SELECT audit_id FROM audit_details WHERE audit_id IN (
    SELECT id FROM audit WHERE object = ?1 OR (object > ?1 || ' ' AND object < ?1 || '!')
    UNION ALL SELECT id FROM audit WHERE object IN (${OWN_KEYS})
    UNION ALL SELECT id FROM audit WHERE actor IN (${OWN_KEYS})) LIMIT ${AT_ONCE}`;
// The bytes of an upload may still be on their way: its reservation lapses by itself.
const FORGET_FILES = `UPDATE files SET name = '', end_user = '',
    state = CASE state WHEN 'reserved' THEN state ELSE 'gone' END,
    due_at_ms = CASE state WHEN 'reserved' THEN due_at_ms ELSE MIN(due_at_ms, ?2) END
  WHERE id IN (SELECT id FROM files WHERE customer_id = ?1 AND (state = 'stored' OR name <> '') LIMIT ${AT_ONCE})`;

const IS_OPEN = 'EXISTS (SELECT 1 FROM erasures WHERE customer_id = ?1 AND open_left = 1)';

// Behind the last job: while one of them is open, its triggers may still write who the end user was.
const END_USERS_OF_ALL = `DELETE FROM usage_end_users WHERE (day, end_user) IN (${END_USERS}) AND customer_id = ?1
  AND NOT ${IS_OPEN}`;

const END = `UPDATE erasures SET ended_at_ms = ?4 WHERE ${IS_HERE} AND open_left = 0
    AND NOT EXISTS (${TOKENS}) AND NOT EXISTS (${NOTES}) AND NOT EXISTS (${DETAILS}) AND NOT EXISTS (${END_USERS})
    AND NOT EXISTS (SELECT 1 FROM files WHERE customer_id = ?1)`;

/** Files are left, and R2 has to forget them, which the sweep of files sees to. */
const IS_SWEEP_LEFT = `(EXISTS (SELECT 1 FROM files WHERE customer_id = ?1)
    AND NOT EXISTS (SELECT 1 FROM files WHERE customer_id = ?1 AND (state = 'stored' OR name <> '')))`;

/**
 * What is left is for the next run. Jobs that were open are looked for in another pass, and given some time to end; so are
 * files, for an upload that died is given up after hours, and others wait for this one's turns.
 */
const GO_ON = `UPDATE erasures SET due_at_ms = ?4 + MAX(open_left, ${IS_SWEEP_LEFT}) * ${RETRY_MS}, open_left = 0,
    after_ms = CASE open_left WHEN 1 THEN -1 ELSE after_ms END, after_id = CASE open_left WHEN 1 THEN '' ELSE after_id END
  WHERE ${IS_HERE}`;

/** Deletes what is not of jobs, some of each kind; true once nothing is left of the customer. */
export async function eraseRest(db: D1Database, erasure: Erasure, nowMs: number): Promise<boolean> {
  const { customerId, afterMs, afterId } = erasure;
  const results = await db.batch([
    db.prepare(detailsOf(TOKENS)).bind(customerId),
    db.prepare(detailsBy(TOKENS)).bind(customerId),
    db.prepare(FORGET_FILES).bind(customerId, nowMs),
    db.prepare(`DELETE FROM counters WHERE subject IN (${TOKENS})`).bind(customerId),
    db.prepare(`DELETE FROM keys WHERE id IN (${TOKENS})`).bind(customerId),
    db.prepare(`DELETE FROM credit_notes WHERE operation IN (${NOTES})`).bind(customerId),
    db.prepare(`DELETE FROM audit_details WHERE audit_id IN (${DETAILS})`).bind(customerId),
    db.prepare(END_USERS_OF_ALL).bind(customerId),
    db.prepare(END).bind(customerId, afterMs, afterId, nowMs),
    db.prepare(GO_ON).bind(customerId, afterMs, afterId, nowMs),
  ]);
  return results.at(-2)?.meta.changes === 1;
}
