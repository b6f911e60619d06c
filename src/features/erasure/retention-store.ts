// The SQL that deletes results of jobs that were settled long ago, and days of counters that no limit counts any more. Each
// sweep records its progress in the one row of `retention`, in the same transaction.

import { column } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText } from '../../lib/guard.ts';
import { DAY_MS } from '../ledger/windows.ts';

/** SQL: the instant before which days of counters are deleted. The check of the ledger leaves those days out. */
export const DROPPED_DAYS = '(SELECT days_before_ms FROM retention)';

// The index ends with the id, so one search finds the jobs behind the last one.
const OLD = `SELECT id, settled_at_ms FROM jobs INDEXED BY jobs_by_settlement_age
  WHERE settled_at_ms IS NOT NULL AND (settled_at_ms, id) > (SELECT results_to_ms, results_to_id FROM retention)
    AND settled_at_ms <= :nowMs - (SELECT retention_days FROM settings) * ${DAY_MS}
  ORDER BY settled_at_ms, id LIMIT :limit`;

const DELETE_RESULTS = statement<{ nowMs: number; limit: number }>(
  `UPDATE jobs SET result = NULL WHERE id IN (SELECT id FROM (${OLD})) AND result IS NOT NULL`,
);

const RECORD_RESULTS = statement<{ nowMs: number; limit: number }>(
  `UPDATE retention SET results_to_ms = o.settled_at_ms, results_to_id = o.id
   FROM (SELECT id, settled_at_ms FROM (${OLD}) ORDER BY settled_at_ms DESC, id DESC LIMIT 1) o`,
);

/** Deletes the results of the next old jobs; false: there are none. */
export async function dropOldResults(db: D1Database, nowMs: number, limit: number): Promise<boolean> {
  const values = { nowMs, limit };
  const [, recorded] = await db.batch([DELETE_RESULTS(db, values), RECORD_RESULTS(db, values)]);
  return recorded?.meta.changes === 1;
}

export type Round = { beforeMs: number; after: string };

/** The round of the sweep of counters: the days that it deletes, and the subject after which it continues. */
export async function readRound(db: D1Database): Promise<Round> {
  const row = await db.prepare('SELECT days_before_ms, days_after FROM retention').first();
  return { beforeMs: column(row, 'days_before_ms', isNumber), after: column(row, 'days_after', isText) };
}

/** SQL: the next subjects. Each step is one search of the key, which skips the rows of a subject. */
const SUBJECTS = `WITH RECURSIVE s (subject, number) AS (
    SELECT MIN(subject), 1 FROM counters WHERE subject > :after
    UNION ALL SELECT (SELECT MIN(subject) FROM counters WHERE subject > s.subject), number + 1
    FROM s WHERE s.subject IS NOT NULL AND number < :limit)`;

// A run whose round is older than that of another run records nothing: the check of the ledger would expect days that are
// deleted.
const RECORD_ROUND = statement<Round & { limit: number }>(
  `${SUBJECTS} UPDATE retention SET days_before_ms = :beforeMs,
     days_after = COALESCE((SELECT subject FROM s WHERE number = :limit), '') WHERE days_before_ms <= :beforeMs`,
);

const DELETE_DAYS = statement<Round & { limit: number }>(
  `${SUBJECTS} DELETE FROM counters WHERE subject IN (SELECT subject FROM s WHERE subject IS NOT NULL)
     AND grain = 'day' AND slot < :beforeMs`,
);

/** Deletes the old days of the next subjects. The round ends when fewer than `limit` are left. */
export async function dropOldDays(db: D1Database, round: Round, limit: number): Promise<void> {
  const values = { ...round, limit };
  // The deletion comes last: it may leave a subject without rows, and the progress would skip that subject's successors.
  await db.batch([RECORD_ROUND(db, values), DELETE_DAYS(db, values)]);
}
