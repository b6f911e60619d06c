// The books counted again from what cannot be wrong: jobs and the append-only ledger. One batch, so one instant.

import { column, rowsOf, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText, orNull } from '../../lib/guard.ts';
import { rollUpDifferences, type Mine } from '../usage/booked-store.ts';
import { DROPPED_DAYS } from '../erasure/retention-store.ts';
import { countedAs } from './limit-usage-store.ts';
import { DAY_MS } from './windows.ts';

/** A figure that is stored and is not what it should be; money in micro-USD. */
export type Difference = { what: string; subject: string; stored: number | null; computed: number | null };

function differenceOf(row: Row): Difference {
  return {
    what: column(row, 'what', isText),
    subject: column(row, 'subject', isText),
    stored: column(row, 'stored', orNull(isNumber)),
    computed: column(row, 'computed', orNull(isNumber)),
  };
}

// Stored and computed figures are summed up side by side: a join on a sum would read all of one for each row of the
// other.
const balances = (
  mine: Mine,
) => `SELECT 'balance' AS what, subject, SUM(stored) AS stored, SUM(computed) AS computed FROM (
    SELECT id AS subject, balance_micros AS stored, 0 AS computed FROM customers
    UNION ALL SELECT customer_id, 0, CASE kind WHEN 'charge' THEN -micros WHEN 'credit' THEN micros
      WHEN 'adjustment' THEN micros ELSE 0 END FROM ledger)
  WHERE ${mine('subject')} GROUP BY subject HAVING SUM(stored) <> SUM(computed)`;

const holds = (
  mine: Mine,
) => `SELECT 'hold' AS what, j.id AS subject, l.micros AS stored, j.hold_micros AS computed
  FROM jobs j LEFT JOIN ledger l ON l.reference = j.id AND l.phase = 'hold'
  WHERE ${mine('j.customer_id')} AND l.micros IS NOT j.hold_micros`;

/** A charge is what was paid, a release what was given back; an open job has neither. */
const ends = (mine: Mine) => `SELECT 'end' AS what, j.id AS subject,
    CASE l.kind WHEN 'charge' THEN l.micros WHEN 'release' THEN 0 END AS stored, j.charge_micros AS computed
  FROM jobs j LEFT JOIN ledger l ON l.reference = j.id AND l.phase = 'end'
  WHERE ${mine('j.customer_id')} AND stored IS NOT computed`;

const strays = (
  mine: Mine,
) => `SELECT 'stray' AS what, l.reference AS subject, l.micros AS stored, NULL AS computed
  FROM ledger l LEFT JOIN jobs j ON j.id = l.reference
  WHERE ${mine('l.customer_id')} AND l.phase <> 'operation' AND j.id IS NULL`;

// A job moves the counters of the gateway, its customer, its key's family, its browser token and its upstream account,
// in the windows of its hold. A refused job has given everything back, and a token that was swept has no counters any
// more. One customer alone cannot explain those of gateway and accounts. Jobs are read once and summed up by day and owner
// first, which leaves few rows for the rest; the holds of open jobs are one more sum of the same rows. (D1 takes no more
// than five SELECTs in one UNION.)
const sums = (mine: Mine) => `WITH day AS MATERIALIZED (
    SELECT customer_id, family, token_id, ${countedAs('account_id')} AS account, created_at_ms - created_at_ms % ${DAY_MS} AS at_ms,
      SUM(state <> 'refused') AS requests, SUM(COALESCE(charge_micros, hold_micros)) AS micros,
      SUM(CASE WHEN settled_at_ms IS NULL THEN hold_micros ELSE 0 END) AS held
    FROM jobs WHERE ${mine('customer_id')} GROUP BY 1, 2, 3, 4, 5
  ), counted (subject, grain, starts_at_ms, requests, micros) AS MATERIALIZED (
    SELECT s.value, g.value, CASE g.value WHEN 'day' THEN at_ms ELSE 0 END, SUM(requests), SUM(micros)
    FROM day, json_each(json_array('gateway', customer_id, family,
      COALESCE((SELECT id FROM keys WHERE id = token_id), ''), account)) s, json_each('["day", "total"]') g
    WHERE s.value <> '' AND (:customer IS NULL OR s.value NOT IN ('gateway', account))
      AND (g.value <> 'day' OR at_ms >= ${DROPPED_DAYS}) GROUP BY 1, 2, 3
  ), figure (subject, grain, starts_at_ms, stored_requests, stored_micros, requests, micros) AS (
    SELECT subject, grain, starts_at_ms, requests, micros, 0, 0 FROM counters
      WHERE grain <> 'slice' AND (grain <> 'day' OR slot >= ${DROPPED_DAYS}) AND (:customer IS NULL OR subject IN (SELECT subject FROM counted)
        OR subject IN (SELECT id FROM customers WHERE id = :customer))
    UNION ALL SELECT subject, grain, starts_at_ms, 0, 0, requests, micros FROM counted
    UNION ALL SELECT id, 'held', 0, 0, held_micros, 0, 0 FROM customers WHERE ${mine('id')}
    UNION ALL SELECT customer_id, 'held', 0, 0, 0, 0, held FROM day
  ), summed AS (
    SELECT subject, grain, starts_at_ms, SUM(stored_requests) AS stored_requests, SUM(requests) AS requests,
      SUM(stored_micros) AS stored_micros, SUM(micros) AS micros
    FROM figure GROUP BY 1, 2, 3
  )
  SELECT CASE grain WHEN 'held' THEN 'held' ELSE 'counter ' || grain || ' ' || starts_at_ms || ' ' || m.value END AS what,
    subject, CASE m.value WHEN 'requests' THEN stored_requests ELSE stored_micros END AS stored,
    CASE m.value WHEN 'requests' THEN requests ELSE micros END AS computed
  FROM summed, json_each('["requests", "micros"]') m WHERE stored <> computed`;

/** Bytes of files, as the triggers keep them and as the rows say; those of the gateway belong to nobody alone. */
const files = (
  mine: Mine,
) => `SELECT 'file bytes' AS what, subject, SUM(stored) AS stored, SUM(computed) AS computed FROM (
    SELECT subject, bytes AS stored, 0 AS computed FROM file_bytes WHERE :customer IS NULL OR subject = :customer
    UNION ALL SELECT s.value, 0, bytes FROM files, json_each(json_array('gateway', customer_id, family, token_id)) s
      WHERE s.value <> '' AND ${mine('customer_id')} AND (:customer IS NULL OR s.value = :customer))
  GROUP BY subject HAVING SUM(stored) <> SUM(computed)`;

const checksOf = (mine: Mine) =>
  [sums, balances, holds, ends, strays, rollUpDifferences, files].map((check) =>
    statement<{ customer: string | null }>(check(mine)),
  );

const CHECKS_OF_ALL = checksOf(() => ':customer IS NULL');
const CHECKS_OF_ONE = checksOf((owner) => `${owner} = :customer`);

/**
 * Everything that does not add up, of one customer or of all. Scans the books: for the operator, not for a request.
 * D1 allows a statement 30 s (docs/performance.md says how far that reaches); the jobs of one customer go by an index.
 */
export async function recount(db: D1Database, customer: string | null): Promise<Difference[]> {
  const checks = customer === null ? CHECKS_OF_ALL : CHECKS_OF_ONE;
  const results = await db.batch<Record<string, unknown>>(checks.map((check) => check(db, { customer })));
  return results.flatMap((result) => rowsOf(result).map(differenceOf));
}
