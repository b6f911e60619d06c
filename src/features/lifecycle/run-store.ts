// The one row about the cron: when it ran, whose turn was the last, and how many jobs the last run has left.

import { column, rowsOf } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText } from '../../lib/guard.ts';
import { freeStaleReservations, type Turn } from '../jobs/claim-store.ts';
import type { UsedUp } from './budget.ts';

/** Frees the stale reservations, and returns whose turn was the last. */
export async function beginRun(db: D1Database, nowMs: number): Promise<Turn> {
  const [, cron] = await db.batch<Record<string, unknown>>([
    freeStaleReservations(db, nowMs),
    db.prepare('SELECT last_job_customer, last_cost_customer FROM cron'),
  ]);
  const [row] = rowsOf(cron);
  return row === undefined
    ? { job: '', cost: '' }
    : { job: column(row, 'last_job_customer', isText), cost: column(row, 'last_cost_customer', isText) };
}

export type RunEnd = {
  turn: Turn;
  /** The part of the budget that is used up; null: there was enough, and nothing is left. */
  usedUp: UsedUp | null;
};

const DUE = `SELECT COUNT(*) FROM jobs INDEXED BY jobs_to_check
    WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NULL AND check_at_ms <= :nowMs`;
const DUE_COSTS = `SELECT COUNT(*) FROM jobs INDEXED BY costs_to_check
    WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NOT NULL AND check_at_ms <= :nowMs`;

const RECORD = statement<{ nowMs: number; jobCustomer: string; costCustomer: string; usedUp: string | null }>(
  `INSERT INTO cron (id, ran_at_ms, last_job_customer, last_cost_customer, used_up, jobs_left)
   VALUES (1, :nowMs, :jobCustomer, :costCustomer, :usedUp,
     CASE WHEN :usedUp IS NULL THEN 0 ELSE (${DUE}) + (${DUE_COSTS}) END)
   ON CONFLICT DO UPDATE SET ran_at_ms = excluded.ran_at_ms, last_job_customer = excluded.last_job_customer,
     last_cost_customer = excluded.last_cost_customer, used_up = excluded.used_up, jobs_left = excluded.jobs_left
   RETURNING jobs_left`,
);

/** Notes that the cron ran; returns how many jobs are left, which are counted only where its budget is used up. */
export async function recordRun(db: D1Database, nowMs: number, { turn, usedUp }: RunEnd): Promise<number> {
  const recorded = await RECORD(db, {
    nowMs,
    jobCustomer: turn.job,
    costCustomer: turn.cost,
    usedUp,
  }).first();
  return column(recorded, 'jobs_left', isNumber);
}
