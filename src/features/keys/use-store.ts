// When keys were last used, and what one of them spent of late.

import { column } from '../../storage/column.ts';
import { isNumber, isWhole } from '../../lib/guard.ts';
import type { KeyId } from '../../lib/ids.ts';
import type { Key } from './key.ts';

/** Of several isolates one writes: the note has to be older than `beforeMs`. */
export async function markUsed(
  db: D1Database,
  id: KeyId,
  { nowMs, beforeMs }: { nowMs: number; beforeMs: number },
): Promise<void> {
  await db
    .prepare('UPDATE keys SET last_used_at_ms = ?2 WHERE id = ?1 AND COALESCE(last_used_at_ms, 0) <= ?3')
    .bind(id, nowMs, beforeMs)
    .run();
}

/** Jobs that are counted at most. */
const MOST_JOBS = 10_000;

/** What a key or browser token submitted of late; `isAll` is false where there is more of it. */
export type RecentUse = { jobs: number; micros: number; isAll: boolean };

const spentOf = (field: string) => `SELECT COUNT(*) AS jobs, COALESCE(SUM(micros), 0) AS micros FROM (
    SELECT COALESCE(charge_micros, hold_micros) AS micros FROM jobs WHERE ${field} = ?1 AND created_at_ms > ?2
    ORDER BY created_at_ms DESC LIMIT ${MOST_JOBS})`;

/** Charges, and what is held for jobs that are not settled. */
export async function readRecentUse(
  db: D1Database,
  { id, kind }: Pick<Key, 'id' | 'kind'>,
  sinceMs: number,
): Promise<RecentUse> {
  const row = await db
    .prepare(spentOf(kind === 'secret' ? 'key_id' : "token_id <> '' AND token_id"))
    .bind(id, sinceMs)
    .first();
  const jobs = column(row, 'jobs', isNumber);
  return { jobs, micros: column(row, 'micros', isWhole), isAll: jobs < MOST_JOBS };
}
