// The SQL of usage. Each customer's range of each kind of booking is one search of an index, whatever else the
// books hold; the indexes are named, so that a plan without them is an error and not a slow answer.

import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, orNull } from '../../lib/guard.ts';
import { DAY_MS } from '../ledger/windows.ts';
import type { KeyId } from '../../lib/ids.ts';
import {
  MAX_ROWS,
  type Group,
  type OpenHolds,
  type Period,
  type UsageReport,
  type UsageRow,
} from './usage.ts';

export type UsageQuestion = {
  period: Period;
  groups: Group[];
  /** Null: all customers. */
  customer: string | null;
  /** Only the jobs of this browser token; '': of all. */
  token: KeyId | '';
  /** Only those of this end user; '': of all. */
  endUser: string;
};

// A sum can be larger than what a number of D1 holds exactly, and even than 64 bits: dollars and the micro-dollars
// behind them are summed apart and come as text.
export const sumOf = (micros: string) =>
  `COALESCE(SUM(${micros} / 1000000), 0) || ' ' || COALESCE(SUM(${micros} % 1000000), 0)`;

export function sum(row: Row, name: string): bigint {
  const [dollars = '', micros = ''] = column(row, name, isSum).split(' ');
  return BigInt(dollars) * 1_000_000n + BigInt(micros);
}

function isSum(value: unknown): value is string {
  return isText(value) && /^-?\d+ -?\d+$/.test(value);
}

// ?1 ?2 the period, ?3 ?4 the first and the last customer, ?5 a browser token or '', ?6 an end user or ''.
const BOOKED = `SELECT j.customer_id, j.key_id, j.model_id, j.settled_at_ms AS at_ms, j.state,
      j.charge_micros AS charged, 0 AS adjusted, 0 AS cost, 0 AS loss
    FROM customers c CROSS JOIN jobs j INDEXED BY jobs_by_settlement
    WHERE c.id BETWEEN ?3 AND ?4 AND j.customer_id = c.id AND j.settled_at_ms >= ?1 AND j.settled_at_ms < ?2
      AND ?5 IN ('', j.token_id) AND ?6 IN ('', j.end_user) AND j.state <> 'refused'
  UNION ALL
    SELECT j.customer_id, j.key_id, j.model_id, j.cost_at_ms, NULL, 0, 0, j.cost_micros,
      CASE j.state WHEN 'succeeded' THEN MAX(j.cost_micros - j.hold_micros, 0) ELSE j.cost_micros END
    FROM customers c CROSS JOIN jobs j INDEXED BY jobs_by_cost
    WHERE c.id BETWEEN ?3 AND ?4 AND j.customer_id = c.id AND j.cost_at_ms >= ?1 AND j.cost_at_ms < ?2
      AND ?5 IN ('', j.token_id) AND ?6 IN ('', j.end_user)
  UNION ALL
    SELECT j.customer_id, j.key_id, j.model_id, l.at_ms, NULL, 0, l.micros, 0, 0
    FROM customers c CROSS JOIN ledger l INDEXED BY ledger_operations CROSS JOIN jobs j
    WHERE c.id BETWEEN ?3 AND ?4 AND l.customer_id = c.id AND l.phase = 'operation' AND l.kind = 'adjustment'
      AND l.at_ms >= ?1 AND l.at_ms < ?2 AND j.id = l.job_id AND ?5 IN ('', j.token_id)
      AND ?6 IN ('', j.end_user)`;

// ?7 to ?10 whether to group by customer, key, model, day.
const USAGE = `SELECT CASE WHEN ?7 THEN customer_id END AS customer, CASE WHEN ?8 THEN key_id END AS key,
    CASE WHEN ?9 THEN model_id END AS model, CASE WHEN ?10 THEN at_ms / ${DAY_MS} END AS day, NULL AS end_user,
    COUNT(state) AS jobs, COUNT(*) FILTER (WHERE state = 'succeeded') AS succeeded,
    COUNT(*) FILTER (WHERE state = 'failed') AS failed, COUNT(*) FILTER (WHERE state = 'cancelled') AS cancelled,
    COUNT(*) FILTER (WHERE state = 'lost') AS lost, ${sumOf('charged')} AS charged, ${sumOf('adjusted')} AS adjusted,
    ${sumOf('cost')} AS cost, ${sumOf('loss')} AS loss
  FROM (${BOOKED}) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LIMIT ${MAX_ROWS + 1}`;

// ?1 ?2 the period in days, ?3 ?4 the first and the last customer, ?5 an end user or '', ?6 ?7 whether to group by customer
// and day.
const USAGE_OF_END_USERS = `SELECT CASE WHEN ?6 THEN customer_id END AS customer, NULL AS key, NULL AS model,
    CASE WHEN ?7 THEN day END AS day, end_user, SUM(jobs) AS jobs, SUM(succeeded) AS succeeded, SUM(failed) AS failed,
    SUM(cancelled) AS cancelled, SUM(lost) AS lost, ${sumOf('charged')} AS charged, ${sumOf('adjusted')} AS adjusted,
    ${sumOf('cost')} AS cost, ${sumOf('loss')} AS loss
  FROM customers c CROSS JOIN usage_end_users u
  WHERE c.id BETWEEN ?3 AND ?4 AND u.customer_id = c.id AND u.day >= ?1 AND u.day < ?2 AND ?5 IN ('', u.end_user)
  GROUP BY 1, 4, 5 ORDER BY 1, 4, 5 LIMIT ${MAX_ROWS + 1}`;

/** ?1 ?2 the first and the last customer, ?3 a token or '', ?4 an end user or ''. What is not settled has to be checked. */
const OPEN = `SELECT COUNT(*) AS jobs, ${sumOf('hold_micros')} AS held FROM jobs INDEXED BY jobs_to_check
  WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NULL AND customer_id BETWEEN ?1 AND ?2 AND ?3 IN ('', token_id)
    AND ?4 IN ('', end_user)`;

function usageOf(row: Row): UsageRow {
  return {
    customer: column(row, 'customer', orNull(isText)),
    key: column(row, 'key', orNull(isText)),
    model: column(row, 'model', orNull(isText)),
    day: column(row, 'day', orNull(isNumber)),
    end_user: column(row, 'end_user', orNull(isText)),
    jobs: column(row, 'jobs', isNumber),
    succeeded: column(row, 'succeeded', isNumber),
    failed: column(row, 'failed', isNumber),
    cancelled: column(row, 'cancelled', isNumber),
    lost: column(row, 'lost', isNumber),
    charged: sum(row, 'charged'),
    adjusted: sum(row, 'adjusted'),
    cost: sum(row, 'cost'),
    loss: sum(row, 'loss'),
  };
}

function openOf(row: Row): OpenHolds {
  return { jobs: column(row, 'jobs', isNumber), held: sum(row, 'held') };
}

/** One row a group, in the order of the groups; at most one more than MAX_ROWS. One batch, so one instant. */
export async function listUsage(db: D1Database, question: UsageQuestion): Promise<UsageReport> {
  const { period, groups, customer, token, endUser } = question;
  const customers = customer === null ? ['', '\u{10ffff}'] : [customer, customer];
  const by = (...names: Group[]) => names.map((group) => (groups.includes(group) ? 1 : 0));
  const days = [period.fromMs / DAY_MS, period.toMs / DAY_MS];
  const [usage, open] = await db.batch<Record<string, unknown>>([
    groups.includes('end_user')
      ? db.prepare(USAGE_OF_END_USERS).bind(...days, ...customers, endUser, ...by('customer', 'day'))
      : db
          .prepare(USAGE)
          .bind(
            period.fromMs,
            period.toMs,
            ...customers,
            token,
            endUser,
            ...by('customer', 'key', 'model', 'day'),
          ),
    db.prepare(OPEN).bind(...customers, token, endUser),
  ]);
  return { rows: rowsOf(usage).map(usageOf), open: openOf(open?.results[0]) };
}
