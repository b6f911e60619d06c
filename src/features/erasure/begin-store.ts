// The SQL that begins an erasure. One batch, so one transaction: behind it the customer has no name, no live key and takes
// no change any more, and the cron knows that there is work.

import { audited, type Change } from '../audit/store.ts';
import { CUSTOMER_STATE } from '../customers/store.ts';
import { column, rowsOf } from '../../storage/column.ts';
import { isNumber, isWhole } from '../../lib/guard.ts';
import { isKept } from './kept-store.ts';

const OPEN_JOBS = `(SELECT COUNT(*) FROM jobs INDEXED BY jobs_to_check
  WHERE customer_id = ?1 AND check_at_ms IS NOT NULL AND settled_at_ms IS NULL)`;

const BEGIN = `INSERT INTO erasures (customer_id, begun_at_ms, due_at_ms)
  SELECT id, ?2, ?3 FROM customers WHERE id = ?1 AND ${isKept('?1')}
    AND (?4 OR (balance_micros = 0 AND held_micros = 0 AND ${OPEN_JOBS} = 0))`;

/** The id stands for the name: it names nobody without the operator's own books. */
const FORGET = `UPDATE customers SET status = 'suspended', name = id, external_id = NULL, loras = '[]', account_id = NULL,
    plan_id = NULL
  WHERE id = ?1 AND changes() = 1`;

const END_KEYS = `UPDATE keys SET name = 'erased', revoked_at_ms = COALESCE(revoked_at_ms, ?2)
  WHERE customer_id = ?1 AND kind = 'secret' AND EXISTS (SELECT 1 FROM erasures WHERE customer_id = ?1)`;

const STANDING = `SELECT balance_micros, ${OPEN_JOBS} AS open_jobs, NOT ${isKept('?1')} AS is_erased
  FROM customers WHERE id = ?1`;

export type Begun = { isErased: boolean; openJobs: number; balanceMicros: number };

/** Null: there is no such customer. Where the erasure had begun before, all stays as it is. */
export async function insertErasure(
  db: D1Database,
  { id, force, dueAtMs }: { id: string; force: boolean; dueAtMs: number },
  change: Change,
): Promise<Begun | null> {
  const { before, behind } = audited(db, change, CUSTOMER_STATE);
  const results = await db.batch<Record<string, unknown>>([
    ...before,
    db.prepare(BEGIN).bind(id, change.atMs, dueAtMs, force ? 1 : 0),
    db.prepare(FORGET).bind(id),
    ...behind,
    db.prepare(END_KEYS).bind(id, change.atMs),
    db.prepare(STANDING).bind(id),
  ]);
  const [row] = rowsOf(results.at(-1));
  return row === undefined
    ? null
    : {
        isErased: column(row, 'is_erased', isNumber) === 1,
        openJobs: column(row, 'open_jobs', isNumber),
        balanceMicros: column(row, 'balance_micros', isWhole),
      };
}
