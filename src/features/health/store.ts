// The vital signs of the gateway: open jobs, losses, the cron. Reads few rows, because each count uses an index of
// exceptions.

import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, orNull } from '../../lib/guard.ts';
import { statement } from '../../storage/statement.ts';

/** The open jobs of one state; `next_check_ms`: the earliest check. */
export type OpenJobs = {
  state: string;
  jobs: number;
  held_micros: number;
  oldest_ms: number;
  next_check_ms: number;
};

/** A customer who is held back after unknown outcomes; `next_ms`: when the next submit passes. */
export type HeldBack = { customer: string; unknown_in_a_row: number; since_ms: number; next_ms: number };

type LastRun = { ranAtMs: number; leftJobs: number; usedUp: string | null };

type Losses = {
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
    next_check_ms: column(row, 'next_check_ms', isNumber),
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

function lastRunOf(row: Row): LastRun {
  return {
    ranAtMs: column(row, 'ran_at_ms', isNumber),
    leftJobs: column(row, 'jobs_left', isNumber),
    usedUp: column(row, 'used_up', orNull(isText)),
  };
}

function heldBackOf(row: Row): HeldBack {
  return {
    customer: column(row, 'id', isText),
    unknown_in_a_row: column(row, 'unknown_in_a_row', isNumber),
    since_ms: column(row, 'held_back_at_ms', isNumber),
    next_ms: column(row, 'probe_at_ms', isNumber),
  };
}

export type Vitals = {
  /** Null: the cron has not run yet. */
  cron: LastRun | null;
  /** The due time of the job that has waited longest for the cron; null: none waits. */
  oldestDueMs: number | null;
  /** By state. */
  open: OpenJobs[];
  /** The customers who wait longest, 20 at most. */
  heldBack: HeldBack[];
  /** Losses of jobs that ended since `sinceMs`; `lost_today`: since `dayMs`. */
  losses: Losses;
  flaggedJobs: number;
  /** The due time of the file that has waited longest for its deletion; null: none waits. */
  oldestFileDueMs: number | null;
};

/** Every job that is not settled has a next check, so the index of checks holds them all. */
const OPEN = `SELECT state, COUNT(*) AS jobs, SUM(hold_micros) AS held_micros, MIN(created_at_ms) AS oldest_ms,
    MIN(check_at_ms) AS next_check_ms
  FROM jobs WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NULL GROUP BY state ORDER BY state`;

const LOSSES = statement<{ sinceMs: number; dayMs: number }>(
  `SELECT COALESCE(SUM(state = 'lost'), 0) AS lost_jobs,
    COALESCE(SUM(state = 'lost' AND ended_at_ms >= :dayMs), 0) AS lost_today,
    COALESCE(SUM(CASE state WHEN 'lost' THEN hold_micros END), 0) AS possible_micros,
    COALESCE(SUM(CASE WHEN state = 'succeeded' THEN MAX(0, cost_micros - hold_micros) END), 0) AS above_hold_micros,
    COALESCE(SUM(CASE WHEN state <> 'succeeded' THEN cost_micros END), 0) AS unsuccessful_micros
  FROM jobs WHERE (state = 'lost' OR cost_micros > charge_micros) AND ended_at_ms >= :sinceMs`,
);

const NEXT_COST_CHECK = `SELECT MIN(check_at_ms) AS next_check_ms FROM jobs INDEXED BY costs_to_check
  WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NOT NULL`;

const HELD_BACK = statement<{ nowMs: number }>(
  `SELECT id, unknown_in_a_row, held_back_at_ms, probe_at_ms FROM customers
   WHERE held_back_at_ms > 0 AND probe_at_ms > :nowMs ORDER BY probe_at_ms DESC LIMIT 20`,
);

const FLAGGED = statement<{ sinceMs: number }>(
  'SELECT COUNT(*) AS flagged_jobs FROM jobs WHERE cost_flag IS NOT NULL AND ended_at_ms >= :sinceMs',
);

const OLDEST_FILE = statement<{ nowMs: number }>(
  'SELECT MIN(due_at_ms) AS due_ms FROM files WHERE due_at_ms <= :nowMs',
);

/** One batch, so that all figures are of one instant. */
export async function readVitals(
  db: D1Database,
  at: { nowMs: number; sinceMs: number; dayMs: number },
): Promise<Vitals> {
  const [ran, states, costs, held, lost, flagged, files] = await db.batch<Record<string, unknown>>([
    db.prepare('SELECT ran_at_ms, jobs_left, used_up FROM cron'),
    db.prepare(OPEN),
    db.prepare(NEXT_COST_CHECK),
    HELD_BACK(db, at),
    LOSSES(db, at),
    FLAGGED(db, at),
    OLDEST_FILE(db, at),
  ]);
  const [cron] = rowsOf(ran);
  const open = rowsOf(states).map(openJobsOf);
  const nextCost = column(costs?.results[0], 'next_check_ms', orNull(isNumber)) ?? Infinity;
  const oldestDueMs = Math.min(nextCost, ...open.map(({ next_check_ms }) => next_check_ms));
  return {
    cron: cron === undefined ? null : lastRunOf(cron),
    oldestDueMs: oldestDueMs > at.nowMs ? null : oldestDueMs,
    open,
    heldBack: rowsOf(held).map(heldBackOf),
    losses: lossesOf(lost?.results[0]),
    flaggedJobs: column(flagged?.results[0], 'flagged_jobs', isNumber),
    oldestFileDueMs: column(files?.results[0], 'due_ms', orNull(isNumber)),
  };
}
