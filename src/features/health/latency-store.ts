// The histogram of the time from a submit's arrival to its acceptance by RunComfy, by UTC day.

import { column } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber } from '../../lib/guard.ts';
import { DAY_MS } from '../ledger/windows.ts';
import { latencyStep } from './latency.ts';

const COUNT = statement<{ day: number; atLeastMs: number }>(
  `INSERT INTO submit_latencies (day, at_least_ms, submits) SELECT :day, :atLeastMs, 1 WHERE changes() = 1
   ON CONFLICT DO UPDATE SET submits = submits + 1`,
);

/** Has to follow the statement that records the acceptance, so that a repeated batch counts once. */
export function countLatency(
  db: D1Database,
  { tookMs, nowMs }: { tookMs: number; nowMs: number },
): D1PreparedStatement {
  return COUNT(db, { day: Math.floor(nowMs / DAY_MS), atLeastMs: latencyStep(tookMs) });
}

/** The number of submits that took at least so long, but less than the next step. */
type LatencyStep = { atLeastMs: number; jobs: number };

const READ = statement<{ day: number }>('SELECT at_least_ms, submits FROM submit_latencies WHERE day = :day');

/** `day`: in days since 1970 UTC. */
export async function readLatencies(db: D1Database, day: number): Promise<LatencyStep[]> {
  const { results } = await READ(db, { day }).all();
  return results.map((row) => ({
    atLeastMs: column(row, 'at_least_ms', isNumber),
    jobs: column(row, 'submits', isNumber),
  }));
}

export const deleteLatencies = statement<{ day: number }>('DELETE FROM submit_latencies WHERE day = :day');
