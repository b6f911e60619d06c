// The SQL that computes the roll-ups of usage from jobs and ledger, to check them and to rebuild them. Triggers maintain the
// roll-ups (migrations/0020_usage.sql), each booking in its own transaction.

import { auditEntry, type Change } from '../audit/store.ts';
import { isKept } from '../erasure/kept-store.ts';
import { statement } from '../../storage/statement.ts';
import { DAY_MS } from '../ledger/windows.ts';

/** SQL: the rows whose column `owner` is :customer, by an index, or all rows. Both forms bind :customer. */
export type Mine = (owner: string) => string;

function mineOf(customer: string | null): Mine {
  return (owner) => (customer === null ? ':customer IS NULL' : `${owner} = :customer`);
}

/** SQL: each settlement, each cost and each adjustment of the jobs `j` that match `where`. */
export const bookedOf = (where: string) => `SELECT j.customer_id, j.key_id, j.model_id, j.end_user,
      j.settled_at_ms / ${DAY_MS} AS day, j.state, j.charge_micros AS charged, 0 AS adjusted, 0 AS cost, 0 AS loss
    FROM jobs j WHERE ${where} AND +j.settled_at_ms IS NOT NULL AND j.state <> 'refused'
  UNION ALL
    SELECT j.customer_id, j.key_id, j.model_id, j.end_user, j.cost_at_ms / ${DAY_MS}, NULL, 0, 0, j.cost_micros,
      CASE j.state WHEN 'succeeded' THEN MAX(j.cost_micros - j.hold_micros, 0) ELSE j.cost_micros END
    FROM jobs j WHERE ${where} AND +j.cost_at_ms IS NOT NULL
  UNION ALL
    SELECT j.customer_id, j.key_id, j.model_id, j.end_user, l.at_ms / ${DAY_MS}, NULL, 0, l.micros, 0, 0
    FROM ledger l JOIN jobs j ON j.id = l.job_id WHERE ${where} AND l.kind = 'adjustment'`;

const COUNTS = `COUNT(state) AS jobs, COUNT(*) FILTER (WHERE state = 'succeeded') AS succeeded,
    COUNT(*) FILTER (WHERE state = 'failed') AS failed, COUNT(*) FILTER (WHERE state = 'cancelled') AS cancelled,
    COUNT(*) FILTER (WHERE state = 'lost') AS lost`;
const SUMS = `SUM(charged) AS charged, SUM(adjusted) AS adjusted, SUM(cost) AS cost, SUM(loss) AS loss`;

const FIGURES = `json_each(json_object('jobs', jobs, 'succeeded', succeeded, 'failed', failed, 'cancelled', cancelled,
      'lost', lost, 'charged', charged, 'adjusted', adjusted, 'cost', cost, 'loss', loss)) m`;
const OF_DAY = `'usage ' || day || ' ' || key_id || ' ' || model_id || ' ' || m.key, customer_id`;
const OF_END_USER = `'end user ' || end_user || ' ' || day || ' ' || m.key, customer_id`;

/**
 * SQL: every figure of both roll-ups that differs from jobs and ledger. Customers who are erased, or are being erased, have
 * no end users.
 */
export const rollUpDifferences = (mine: Mine) => `WITH booked AS MATERIALIZED (
    SELECT customer_id, day, key_id, model_id, end_user, ${COUNTS}, ${SUMS}
    FROM (${bookedOf(mine('j.customer_id'))}) GROUP BY 1, 2, 3, 4, 5
  ), figure (what, subject, stored, computed) AS (
    SELECT ${OF_DAY}, m.value, 0 FROM usage_days, ${FIGURES} WHERE ${mine('customer_id')}
    UNION ALL SELECT ${OF_DAY}, 0, m.value FROM booked, ${FIGURES}
    UNION ALL SELECT ${OF_END_USER}, m.value, 0 FROM usage_end_users, ${FIGURES} WHERE ${mine('customer_id')} AND ${isKept('usage_end_users.customer_id')}
    UNION ALL SELECT ${OF_END_USER}, 0, m.value FROM booked, ${FIGURES} WHERE end_user <> '' AND ${isKept('booked.customer_id')}
  )
  SELECT what, subject, SUM(stored) AS stored, SUM(computed) AS computed
  FROM figure GROUP BY what, subject HAVING SUM(stored) <> SUM(computed)`;

const FIGURE_COLUMNS = 'jobs, succeeded, failed, cancelled, lost, charged, adjusted, cost, loss';

const addDays = (
  mine: Mine,
) => `INSERT INTO usage_days (day, customer_id, key_id, model_id, ${FIGURE_COLUMNS})
  SELECT day, customer_id, key_id, model_id, ${COUNTS}, ${SUMS}
  FROM (${bookedOf(mine('j.customer_id'))}) GROUP BY day, customer_id, key_id, model_id`;

const addEndUsers = (
  mine: Mine,
) => `INSERT INTO usage_end_users (customer_id, day, end_user, ${FIGURE_COLUMNS})
  SELECT customer_id, day, end_user, ${COUNTS}, ${SUMS}
  FROM (${bookedOf(`${mine('j.customer_id')} AND j.end_user <> '' AND ${isKept('j.customer_id')}`)}) GROUP BY customer_id, day, end_user`;

/** Rebuilds both roll-ups, of one customer or of all. One batch, so that a booking at the same time is counted once. */
export async function rebuildRollUps(db: D1Database, customer: string | null, change: Change): Promise<void> {
  const mine = mineOf(customer);
  const rebuild = [
    `DELETE FROM usage_end_users WHERE ${mine('customer_id')}`,
    addEndUsers(mine),
    `DELETE FROM usage_days WHERE ${mine('customer_id')}`,
    addDays(mine),
  ];
  await db.batch([
    ...rebuild.map((sql) => statement<{ customer: string | null }>(sql)(db, { customer })),
    ...auditEntry(db, change),
  ]);
}
