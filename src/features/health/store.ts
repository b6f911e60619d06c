// What tells an operator whether the gateway does its work: open jobs, losses, the cron. Reads few rows: each count
// goes over an index of exceptions.

import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText } from '../../lib/guard.ts';

/** Of one state; `overdue` ones should have been looked at by the cron. */
export type OpenJobs = {
  state: string;
  jobs: number;
  held_micros: number;
  oldest_ms: number;
  overdue: number;
};

export type Losses = {
  lost_jobs: number;
  lost_today: number;
  possible_micros: number;
  above_hold_micros: number;
  unsuccessful_micros: number;
};

function openJobsOf(row: Row): OpenJobs {
  return {
    state: column(row, 'state', isText),
    jobs: column(row, 'jobs', isNumber),
    held_micros: column(row, 'held_micros', isNumber),
    oldest_ms: column(row, 'oldest_ms', isNumber),
    overdue: column(row, 'overdue', isNumber),
  };
}

function lossesOf(row: Row): Losses {
  return {
    lost_jobs: column(row, 'lost_jobs', isNumber),
    lost_today: column(row, 'lost_today', isNumber),
    possible_micros: column(row, 'possible_micros', isNumber),
    above_hold_micros: column(row, 'above_hold_micros', isNumber),
    unsuccessful_micros: column(row, 'unsuccessful_micros', isNumber),
  };
}

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
  const [ran, open, lost, flagged] = await db.batch<Record<string, unknown>>([
    db.prepare('SELECT ran_at_ms FROM cron'),
    db.prepare(OPEN).bind(at.overdueMs),
    db.prepare(LOSSES).bind(at.sinceMs, at.dayMs),
    db
      .prepare('SELECT COUNT(*) AS flagged_jobs FROM jobs WHERE cost_flag IS NOT NULL AND ended_at_ms >= ?1')
      .bind(at.sinceMs),
  ]);
  const [cron] = rowsOf(ran);
  return {
    cronRanAtMs: cron === undefined ? null : column(cron, 'ran_at_ms', isNumber),
    open: rowsOf(open).map(openJobsOf),
    losses: lossesOf(lost?.results[0]),
    flaggedJobs: column(flagged?.results[0], 'flagged_jobs', isNumber),
  };
}
