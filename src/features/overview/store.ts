// The SQL of the overview. An hour is added exactly once: each statement of the batch checks up to where the sums reach,
// and the last one advances that.

import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, isWhole, oneOf, orNull } from '../../lib/guard.ts';
import { deleteLatencies } from '../health/latency-store.ts';
import { DAY_MS } from '../ledger/windows.ts';
import { statement } from '../../storage/statement.ts';
import { KINDS, type DayDuration, type DaySums } from './overview.ts';

export const HOUR_MS = 3_600_000;
/** The largest subjects of each day suffice to find the largest ones of all days. */
const LARGEST = 20;
/** The most jobs without sums that are read one by one. */
const MAX_TAIL = 5_000;

type Span = { fromMs: number; toMs: number; limit: number };

/** Bookings of a span, `:limit` jobs at most, whose costs are known or no longer waited for. -1: all. */
const BOOKED = `SELECT settled_at_ms / ${DAY_MS} AS day, customer_id, model_id, state, charge_micros AS charged,
    0 AS adjusted, COALESCE(cost_micros, 0) AS cost,
    CASE state WHEN 'succeeded' THEN MAX(COALESCE(cost_micros, 0) - hold_micros, 0) ELSE COALESCE(cost_micros, 0) END AS loss,
    CASE state WHEN 'succeeded' THEN ended_at_ms - created_at_ms END AS took_ms
  FROM (SELECT * FROM jobs INDEXED BY jobs_by_settlement_age
    WHERE settled_at_ms >= :fromMs AND settled_at_ms < :toMs ORDER BY settled_at_ms LIMIT :limit) WHERE state <> 'refused'
  UNION ALL
  SELECT l.at_ms / ${DAY_MS}, j.customer_id, j.model_id, NULL, 0, l.micros, 0, 0, NULL
  FROM (SELECT job_id, micros, at_ms FROM ledger INDEXED BY ledger_operations_by_age
    WHERE phase = 'operation' AND at_ms >= :fromMs AND at_ms < :toMs ORDER BY at_ms LIMIT :limit) l CROSS JOIN jobs j
  WHERE j.id = l.job_id`;

const SUMS = `SELECT day, kind, CASE kind WHEN 'customer' THEN customer_id WHEN 'model' THEN model_id ELSE '' END AS subject,
    COUNT(state) AS jobs, COUNT(*) FILTER (WHERE state = 'succeeded') AS succeeded,
    COUNT(*) FILTER (WHERE state = 'failed') AS failed, COUNT(*) FILTER (WHERE state = 'cancelled') AS cancelled,
    COUNT(*) FILTER (WHERE state = 'lost') AS lost, SUM(charged) AS charged_micros, SUM(adjusted) AS adjusted_micros,
    SUM(cost) AS cost_micros, SUM(loss) AS loss_micros
  FROM (${BOOKED}) CROSS JOIN (SELECT 'all' AS kind UNION ALL SELECT 'customer' UNION ALL SELECT 'model')`;

/** The start of a duration's step: steps of a second up to a minute, 10 s up to ten, a minute up to an hour, ten beyond. */
const STEP = `CASE WHEN took_ms < 60000 THEN took_ms / 1000 * 1000 WHEN took_ms < 600000 THEN took_ms / 10000 * 10000
  WHEN took_ms < 3600000 THEN took_ms / 60000 * 60000 ELSE took_ms / 600000 * 600000 END`;
const DURATIONS = `SELECT day, ${STEP} AS at_least_ms, COUNT(*) AS jobs FROM (${BOOKED}) WHERE took_ms IS NOT NULL`;

/** More days than any page shows. */
const KEPT_DAYS = 92;
const DELETE_DAY = [
  statement<{ day: number }>('DELETE FROM overview_days WHERE day = :day'),
  statement<{ day: number }>('DELETE FROM overview_durations WHERE day = :day'),
  deleteLatencies,
];

/** SQL: the hour is the next one to be added. */
const IS_NEXT = '(SELECT summed_to_ms FROM overview_progress) = :fromMs';

const ADD_SUMS = statement<Span>(
  `INSERT INTO overview_days (day, kind, subject, jobs, succeeded, failed, cancelled, lost, charged_micros,
    adjusted_micros, cost_micros, loss_micros)
  ${SUMS} WHERE ${IS_NEXT} GROUP BY 1, 2, 3
  ON CONFLICT DO UPDATE SET jobs = jobs + excluded.jobs, succeeded = succeeded + excluded.succeeded,
    failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled, lost = lost + excluded.lost,
    charged_micros = charged_micros + excluded.charged_micros, adjusted_micros = adjusted_micros + excluded.adjusted_micros,
    cost_micros = cost_micros + excluded.cost_micros, loss_micros = loss_micros + excluded.loss_micros`,
);

const ADD_DURATIONS = statement<Span>(
  `INSERT INTO overview_durations (day, at_least_ms, jobs)
  ${DURATIONS} AND ${IS_NEXT} GROUP BY 1, 2 ON CONFLICT DO UPDATE SET jobs = jobs + excluded.jobs`,
);

const ADVANCE = statement<{ fromMs: number; toMs: number }>(
  'UPDATE overview_progress SET summed_to_ms = :toMs WHERE summed_to_ms = :fromMs',
);

const nullable = orNull(isNumber);

/** Up to where hours are summed; 0: none is. */
export async function readSummedTo(db: D1Database): Promise<number> {
  const row = await db.prepare('SELECT summed_to_ms FROM overview_progress').first();
  return column(row, 'summed_to_ms', isNumber);
}

/** The first settlement of all; null: none. */
export async function readFirst(db: D1Database): Promise<number | null> {
  const row = await db
    .prepare(
      `SELECT MIN(settled_at_ms) AS first_ms FROM jobs INDEXED BY jobs_by_settlement_age
       WHERE settled_at_ms IS NOT NULL`,
    )
    .first();
  return column(row, 'first_ms', nullable);
}

/** The first settlement whose cost is still waited for; null: none. */
export async function readPending(db: D1Database): Promise<number | null> {
  const row = await db
    .prepare(
      `SELECT MIN(settled_at_ms) AS pending_ms FROM jobs INDEXED BY costs_to_check
       WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NOT NULL`,
    )
    .first();
  return column(row, 'pending_ms', nullable);
}

const BEGIN = statement<{ ms: number }>(
  'UPDATE overview_progress SET summed_to_ms = :ms WHERE summed_to_ms = 0',
);

/** Sets the start of the sums, unless it is set. */
export async function beginAt(db: D1Database, ms: number): Promise<void> {
  await BEGIN(db, { ms }).run();
}

/** Adds the hour that starts at `fromMs`, if it is the next one. Two runs at once add it once. */
export async function addHour(db: D1Database, fromMs: number): Promise<void> {
  const span = { fromMs, toMs: fromMs + HOUR_MS, limit: -1 };
  const day = Math.floor(fromMs / DAY_MS) - KEPT_DAYS;
  await db.batch([
    ADD_SUMS(db, span),
    ADD_DURATIONS(db, span),
    ...DELETE_DAY.map((deleteDay) => deleteDay(db, { day })),
    ADVANCE(db, span),
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

const ALL = statement<{ days: string }>(
  `SELECT * FROM overview_days
   WHERE day IN (SELECT value FROM json_each(:days)) AND kind = 'all' AND subject = ''`,
);
const LARGEST_OF_EACH = statement<{ days: string }>(
  `SELECT o.* FROM json_each(:days) d CROSS JOIN json_each('["customer","model"]') k CROSS JOIN overview_days o
  WHERE o.day = d.value AND o.kind = k.value AND o.subject IN (
    SELECT t.subject FROM overview_days t INDEXED BY overview_largest WHERE t.kind = k.value AND t.day = d.value
    ORDER BY t.charged_micros DESC LIMIT ${LARGEST})`,
);
const ALL_DURATIONS = statement<{ days: string }>(
  'SELECT * FROM overview_durations WHERE day IN (SELECT value FROM json_each(:days))',
);

export type Found = { sums: DaySums[]; durations: DayDuration[] };

/** The sums of these days: of everything, and of the largest customers and models of each day. */
export async function readDays(db: D1Database, days: number[]): Promise<Found> {
  const values = { days: JSON.stringify(days) };
  const [all, largest, durations] = await db.batch<Record<string, unknown>>([
    ALL(db, values),
    LARGEST_OF_EACH(db, values),
    ALL_DURATIONS(db, values),
  ]);
  return {
    sums: [...rowsOf(all), ...rowsOf(largest)].map(sumsOf),
    durations: rowsOf(durations).map(durationOf),
  };
}

const DAYS_OF_CUSTOMERS = statement<{ days: string; customers: string }>(
  `SELECT o.* FROM json_each(:days) d CROSS JOIN json_each(:customers) c CROSS JOIN overview_days o
   WHERE o.day = d.value AND o.kind = 'customer' AND o.subject = c.value`,
);

/** The sums of these customers on these days. */
export async function readDaysOf(db: D1Database, days: number[], customers: string[]): Promise<DaySums[]> {
  const { results } = await DAYS_OF_CUSTOMERS(db, {
    days: JSON.stringify(days),
    customers: JSON.stringify(customers),
  }).all();
  return results.map(sumsOf);
}

const TAIL_SUMS = statement<Span>(`${SUMS} GROUP BY 1, 2, 3`);
const TAIL_DURATIONS = statement<Span>(`${DURATIONS} GROUP BY 1, 2`);

/** The bookings since the sums, read job by job; null: they are too many. */
export async function readTail(
  db: D1Database,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<Found | null> {
  const span = { fromMs, toMs, limit: MAX_TAIL };
  const [sums, durations] = await db.batch<Record<string, unknown>>([
    TAIL_SUMS(db, span),
    TAIL_DURATIONS(db, span),
  ]);
  const found = { sums: rowsOf(sums).map(sumsOf), durations: rowsOf(durations).map(durationOf) };
  const jobs = found.sums.filter(({ kind }) => kind === 'all').reduce((sum, row) => sum + row.jobs, 0);
  return jobs >= MAX_TAIL ? null : found;
}

const NAMES = statement<{ ids: string }>(
  'SELECT id, name FROM customers WHERE id IN (SELECT value FROM json_each(:ids))',
);

/** Names of customers, by id. */
export async function readNames(db: D1Database, ids: string[]): Promise<Map<string, string>> {
  const { results } = await NAMES(db, { ids: JSON.stringify(ids) }).all();
  return new Map(results.map((row) => [column(row, 'id', isText), column(row, 'name', isText)]));
}
