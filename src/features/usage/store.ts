// The SQL of usage reports. A report searches the roll-ups once for each day, so that its cost does not grow with the jobs; the
// report of a browser token sums the token's own jobs.

import { column, rowsOf, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
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
  /** Only the jobs of this browser token; '': no such filter. */
  token: KeyId | '';
  /** Only the jobs of this end user; '': no such filter. */
  endUser: string;
};

/**
 * SQL: a sum as text, dollars and micro-dollars apart. It may exceed the 53 bits that D1 returns exactly, and even 64 bits.
 */
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

type ReportValues = { days: string; byCustomer: number; byKey: number; byModel: number; byDay: number };

// The list of days comes first in each FROM, so that each day is one search of the key.
const BY = `CASE WHEN :byCustomer THEN customer_id END AS customer, CASE WHEN :byKey THEN key_id END AS key,
    CASE WHEN :byModel THEN model_id END AS model, CASE WHEN :byDay THEN day END AS day`;
const IN_ORDER = `GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5 LIMIT ${MAX_ROWS + 1}`;

/** A range of ids: one customer, or all. */
type Customers = { firstCustomer: string; lastCustomer: string };

const OF_DAYS = statement<ReportValues & Customers>(
  `SELECT ${BY}, NULL AS end_user, ${FIGURES} FROM json_each(:days) d CROSS JOIN usage_days u
   WHERE u.day = d.value AND u.customer_id BETWEEN :firstCustomer AND :lastCustomer ${IN_ORDER}`,
);

/** The roll-up of end users has only customers and days. */
const BY_END_USER = `CASE WHEN :byCustomer THEN u.customer_id END AS customer, NULL AS key, NULL AS model,
    CASE WHEN :byDay THEN day END AS day, end_user`;

const OF_END_USERS = statement<ReportValues & Customers>(
  `SELECT ${BY_END_USER}, ${FIGURES}
   FROM customers c CROSS JOIN json_each(:days) d CROSS JOIN usage_end_users u
   WHERE c.id BETWEEN :firstCustomer AND :lastCustomer AND u.customer_id = c.id AND u.day = d.value ${IN_ORDER}`,
);

const OF_END_USER = statement<ReportValues & { customer: string | null; endUser: string }>(
  `SELECT ${BY_END_USER}, ${FIGURES} FROM json_each(:days) d CROSS JOIN usage_end_users u
   WHERE u.customer_id = :customer AND u.day = d.value AND u.end_user = :endUser ${IN_ORDER}`,
);

/** The budget of a browser token bounds its jobs. */
const OF_TOKEN = statement<ReportValues & { token: KeyId }>(
  `SELECT ${BY}, NULL AS end_user, COUNT(state) AS jobs,
     COUNT(*) FILTER (WHERE state = 'succeeded') AS succeeded, COUNT(*) FILTER (WHERE state = 'failed') AS failed,
     COUNT(*) FILTER (WHERE state = 'cancelled') AS cancelled, COUNT(*) FILTER (WHERE state = 'lost') AS lost,
     ${sumOf('charged')} AS charged, ${sumOf('adjusted')} AS adjusted, ${sumOf('cost')} AS cost, ${sumOf('loss')} AS loss
   FROM (${bookedOf("j.token_id = :token AND j.token_id <> ''")})
   WHERE day IN (SELECT value FROM json_each(:days)) ${IN_ORDER}`,
);

// Every unsettled job has a next check, so the index of checks has all open jobs.
const OPEN = `SELECT COUNT(*) AS jobs, ${sumOf('hold_micros')} AS held FROM jobs`;
const IS_OPEN = 'check_at_ms IS NOT NULL AND settled_at_ms IS NULL';
const OPEN_OF_ALL = statement<Record<string, never>>(`${OPEN} INDEXED BY jobs_to_check WHERE ${IS_OPEN}`);
const OPEN_OF_CUSTOMER = statement<{ customer: string }>(
  `${OPEN} INDEXED BY jobs_to_check WHERE customer_id = :customer AND ${IS_OPEN}`,
);
const OPEN_OF_END_USER = statement<{ customer: string | null; endUser: string }>(
  `${OPEN} INDEXED BY jobs_to_check WHERE customer_id = :customer AND ${IS_OPEN} AND end_user = :endUser`,
);
const OPEN_OF_TOKEN = statement<{ token: KeyId }>(
  `${OPEN} INDEXED BY holds_of_token WHERE token_id = :token AND token_id <> '' AND settled_at_ms IS NULL`,
);

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

/** One row for each group, in the order of the groups; at most MAX_ROWS + 1. One batch, so one instant. */
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
  const by = (group: Group) => Number(groups.includes(group));
  const values = {
    days: JSON.stringify(daysOf(period)),
    byCustomer: by('customer'),
    byKey: by('key'),
    byModel: by('model'),
    byDay: by('day'),
  };
  if (token !== '') {
    return OF_TOKEN(db, { ...values, token });
  }
  if (endUser !== '') {
    return OF_END_USER(db, { ...values, customer, endUser });
  }
  const ofCustomers = groups.includes('end_user') ? OF_END_USERS : OF_DAYS;
  return ofCustomers(db, {
    ...values,
    firstCustomer: customer ?? '',
    lastCustomer: customer ?? '\u{10ffff}',
  });
}

function openQuery(db: D1Database, { customer, token, endUser }: UsageQuestion): D1PreparedStatement {
  if (token !== '') {
    return OPEN_OF_TOKEN(db, { token });
  }
  if (endUser !== '') {
    return OPEN_OF_END_USER(db, { customer, endUser });
  }
  return customer === null ? OPEN_OF_ALL(db, {}) : OPEN_OF_CUSTOMER(db, { customer });
}
