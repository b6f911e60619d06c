// The SQL that begins an erasure, in one transaction: afterwards the customer has no name and no live key, accepts no change,
// and is in the queue of the cron.

import { audited, type Change } from '../audit/store.ts';
import { CUSTOMER_STATE } from '../customers/store.ts';
import { column, rowsOf } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isWhole } from '../../lib/guard.ts';
import { isKept } from './kept-store.ts';

const OPEN_JOBS = `(SELECT COUNT(*) FROM jobs INDEXED BY jobs_to_check
  WHERE customer_id = :id AND check_at_ms IS NOT NULL AND settled_at_ms IS NULL)`;

const BEGIN = statement<{ id: string; atMs: number; dueAtMs: number; force: number }>(
  `INSERT INTO erasures (customer_id, begun_at_ms, due_at_ms)
   SELECT id, :atMs, :dueAtMs FROM customers WHERE id = :id AND ${isKept(':id')}
     AND (:force OR (balance_micros = 0 AND held_micros = 0 AND ${OPEN_JOBS} = 0))`,
);

/** The id replaces the name: only the operator's own books say whom it names. */
const FORGET = statement<{ id: string }>(
  `UPDATE customers SET status = 'suspended', name = id, external_id = NULL, loras = '[]', account_id = NULL,
     plan_id = NULL
   WHERE id = :id AND changes() = 1`,
);

const REVOKE_KEYS = statement<{ id: string; atMs: number }>(
  `UPDATE keys SET name = 'erased', revoked_at_ms = COALESCE(revoked_at_ms, :atMs)
   WHERE customer_id = :id AND kind = 'secret' AND EXISTS (SELECT 1 FROM erasures WHERE customer_id = :id)`,
);

const BEGUN = statement<{ id: string }>(
  `SELECT balance_micros, ${OPEN_JOBS} AS open_jobs, NOT ${isKept(':id')} AS is_erased FROM customers WHERE id = :id`,
);

export type Begun = { isErased: boolean; openJobs: number; balanceMicros: number };

/** Null: there is no such customer. An erasure that has begun before stays as it is. */
export async function insertErasure(
  db: D1Database,
  { id, force, dueAtMs }: { id: string; force: boolean; dueAtMs: number },
  change: Change,
): Promise<Begun | null> {
  const { before, behind } = audited(db, change, CUSTOMER_STATE);
  const results = await db.batch<Record<string, unknown>>([
    ...before,
    BEGIN(db, { id, atMs: change.atMs, dueAtMs, force: Number(force) }),
    FORGET(db, { id }),
    ...behind,
    REVOKE_KEYS(db, { id, atMs: change.atMs }),
    BEGUN(db, { id }),
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
