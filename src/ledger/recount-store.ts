// The books counted anew from what cannot be wrong: jobs and the append-only ledger. One batch, so one instant.

import { column, isNumber, isText, orNull, rowsOf, type Row } from '../lib/column.ts';
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

const HELD = `SELECT 'held' AS what, c.id AS subject, c.held_micros AS stored, COALESCE(SUM(j.hold_micros), 0) AS computed
  FROM customers c LEFT JOIN jobs j ON j.customer_id = c.id AND j.settled_at_ms IS NULL
  WHERE ?1 IS NULL OR c.id = ?1 GROUP BY c.id HAVING stored <> computed`;

// What is stored and what is computed are summed up side by side: a join on a sum would read all of one for each row
// of the other.
const BALANCE = `SELECT 'balance' AS what, subject, SUM(stored) AS stored, SUM(computed) AS computed FROM (
    SELECT id AS subject, balance_micros AS stored, 0 AS computed FROM customers
    UNION ALL SELECT customer_id, 0, CASE kind WHEN 'charge' THEN -micros WHEN 'credit' THEN micros
      WHEN 'adjustment' THEN micros ELSE 0 END FROM ledger)
  WHERE ?1 IS NULL OR subject = ?1 GROUP BY subject HAVING SUM(stored) <> SUM(computed)`;

const HOLDS = `SELECT 'hold' AS what, j.id AS subject, l.micros AS stored, j.hold_micros AS computed
  FROM jobs j LEFT JOIN ledger l ON l.reference = j.id AND l.phase = 'hold'
  WHERE (?1 IS NULL OR j.customer_id = ?1) AND l.micros IS NOT j.hold_micros`;

/** A charge says what was paid, a release what was given back; an open job has neither. */
const ENDS = `SELECT 'end' AS what, j.id AS subject, CASE l.kind WHEN 'charge' THEN l.micros WHEN 'release' THEN 0 END AS stored,
    j.charge_micros AS computed
  FROM jobs j LEFT JOIN ledger l ON l.reference = j.id AND l.phase = 'end'
  WHERE (?1 IS NULL OR j.customer_id = ?1) AND stored IS NOT computed`;

const STRAYS = `SELECT 'stray' AS what, l.reference AS subject, l.micros AS stored, NULL AS computed
  FROM ledger l LEFT JOIN jobs j ON j.id = l.reference
  WHERE (?1 IS NULL OR l.customer_id = ?1) AND l.phase <> 'operation' AND j.id IS NULL`;

// A job moves the counters of the gateway, its customer, its key's family and its browser token, in the windows of
// its hold; a refused one has given everything back. Of one customer alone the gateway's cannot be counted.
const COUNTED = `WITH counted (subject, grain, starts_at_ms, requests, micros) AS (
    SELECT s.value, w.grain, w.starts_at_ms, SUM(j.state <> 'refused'), SUM(COALESCE(j.charge_micros, j.hold_micros))
    FROM jobs j, json_each(json_array('gateway', j.customer_id, j.family, j.token_id)) s, (
      SELECT id, 'day' AS grain, created_at_ms - created_at_ms % ${DAY_MS} AS starts_at_ms FROM jobs
      UNION ALL SELECT id, 'total', 0 FROM jobs) w
    WHERE w.id = j.id AND s.value <> '' AND (?1 IS NULL OR (j.customer_id = ?1 AND s.value <> 'gateway'))
    GROUP BY 1, 2, 3
  ), both (subject, grain, starts_at_ms, stored_requests, stored_micros, requests, micros) AS (
    SELECT subject, grain, starts_at_ms, requests, micros, 0, 0 FROM counters
      WHERE grain <> 'slice' AND (?1 IS NULL OR subject IN (SELECT subject FROM counted))
    UNION ALL SELECT subject, grain, starts_at_ms, 0, 0, requests, micros FROM counted
  )
  SELECT 'counter ' || grain || ' ' || starts_at_ms AS what, subject, SUM(stored_requests) AS stored_requests,
    SUM(requests) AS requests, SUM(stored_micros) AS stored_micros, SUM(micros) AS micros
  FROM both GROUP BY subject, grain, starts_at_ms`;

const REQUESTS = `SELECT what || ' requests' AS what, subject, stored_requests AS stored, requests AS computed
  FROM (${COUNTED}) WHERE stored_requests <> requests`;
const SPENT = `SELECT what || ' micros' AS what, subject, stored_micros AS stored, micros AS computed
  FROM (${COUNTED}) WHERE stored_micros <> micros`;

/** Everything that does not add up, of one customer or of all. Scans the books: for the operator, not for a request. */
export async function recount(db: D1Database, customer: string | null): Promise<Difference[]> {
  const counts = [HELD, BALANCE, HOLDS, ENDS, STRAYS, REQUESTS, SPENT];
  const results = await db.batch<Record<string, unknown>>(
    counts.map((sql) => db.prepare(sql).bind(customer)),
  );
  return results.flatMap((result) => rowsOf(result).map(differenceOf));
}
