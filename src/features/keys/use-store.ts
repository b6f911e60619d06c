// The last use of keys, and the jobs and money that one key used of late.

import { column } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isWhole } from '../../lib/guard.ts';
import type { KeyId } from '../../lib/ids.ts';
import type { Key, KeyKind } from './key.ts';

const MARK_USED = statement<{ id: KeyId; nowMs: number; beforeMs: number }>(
  'UPDATE keys SET last_used_at_ms = :nowMs WHERE id = :id AND COALESCE(last_used_at_ms, 0) <= :beforeMs',
);

/** Writes only over a value older than `beforeMs`, so that one of several isolates writes. */
export async function markUsed(
  db: D1Database,
  id: KeyId,
  times: { nowMs: number; beforeMs: number },
): Promise<void> {
  await MARK_USED(db, { ...times, id }).run();
}

/** Later jobs are counted, earlier ones are not. */
const MAX_JOBS = 10_000;

/** The recent jobs of a key or browser token, up to MAX_JOBS; `isAll` is false if there are more. */
export type RecentUse = { jobs: number; micros: number; isAll: boolean };

const useOf = (condition: string) =>
  statement<{
    id: KeyId;
    sinceMs: number;
  }>(`SELECT COUNT(*) AS jobs, COALESCE(SUM(micros), 0) AS micros FROM (
    SELECT COALESCE(charge_micros, hold_micros) AS micros FROM jobs WHERE ${condition} AND created_at_ms > :sinceMs
    ORDER BY created_at_ms DESC LIMIT ${MAX_JOBS})`);

const USE: Record<KeyKind, ReturnType<typeof useOf>> = {
  secret: useOf('key_id = :id'),
  browser: useOf("token_id <> '' AND token_id = :id"),
};

/** Sums the charges of settled jobs and the holds of open ones. */
export async function readRecentUse(
  db: D1Database,
  { id, kind }: Pick<Key, 'id' | 'kind'>,
  sinceMs: number,
): Promise<RecentUse> {
  const row = await USE[kind](db, { id, sinceMs }).first();
  const jobs = column(row, 'jobs', isNumber);
  return { jobs, micros: column(row, 'micros', isWhole), isAll: jobs < MAX_JOBS };
}
