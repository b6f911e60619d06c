// The SQL of endJobs: a charge or a release, once per job, and its effect on balances and counters. Ends are written in
// sets, each with a state and a charge of its own. The jobs change last, and every statement before reads them as they were.

import { column, rowsOf } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isJobId, type JobId } from '../../lib/ids.ts';
import type { JobEnd } from './job-end.ts';
import { SUBJECTS } from './limit-usage-store.ts';
import { DAY_MS, SLICE_MS, SLICES } from './windows.ts';

/** `ends`: a JSON array of JobEnd. */
type Ends = { ends: string };
type At = { atMs: number };

/**
 * The ends in the list. Their numbers come out of JSON, which keeps them integers: D1 binds a number as REAL. The list leads,
 * so that each job is found by its key.
 */
const ENDS = `SELECT value ->> 'jobId' AS job_id, value -> 'from' AS "from", value ->> 'state' AS state,
    value ->> 'chargeMicros' AS charge_micros, value ->> 'upstreamId' AS upstream_id,
    value ->> 'costMicros' AS cost_micros, value ->> 'costFlag' AS cost_flag,
    value ->> 'successWord' AS success_word, value ->> 'result' AS result,
    value ->> 'checkAtMs' AS check_at_ms FROM json_each(:ends)`;

const MAY_END = `j.id = e.job_id AND j.settled_at_ms IS NULL AND j.state IN (SELECT value FROM json_each(e."from"))`;

/** The jobs that are settled now, with their charge. */
const SETTLED = `SELECT j.id, j.customer_id, j.family, j.token_id, j.account_id, j.created_at_ms, j.hold_micros,
    e.charge_micros, e.state = 'refused' AS is_refused
  FROM (${ENDS}) e CROSS JOIN jobs j WHERE ${MAY_END} AND e.charge_micros IS NOT NULL`;

const WRITE_ENTRIES = statement<
  Ends & At
>(`INSERT INTO ledger (reference, phase, kind, customer_id, micros, at_ms)
  SELECT id, 'end', CASE WHEN charge_micros > 0 THEN 'charge' ELSE 'release' END, customer_id,
    CASE WHEN charge_micros > 0 THEN charge_micros ELSE hold_micros END, :atMs FROM (${SETTLED})`);

const MOVE_BALANCES = statement<Ends>(`UPDATE customers SET held_micros = held_micros - moved.hold_micros,
    balance_micros = balance_micros - moved.charge_micros
  FROM (SELECT customer_id, SUM(hold_micros) AS hold_micros, SUM(charge_micros) AS charge_micros
    FROM (${SETTLED}) GROUP BY customer_id) moved
  WHERE customers.id = moved.customer_id`);

/** Money leaves the windows of the hold; a refusal alone gives request counts back. */
const MOVE_COUNTERS =
  statement<Ends>(`UPDATE counters SET requests = requests - moved.refused, micros = micros + moved.amount
  FROM (
    SELECT s.value AS subject, w.grain, SUM(j.is_refused) AS refused,
      SUM(CASE w.grain WHEN 'slice' THEN 0 ELSE j.charge_micros - j.hold_micros END) AS amount,
      CASE w.grain WHEN 'slice' THEN j.created_at_ms - j.created_at_ms % ${SLICE_MS}
        WHEN 'day' THEN j.created_at_ms - j.created_at_ms % ${DAY_MS} ELSE 0 END AS starts_at_ms
    FROM (${SETTLED}) j, ${SUBJECTS} s,
      (SELECT 'slice' AS grain UNION ALL SELECT 'day' UNION ALL SELECT 'total') w
    GROUP BY subject, w.grain, starts_at_ms HAVING refused <> 0 OR amount <> 0) moved
  WHERE counters.subject = moved.subject AND counters.grain = moved.grain
    AND counters.starts_at_ms = moved.starts_at_ms
    AND counters.slot = CASE moved.grain WHEN 'slice' THEN moved.starts_at_ms / ${SLICE_MS} % ${SLICES}
      ELSE moved.starts_at_ms END`);

const END_JOBS = statement<Ends & At>(`UPDATE jobs AS j SET state = e.state, charge_micros = e.charge_micros,
    settled_at_ms = CASE WHEN e.charge_micros IS NULL THEN NULL ELSE :atMs END, ended_at_ms = COALESCE(j.ended_at_ms, :atMs),
    upstream_id = COALESCE(j.upstream_id, e.upstream_id), cost_micros = e.cost_micros,
    cost_at_ms = CASE WHEN e.cost_micros IS NULL THEN NULL ELSE :atMs END, cost_flag = e.cost_flag,
    success_word = COALESCE(j.success_word, e.success_word), result = COALESCE(j.result, e.result),
    check_at_ms = e.check_at_ms,
    idempotency_key = CASE e.state WHEN 'refused' THEN NULL ELSE j.idempotency_key END
  FROM (${ENDS}) e WHERE ${MAY_END} RETURNING id`);

/** The statements that end these jobs at this instant, for one batch and in this order. */
export function endStatements(db: D1Database, ends: JobEnd[], atMs: number): D1PreparedStatement[] {
  const endJobs = END_JOBS(db, { ends: JSON.stringify(ends), atMs });
  if (ends.every((end) => end.chargeMicros === null)) {
    return [endJobs];
  }
  const bare = JSON.stringify(ends.map(({ result: _result, ...end }) => end));
  return [
    WRITE_ENTRIES(db, { ends: bare, atMs }),
    MOVE_BALANCES(db, { ends: bare }),
    MOVE_COUNTERS(db, { ends: bare }),
    endJobs,
  ];
}

/** The jobs that the statements changed, by their results. */
export function endedIn(results: D1Result<Record<string, unknown>>[]): Set<JobId> {
  return new Set(rowsOf(results.at(-1)).map((row) => column(row, 'id', isJobId)));
}
