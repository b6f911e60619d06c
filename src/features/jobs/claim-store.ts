// The cron's claim on the jobs that are due. A claim moves the next check ahead in the same statement, so two crons at once
// never hold the same row.

import { isMigrationMissing } from '../../lib/missing-migration.ts';
import { rowsOf, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { COST_WAIT_MS, type Job } from './job.ts';
import { jobOf } from './store.ts';
import { alternately, inTurns } from './turns.ts';

/** The customers whose turn was the last: among jobs that have not been settled, and among those whose cost is late. */
export type Turn = { job: string; cost: string };

export type Claim = {
  /** In the order in which they are to be checked. */
  jobs: Job[];
  /** Rows that cannot be read as a job: nobody else waits for them. */
  unreadable: number;
  turn: Turn;
  /** As many were found as were asked for, so there may be others. */
  mayBeMore: boolean;
};

/** The part of a claim that late costs may take: they wait for no open job, and no open job for all of them. */
const COST_SHARE = 1 / 3;

/** A claimed job that nobody checked is due again so soon: its run has died, or used up its budget. */
const CLAIMED_MS = 120_000;

const UNSETTLED = `jobs INDEXED BY jobs_to_check WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NULL`;
// A reservation that grows stale in the middle of a run is the next run's.
const OPEN = `${UNSETTLED} AND state <> 'reserved'`;
const LATE = 'jobs INDEXED BY costs_to_check WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NOT NULL';

/**
 * SQL: the ids of at most `limit` jobs that are due now, in turns from the customer behind `after` on. `customer` steps
 * from one customer to the next, once around (lap 0 ends behind the last one, lap 1 at `after`), and `walk` from one due
 * job of a customer to the next: both by the index, so that the jobs that stay behind are not read. (The plus takes the
 * affinity off a column; with it, SQLite would search by the instant alone, and jobs of one instant over and over.)
 */
const dueIds = (jobs: string, limit: string) => `WITH RECURSIVE customer (id, lap) AS (
    SELECT :after, 0
    UNION ALL
    SELECT (SELECT MIN(customer_id) FROM ${jobs} AND customer_id > COALESCE(c.id, '')), c.lap + (c.id IS NULL)
    FROM customer c WHERE c.lap = 0 OR c.id <= :after
  ), walk (turn, lap, customer_id, check_at_ms, id) AS (
    SELECT 1, c.lap, j.customer_id, j.check_at_ms, j.id FROM customer c CROSS JOIN jobs j
    WHERE (c.lap = 1 OR c.id <> :after) AND (c.lap = 0 OR c.id <= :after) AND j.id = (
      SELECT id FROM ${jobs} AND customer_id = c.id AND check_at_ms <= :nowMs ORDER BY check_at_ms, id LIMIT 1)
    UNION ALL
    SELECT w.turn + 1, w.lap, j.customer_id, j.check_at_ms, j.id FROM walk w CROSS JOIN jobs j
    WHERE j.id = (
      SELECT id FROM ${jobs} AND customer_id = w.customer_id AND check_at_ms <= :nowMs
        AND (check_at_ms, id) > (+w.check_at_ms, +w.id) ORDER BY check_at_ms, id LIMIT 1)
    ORDER BY 1, 2, 3 LIMIT ${limit})`;

// D1 binds numbers as REAL: without the casts there could be fractions, which a STRICT table refuses.
const NEXT_COST_CHECK = `MAX(:nowMs + 60000, MIN(2 * CAST(:nowMs AS INTEGER) - ended_at_ms, ended_at_ms + ${COST_WAIT_MS}))`;
const NEXT_CHECK = `CASE WHEN ended_at_ms IS NULL
  THEN :nowMs + MIN(MAX(CAST(:nowMs AS INTEGER) - created_at_ms, 240000) / 4, ${CLAIMED_MS}) ELSE ${NEXT_COST_CHECK} END`;

type Due = { nowMs: number; limit: number; after: string };

/**
 * The next check of an open job comes after a minute or two; the check itself puts off that of an older one. The check of
 * an ended one whose cost is not known comes ever more rarely up to the instant when that is given up.
 */
const claimOf = (jobs: string, { limit, next }: { limit: string; next: string }) =>
  statement<Due>(`${dueIds(jobs, limit)}
  UPDATE jobs SET checks = checks + 1, check_at_ms = ${next} WHERE id IN (SELECT id FROM walk) RETURNING *`);

const CLAIM_LATE = claimOf(LATE, { limit: ':limit', next: NEXT_COST_CHECK });
/** Takes what the statement for late costs in front of it has left of the claim. */
const CLAIM_OPEN = claimOf(OPEN, { limit: ':limit - changes()', next: NEXT_CHECK });

/** Claims up to `limit` jobs that are due, customers taking turns from the one behind `turn` on. */
export async function claimDue(
  db: D1Database,
  { nowMs, limit, turn }: { nowMs: number; limit: number; turn: Turn },
): Promise<Claim> {
  const forCosts = Math.floor(limit * COST_SHARE);
  const [late, open] = await db.batch<Record<string, unknown>>([
    CLAIM_LATE(db, { nowMs, limit: forCosts, after: turn.cost }),
    CLAIM_OPEN(db, { nowMs, limit, after: turn.job }),
  ]);
  const [jobRows, costRows] = [rowsOf(open), rowsOf(late)];
  const jobs = inTurns(jobRows.flatMap(readJob), turn.job);
  const costs = inTurns(costRows.flatMap(readJob), turn.cost);
  return {
    jobs: alternately([jobs, costs]),
    unreadable: jobRows.length + costRows.length - jobs.length - costs.length,
    turn: { job: jobs.at(-1)?.customerId ?? turn.job, cost: costs.at(-1)?.customerId ?? turn.cost },
    mayBeMore: costRows.length === forCosts || jobRows.length + costRows.length === limit,
  };
}

function readJob(row: Row): Job[] {
  try {
    return [jobOf(row)];
  } catch (error) {
    if (error instanceof Error && isMigrationMissing(error)) {
      throw error;
    }
    return [];
  }
}

const FREE_STALE = statement<{ nowMs: number }>(
  `UPDATE jobs SET state = 'unconfirmed', check_at_ms = :nowMs
   WHERE id IN (SELECT id FROM ${UNSETTLED} AND state = 'reserved' AND check_at_ms <= :nowMs)`,
);

/**
 * Makes every stale reservation an unconfirmed job that is due at once: it no longer counts among the jobs at once, and
 * whoever claims it asks KV what became of it. One statement for all, however many there are.
 */
export function freeStaleReservations(db: D1Database, nowMs: number): D1PreparedStatement {
  return FREE_STALE(db, { nowMs });
}
