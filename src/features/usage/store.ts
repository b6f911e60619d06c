// The SQL of usage reports. They read the roll-ups, one search for each day, so that they cost the same however many jobs
// there are; a browser token's is made from its own jobs.

import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, orNull } from '../../lib/guard.ts';
import type { KeyId } from '../../lib/ids.ts';
import { bookedOf } from './booked-store.ts';
import {
  daysOf,
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

const FIGURES = `SUM(jobs) AS jobs, SUM(succeeded) AS succeeded, SUM(failed) AS failed, SUM(cancelled) AS cancelled,
    SUM(lost) AS lost, ${sumOf('charged')} AS charged, ${sumOf('adjusted')} AS adjusted, ${sumOf('cost')} AS cost,
    ${sumOf('loss')} AS loss`;

// Of each statement ?1 is the list of days, and ?2 to ?5 whether to group by customer, key, model and day. The days lead,
// so that each of them is one search of the key.
const BY = `CASE WHEN ?2 THEN customer_id END AS customer, CASE WHEN ?3 THEN key_id END AS key,
    CASE WHEN ?4 THEN model_id END AS model, CASE WHEN ?5 THEN day END AS day`;
const IN_ORDER = `GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5 LIMIT ${MAX_ROWS + 1}`;

/** ?6 ?7 the first and the last customer. */
const OF_DAYS = `SELECT ${BY}, NULL AS end_user, ${FIGURES} FROM json_each(?1) d CROSS JOIN usage_days u
  WHERE u.day = d.value AND u.customer_id BETWEEN ?6 AND ?7 ${IN_ORDER}`;

/** End users are rolled up by customer and day alone. */
const BY_END_USER = `CASE WHEN ?2 THEN u.customer_id END AS customer, NULL AS key, NULL AS model,
    CASE WHEN ?5 THEN day END AS day, end_user`;

/** ?6 ?7 the first and the last customer. */
const OF_END_USERS = `SELECT ${BY_END_USER}, ${FIGURES}
  FROM customers c CROSS JOIN json_each(?1) d CROSS JOIN usage_end_users u
  WHERE c.id BETWEEN ?6 AND ?7 AND u.customer_id = c.id AND u.day = d.value ${IN_ORDER}`;

/** ?6 the customer, ?7 the end user. */
const OF_END_USER = `SELECT ${BY_END_USER}, ${FIGURES} FROM json_each(?1) d CROSS JOIN usage_end_users u
  WHERE u.customer_id = ?6 AND u.day = d.value AND u.end_user = ?7 ${IN_ORDER}`;

/** ?6 a browser token: its own jobs are as few as its budget is narrow. */
const OF_TOKEN = `SELECT ${BY}, NULL AS end_user, COUNT(state) AS jobs,
    COUNT(*) FILTER (WHERE state = 'succeeded') AS succeeded, COUNT(*) FILTER (WHERE state = 'failed') AS failed,
    COUNT(*) FILTER (WHERE state = 'cancelled') AS cancelled, COUNT(*) FILTER (WHERE state = 'lost') AS lost,
    ${sumOf('charged')} AS charged, ${sumOf('adjusted')} AS adjusted, ${sumOf('cost')} AS cost, ${sumOf('loss')} AS loss
  FROM (${bookedOf("j.token_id = ?6 AND j.token_id <> ''")})
  WHERE day IN (SELECT value FROM json_each(?1)) ${IN_ORDER}`;

// What is not settled has to be checked, so the index of checks, by customer, has all that is open.
const OPEN = `SELECT COUNT(*) AS jobs, ${sumOf('hold_micros')} AS held FROM jobs`;
const TO_CHECK = 'check_at_ms IS NOT NULL AND settled_at_ms IS NULL';
const OPEN_OF_ALL = `${OPEN} INDEXED BY jobs_to_check WHERE ${TO_CHECK}`;
const OPEN_OF_CUSTOMER = `${OPEN} INDEXED BY jobs_to_check WHERE customer_id = ?1 AND ${TO_CHECK}`;
const OPEN_OF_END_USER = `${OPEN_OF_CUSTOMER} AND end_user = ?2`;
const OPEN_OF_TOKEN = `${OPEN} INDEXED BY holds_of_token
  WHERE token_id = ?1 AND token_id <> '' AND settled_at_ms IS NULL`;

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
  const [usage, open] = await db.batch<Record<string, unknown>>([
    usageQuery(db, question),
    openQuery(db, question),
  ]);
  return { rows: rowsOf(usage).map(usageOf), open: openOf(open?.results[0]) };
}

function usageQuery(
  db: D1Database,
  { period, groups, customer, token, endUser }: UsageQuestion,
): D1PreparedStatement {
  const by = (['customer', 'key', 'model', 'day'] as const).map((group) => (groups.includes(group) ? 1 : 0));
  const values = [JSON.stringify(daysOf(period)), ...by];
  if (token !== '') {
    return db.prepare(OF_TOKEN).bind(...values, token);
  }
  if (endUser !== '') {
    return db.prepare(OF_END_USER).bind(...values, customer, endUser);
  }
  const sql = groups.includes('end_user') ? OF_END_USERS : OF_DAYS;
  return db.prepare(sql).bind(...values, customer ?? '', customer ?? '\u{10ffff}');
}

function openQuery(db: D1Database, { customer, token, endUser }: UsageQuestion): D1PreparedStatement {
  if (token !== '') {
    return db.prepare(OPEN_OF_TOKEN).bind(token);
  }
  if (endUser !== '') {
    return db.prepare(OPEN_OF_END_USER).bind(customer, endUser);
  }
  return customer === null ? db.prepare(OPEN_OF_ALL) : db.prepare(OPEN_OF_CUSTOMER).bind(customer);
}
