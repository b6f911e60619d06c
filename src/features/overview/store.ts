// The SQL of the overview. An hour is added once and only once: each statement of the batch asks how far the sums are,
// and the last one moves that on.

import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, isWhole, oneOf, orNull } from '../../lib/guard.ts';
import { FORGET_LATENCIES } from '../health/latency-store.ts';
import { DAY_MS } from '../ledger/windows.ts';
import { KINDS, type DayDuration, type DaySums } from './overview.ts';

export const HOUR_MS = 3_600_000;
/** The largest of each day are enough to find those of all days. */
const LARGEST = 20;
/** What is not summed yet is read job by job, up to here. */
const MAX_TAIL = 5_000;

// ?1 ?2 from and to, ?3 at most so many jobs. Their cost is known, or nobody waits for it.
const BOOKED = `SELECT settled_at_ms / ${DAY_MS} AS day, customer_id, model_id, state, charge_micros AS charged,
    0 AS adjusted, COALESCE(cost_micros, 0) AS cost,
    CASE state WHEN 'succeeded' THEN MAX(COALESCE(cost_micros, 0) - hold_micros, 0) ELSE COALESCE(cost_micros, 0) END AS loss,
    CASE state WHEN 'succeeded' THEN ended_at_ms - created_at_ms END AS took_ms
  FROM (SELECT * FROM jobs INDEXED BY jobs_by_settlement_age
    WHERE settled_at_ms >= ?1 AND settled_at_ms < ?2 ORDER BY settled_at_ms LIMIT ?3) WHERE state <> 'refused'
  UNION ALL
  SELECT l.at_ms / ${DAY_MS}, j.customer_id, j.model_id, NULL, 0, l.micros, 0, 0, NULL
  FROM (SELECT job_id, micros, at_ms FROM ledger INDEXED BY ledger_operations_by_age
    WHERE phase = 'operation' AND at_ms >= ?1 AND at_ms < ?2 ORDER BY at_ms LIMIT ?3) l CROSS JOIN jobs j
  WHERE j.id = l.job_id`;

const SUMS = `SELECT day, kind, CASE kind WHEN 'customer' THEN customer_id WHEN 'model' THEN model_id ELSE '' END AS subject,
    COUNT(state) AS jobs, COUNT(*) FILTER (WHERE state = 'succeeded') AS succeeded,
    COUNT(*) FILTER (WHERE state = 'failed') AS failed, COUNT(*) FILTER (WHERE state = 'cancelled') AS cancelled,
    COUNT(*) FILTER (WHERE state = 'lost') AS lost, SUM(charged) AS charged_micros, SUM(adjusted) AS adjusted_micros,
    SUM(cost) AS cost_micros, SUM(loss) AS loss_micros
  FROM (${BOOKED}) CROSS JOIN (SELECT 'all' AS kind UNION ALL SELECT 'customer' UNION ALL SELECT 'model')`;

/** The step below a duration: a second, of minutes ten seconds, of tens of minutes a minute, of hours ten. */
const STEP = `CASE WHEN took_ms < 60000 THEN took_ms / 1000 * 1000 WHEN took_ms < 600000 THEN took_ms / 10000 * 10000
  WHEN took_ms < 3600000 THEN took_ms / 60000 * 60000 ELSE took_ms / 600000 * 600000 END`;
const DURATIONS = `SELECT day, ${STEP} AS at_least_ms, COUNT(*) AS jobs FROM (${BOOKED}) WHERE took_ms IS NOT NULL`;

/** More days than anybody is shown. */
const KEPT_DAYS = 92;
const FORGET = [
  'DELETE FROM overview_days WHERE day = ?1',
  'DELETE FROM overview_durations WHERE day = ?1',
  FORGET_LATENCIES,
];

const IS_NEXT = '(SELECT summed_to_ms FROM overview_progress) = ?1';

const ADD_SUMS = `INSERT INTO overview_days (day, kind, subject, jobs, succeeded, failed, cancelled, lost, charged_micros,
    adjusted_micros, cost_micros, loss_micros)
  ${SUMS} WHERE ${IS_NEXT} GROUP BY 1, 2, 3
  ON CONFLICT DO UPDATE SET jobs = jobs + excluded.jobs, succeeded = succeeded + excluded.succeeded,
    failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled, lost = lost + excluded.lost,
    charged_micros = charged_micros + excluded.charged_micros, adjusted_micros = adjusted_micros + excluded.adjusted_micros,
    cost_micros = cost_micros + excluded.cost_micros, loss_micros = loss_micros + excluded.loss_micros`;

const ADD_DURATIONS = `INSERT INTO overview_durations (day, at_least_ms, jobs)
  ${DURATIONS} AND ${IS_NEXT} GROUP BY 1, 2 ON CONFLICT DO UPDATE SET jobs = jobs + excluded.jobs`;

const nullable = orNull(isNumber);

/** Up to where the hours are added; 0: none is. */
export async function readSummedTo(db: D1Database): Promise<number> {
  const row = await db.prepare('SELECT summed_to_ms FROM overview_progress').first();
  return column(row, 'summed_to_ms', isNumber);
}

/** The first settlement that there is; null: none. */
export async function readFirst(db: D1Database): Promise<number | null> {
  const row = await db
    .prepare(
      `SELECT MIN(settled_at_ms) AS first_ms FROM jobs INDEXED BY jobs_by_settlement_age
       WHERE settled_at_ms IS NOT NULL`,
    )
    .first();
  return column(row, 'first_ms', nullable);
}

/** The first settlement of which the cost is still asked for; null: none. */
export async function readPending(db: D1Database): Promise<number | null> {
  const row = await db
    .prepare(
      `SELECT MIN(settled_at_ms) AS pending_ms FROM jobs INDEXED BY costs_to_check
       WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NOT NULL`,
    )
    .first();
  return column(row, 'pending_ms', nullable);
}

/** Begins at `ms`, unless it has begun. */
export async function beginAt(db: D1Database, ms: number): Promise<void> {
  await db.prepare('UPDATE overview_progress SET summed_to_ms = ?1 WHERE summed_to_ms = 0').bind(ms).run();
}

/** Adds the hour that starts at `fromMs`, if it is the next one; two at once add it once. */
export async function addHour(db: D1Database, fromMs: number): Promise<void> {
  const values = [fromMs, fromMs + HOUR_MS];
  await db.batch([
    db.prepare(ADD_SUMS).bind(...values, -1),
    db.prepare(ADD_DURATIONS).bind(...values, -1),
    ...FORGET.map((sql) => db.prepare(sql).bind(Math.floor(fromMs / DAY_MS) - KEPT_DAYS)),
    db.prepare('UPDATE overview_progress SET summed_to_ms = ?2 WHERE summed_to_ms = ?1').bind(...values),
  ]);
}

function sumsOf(row: Row): DaySums {
  return {
    day: column(row, 'day', isNumber),
    kind: column(row, 'kind', oneOf(KINDS)),
    subject: column(row, 'subject', isText),
    jobs: column(row, 'jobs', isNumber),
    succeeded: column(row, 'succeeded', isNumber),
    failed: column(row, 'failed', isNumber),
    cancelled: column(row, 'cancelled', isNumber),
    lost: column(row, 'lost', isNumber),
    charged: column(row, 'charged_micros', isWhole),
    adjusted: column(row, 'adjusted_micros', isWhole),
    cost: column(row, 'cost_micros', isWhole),
    loss: column(row, 'loss_micros', isWhole),
  };
}

function durationOf(row: Row): DayDuration {
  return {
    day: column(row, 'day', isNumber),
    atLeastMs: column(row, 'at_least_ms', isNumber),
    jobs: column(row, 'jobs', isNumber),
  };
}

// ?1 a list of days.
const ALL = `SELECT * FROM overview_days WHERE day IN (SELECT value FROM json_each(?1)) AND kind = 'all' AND subject = ''`;
const TOP = `SELECT o.* FROM json_each(?1) d CROSS JOIN json_each('["customer","model"]') k CROSS JOIN overview_days o
  WHERE o.day = d.value AND o.kind = k.value AND o.subject IN (
    SELECT t.subject FROM overview_days t INDEXED BY overview_largest WHERE t.kind = k.value AND t.day = d.value
    ORDER BY t.charged_micros DESC LIMIT ${LARGEST})`;
const TOOK = `SELECT * FROM overview_durations WHERE day IN (SELECT value FROM json_each(?1))`;

export type Found = { sums: DaySums[]; durations: DayDuration[] };

/** The sums of these days: of all, and of the largest customers and models of each. */
export async function readDays(db: D1Database, days: number[]): Promise<Found> {
  const list = JSON.stringify(days);
  const [all, top, took] = await db.batch<Record<string, unknown>>(
    [ALL, TOP, TOOK].map((sql) => db.prepare(sql).bind(list)),
  );
  return {
    sums: [...rowsOf(all), ...rowsOf(top)].map(sumsOf),
    durations: rowsOf(took).map(durationOf),
  };
}

/** The sums of these days of these customers. */
export async function readDaysOf(db: D1Database, days: number[], customers: string[]): Promise<DaySums[]> {
  const { results } = await db
    .prepare(
      `SELECT o.* FROM json_each(?1) d CROSS JOIN json_each(?2) c CROSS JOIN overview_days o
       WHERE o.day = d.value AND o.kind = 'customer' AND o.subject = c.value`,
    )
    .bind(JSON.stringify(days), JSON.stringify(customers))
    .all();
  return results.map(sumsOf);
}

/** What came since the sums, read job by job; null where that would be too many. */
export async function readTail(
  db: D1Database,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<Found | null> {
  const values = [fromMs, toMs, MAX_TAIL];
  const [sums, took] = await db.batch<Record<string, unknown>>([
    db.prepare(`${SUMS} GROUP BY 1, 2, 3`).bind(...values),
    db.prepare(`${DURATIONS} GROUP BY 1, 2`).bind(...values),
  ]);
  const found = { sums: rowsOf(sums).map(sumsOf), durations: rowsOf(took).map(durationOf) };
  const jobs = found.sums.filter(({ kind }) => kind === 'all').reduce((sum, row) => sum + row.jobs, 0);
  return jobs >= MAX_TAIL ? null : found;
}

/** Names of customers, by id. */
export async function readNames(db: D1Database, ids: string[]): Promise<Map<string, string>> {
  const { results } = await db
    .prepare('SELECT id, name FROM customers WHERE id IN (SELECT value FROM json_each(?1))')
    .bind(JSON.stringify(ids))
    .all();
  return new Map(results.map((row) => [column(row, 'id', isText), column(row, 'name', isText)]));
}
