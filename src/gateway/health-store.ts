// What tells an operator whether the gateway does its work: open jobs, losses, the cron. Reads few rows: each count
// goes over an index of exceptions.

import * as z from 'zod/mini';
import { lazy } from '../lib/lazy.ts';

const openJobs = lazy(() =>
  z.object({
    state: z.string(),
    jobs: z.number(),
    held_micros: z.number(),
    oldest_ms: z.number(),
    overdue: z.number(),
  }),
);

const losses = lazy(() =>
  z.object({
    lost_jobs: z.number(),
    lost_today: z.number(),
    possible_micros: z.number(),
    above_hold_micros: z.number(),
    unsuccessful_micros: z.number(),
  }),
);

const exceptions = lazy(() => z.object({ flagged_jobs: z.number() }));
const cron = lazy(() => z.object({ ran_at_ms: z.number() }));

export type OpenJobs = z.infer<ReturnType<typeof openJobs>>;
export type Losses = z.infer<ReturnType<typeof losses>>;

export type Vitals = {
  cronRanAtMs: number | null;
  /** By state; `overdue` ones should have been looked at by the cron before `overdueMs`. */
  open: OpenJobs[];
  /** Of jobs that ended since `sinceMs`; `lost_today` since `dayMs`. */
  losses: Losses;
  flaggedJobs: number;
};

// Every job that is not settled has a next check, so the index of checks holds them all.
const OPEN = `SELECT state, COUNT(*) AS jobs, SUM(hold_micros) AS held_micros, MIN(created_at_ms) AS oldest_ms,
    SUM(check_at_ms < ?1) AS overdue
  FROM jobs WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NULL GROUP BY state ORDER BY state`;

const LOSSES = `SELECT COALESCE(SUM(state = 'lost'), 0) AS lost_jobs,
    COALESCE(SUM(state = 'lost' AND ended_at_ms >= ?2), 0) AS lost_today,
    COALESCE(SUM(CASE state WHEN 'lost' THEN hold_micros END), 0) AS possible_micros,
    COALESCE(SUM(CASE WHEN state = 'succeeded' THEN MAX(0, cost_micros - hold_micros) END), 0) AS above_hold_micros,
    COALESCE(SUM(CASE WHEN state <> 'succeeded' THEN cost_micros END), 0) AS unsuccessful_micros
  FROM jobs WHERE (state = 'lost' OR cost_micros > charge_micros) AND ended_at_ms >= ?1`;

/** One round trip, so one instant. */
export async function readVitals(
  db: D1Database,
  at: { overdueMs: number; sinceMs: number; dayMs: number },
): Promise<Vitals> {
  const [ran, open, lost, flagged] = await db.batch([
    db.prepare('SELECT ran_at_ms FROM cron'),
    db.prepare(OPEN).bind(at.overdueMs),
    db.prepare(LOSSES).bind(at.sinceMs, at.dayMs),
    db
      .prepare('SELECT COUNT(*) AS flagged_jobs FROM jobs WHERE cost_flag IS NOT NULL AND ended_at_ms >= ?1')
      .bind(at.sinceMs),
  ]);
  return {
    cronRanAtMs: z.array(cron()).parse(ran?.results)[0]?.ran_at_ms ?? null,
    open: z.array(openJobs()).parse(open?.results),
    losses: losses().parse(lost?.results[0]),
    flaggedJobs: exceptions().parse(flagged?.results[0]).flagged_jobs,
  };
}
