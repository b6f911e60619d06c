// The SQL of what time drops: results of jobs that were settled long ago, and days of counters that no limit counts any more.
// Each sweep remembers in the one row of `retention` how far it is, in the same transaction.

import { column } from '../../storage/column.ts';
import { isNumber, isText } from '../../lib/guard.ts';
import { DAY_MS } from '../ledger/windows.ts';

/** SQL: days of counters before this instant are dropped, so the check of the ledger leaves them out. */
export const DROPPED_DAYS = '(SELECT days_before_ms FROM retention)';

// ?1 now, ?2 how many. The index ends with the id: it leads from the last job to the next.
const OLD = `SELECT id, settled_at_ms FROM jobs INDEXED BY jobs_by_settlement_age
  WHERE settled_at_ms IS NOT NULL AND (settled_at_ms, id) > (SELECT results_to_ms, results_to_id FROM retention)
    AND settled_at_ms <= ?1 - (SELECT retention_days FROM settings) * ${DAY_MS}
  ORDER BY settled_at_ms, id LIMIT ?2`;

const DROP_RESULTS = `UPDATE jobs SET result = NULL WHERE id IN (SELECT id FROM (${OLD})) AND result IS NOT NULL`;

const REMEMBER_RESULTS = `UPDATE retention SET results_to_ms = o.settled_at_ms, results_to_id = o.id
  FROM (SELECT id, settled_at_ms FROM (${OLD}) ORDER BY settled_at_ms DESC, id DESC LIMIT 1) o`;

/** Drops the results of the next jobs that have had their days; false where there are none. */
export async function dropOldResults(db: D1Database, nowMs: number, limit: number): Promise<boolean> {
  const [, remembered] = await db.batch([
    db.prepare(DROP_RESULTS).bind(nowMs, limit),
    db.prepare(REMEMBER_RESULTS).bind(nowMs, limit),
  ]);
  return remembered?.meta.changes === 1;
}

export type Round = { beforeMs: number; after: string };

/** Which days the sweep of counters drops, and behind which subject it goes on. */
export async function readRound(db: D1Database): Promise<Round> {
  const row = await db.prepare('SELECT days_before_ms, days_after FROM retention').first();
  return { beforeMs: column(row, 'days_before_ms', isNumber), after: column(row, 'days_after', isText) };
}

/** Steps from one subject to the next by the key: the rows of a subject are not read for that. */
const SUBJECTS = `WITH RECURSIVE s (subject, number) AS (
    SELECT MIN(subject), 1 FROM counters WHERE subject > ?1
    UNION ALL SELECT (SELECT MIN(subject) FROM counters WHERE subject > s.subject), number + 1
    FROM s WHERE s.subject IS NOT NULL AND number < ?2)`;

/**
 * Drops the old days of the next subjects. The round is over when there are fewer of them than `limit`. A run that is still
 * at an older round than another one notes nothing: the check of the ledger would look for days that are gone.
 */
export async function dropOldDays(db: D1Database, { beforeMs, after }: Round, limit: number): Promise<void> {
  const state = `${SUBJECTS} UPDATE retention SET days_before_ms = ?3,
      days_after = COALESCE((SELECT subject FROM s WHERE number = ?2), '') WHERE days_before_ms <= ?3`;
  const drop = `${SUBJECTS} DELETE FROM counters WHERE subject IN (SELECT subject FROM s WHERE subject IS NOT NULL)
      AND grain = 'day' AND slot < ?3`;
  // The place first: behind the deletion a subject may have no rows any more.
  await db.batch([
    db.prepare(state).bind(after, limit, beforeMs),
    db.prepare(drop).bind(after, limit, beforeMs),
  ]);
}
