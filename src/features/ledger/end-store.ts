// The SQL that ends holds: a charge or a release, once per job, and what that does to balances and counters. Ends are
// booked in sets, each with a state and a charge of its own. One D1 batch, so one transaction; the jobs change last, and
// every statement before looks at them as they were.

import type { Audited } from '../audit/store.ts';
import { column, rowsOf } from '../../storage/column.ts';
import { isJobId, type JobId } from '../../lib/ids.ts';
import type { Micros } from '../../lib/money.ts';
import type { SuccessWord } from '../runcomfy/wire.ts';
import type { CostFlag, EndedState, JobState } from '../jobs/job.ts';
import { SUBJECTS } from './limit-usage-store.ts';
import { DAY_MS, SLICE_MS, SLICES } from './windows.ts';

/** How one job ends. */
export type JobEnd = {
  jobId: JobId;
  /** The states that this end may come from: a job that has moved on meanwhile is left alone. */
  from: JobState[];
  state: EndedState;
  /** What the customer pays, at most the hold; 0 releases it, null ends the job and leaves its hold open. */
  chargeMicros: Micros | 0 | null;
  upstreamId: string | null;
  /** The cost that RunComfy reported to the operator, if it did. */
  costMicros: Micros | null;
  costFlag: CostFlag | null;
  /** RunComfy's own word for a success. */
  successWord: SuccessWord | null;
  /** JSON of the result, or null when there is none or it is too large to keep. */
  result: string | null;
  /** When the cron asks again, for the cost; null: never. */
  checkAtMs: number | null;
};

/** An end that charges nothing and of which RunComfy has told nothing. */
export function unpaid(end: Pick<JobEnd, 'jobId' | 'from' | 'state'>): JobEnd {
  const untold = { upstreamId: null, costMicros: null, costFlag: null, successWord: null, result: null };
  return { ...untold, checkAtMs: null, ...end, chargeMicros: 0 };
}

/**
 * The ends of ?1. Their numbers come out of JSON, which keeps them integers: D1 binds a number as REAL. The list leads,
 * so that each job is found by its key.
 */
const ENDS = `SELECT value ->> 'jobId' AS job_id, value -> 'from' AS "from", value ->> 'state' AS state,
    value ->> 'chargeMicros' AS charge_micros, value ->> 'upstreamId' AS upstream_id,
    value ->> 'costMicros' AS cost_micros, value ->> 'costFlag' AS cost_flag,
    value ->> 'successWord' AS success_word, value ->> 'result' AS result,
    value ->> 'checkAtMs' AS check_at_ms FROM json_each(?1)`;

const MAY_END = `j.id = e.job_id AND j.settled_at_ms IS NULL AND j.state IN (SELECT value FROM json_each(e."from"))`;

/** The jobs that are settled now, with their charge. */
const SETTLED = `SELECT j.id, j.customer_id, j.family, j.token_id, j.account_id, j.created_at_ms, j.hold_micros,
    e.charge_micros, e.state = 'refused' AS is_refused
  FROM (${ENDS}) e CROSS JOIN jobs j WHERE ${MAY_END} AND e.charge_micros IS NOT NULL`;

const END_ENTRIES = `INSERT INTO ledger (reference, phase, kind, customer_id, micros, at_ms)
  SELECT id, 'end', CASE WHEN charge_micros > 0 THEN 'charge' ELSE 'release' END, customer_id,
    CASE WHEN charge_micros > 0 THEN charge_micros ELSE hold_micros END, ?2 FROM (${SETTLED})`;

const MOVE_BALANCES = `UPDATE customers SET held_micros = held_micros - moved.hold_micros,
    balance_micros = balance_micros - moved.charge_micros
  FROM (SELECT customer_id, SUM(hold_micros) AS hold_micros, SUM(charge_micros) AS charge_micros
    FROM (${SETTLED}) GROUP BY customer_id) moved
  WHERE customers.id = moved.customer_id`;

/** Money leaves the windows of the hold; a refusal alone gives request counts back. */
const MOVE_COUNTERS = `UPDATE counters SET requests = requests - moved.refused, micros = micros + moved.amount
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
      ELSE moved.starts_at_ms END`;

const END_JOBS = `UPDATE jobs AS j SET state = e.state, charge_micros = e.charge_micros,
    settled_at_ms = CASE WHEN e.charge_micros IS NULL THEN NULL ELSE ?2 END, ended_at_ms = COALESCE(j.ended_at_ms, ?2),
    upstream_id = COALESCE(j.upstream_id, e.upstream_id), cost_micros = e.cost_micros,
    cost_at_ms = CASE WHEN e.cost_micros IS NULL THEN NULL ELSE ?2 END, cost_flag = e.cost_flag,
    success_word = COALESCE(j.success_word, e.success_word), result = COALESCE(j.result, e.result),
    check_at_ms = e.check_at_ms,
    idempotency_key = CASE e.state WHEN 'refused' THEN NULL ELSE j.idempotency_key END
  FROM (${ENDS}) e WHERE ${MAY_END} RETURNING id`;

/**
 * Ends jobs and their holds, once: a second call, whatever it says, changes nothing. A job stands in the list once, and
 * the list is at most 2 MB, D1's limit for a value. The statements of an audit stand around its own. Returns the jobs that it
 * changed.
 */
export async function endHolds(
  db: D1Database,
  { ends, atMs }: { ends: JobEnd[]; atMs: number },
  { before, behind }: Audited = { before: [], behind: [] },
): Promise<Set<JobId>> {
  const bare = JSON.stringify(ends.map(({ result: _result, ...end }) => end));
  const moves = ends.every((end) => end.chargeMicros === null)
    ? []
    : [
        db.prepare(END_ENTRIES).bind(bare, atMs),
        db.prepare(MOVE_BALANCES).bind(bare),
        db.prepare(MOVE_COUNTERS).bind(bare),
      ];
  const results = await db.batch<Record<string, unknown>>([
    ...before,
    ...moves,
    db.prepare(END_JOBS).bind(JSON.stringify(ends), atMs),
    ...behind,
  ]);
  return new Set(rowsOf(results[before.length + moves.length]).map((row) => column(row, 'id', isJobId)));
}
