// The histogram of submits: how long after their arrival RunComfy had taken them, by UTC day.

import { column } from '../../storage/column.ts';
import { isNumber } from '../../lib/guard.ts';
import { DAY_MS } from '../ledger/windows.ts';
import { latencyStep } from './latency.ts';

/** Goes right behind the statement that notes the acceptance: a batch that is repeated counts once. */
export function countLatency(
  db: D1Database,
  { tookMs, nowMs }: { tookMs: number; nowMs: number },
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO submit_latencies (day, at_least_ms, submits) SELECT ?1, ?2, 1 WHERE changes() = 1
       ON CONFLICT DO UPDATE SET submits = submits + 1`,
    )
    .bind(Math.floor(nowMs / DAY_MS), latencyStep(tookMs));
}

/** So many submits took at least so long, and less than the next step. */
type LatencyStep = { atLeastMs: number; jobs: number };

/** Of one day, in days since 1970 UTC. */
export async function readLatencies(db: D1Database, day: number): Promise<LatencyStep[]> {
  const { results } = await db
    .prepare('SELECT at_least_ms, submits FROM submit_latencies WHERE day = ?1')
    .bind(day)
    .all();
  return results.map((row) => ({
    atLeastMs: column(row, 'at_least_ms', isNumber),
    jobs: column(row, 'submits', isNumber),
  }));
}

/** Forgets the day ?1. */
export const FORGET_LATENCIES = 'DELETE FROM submit_latencies WHERE day = ?1';
