// The SQL that ends holds: a charge or a release, once per job, and what that does to balances and counters.
// One D1 batch, so one transaction; the jobs change last, and every statement before looks at them as they were.

import type { CostFlag, EndedState, JobState } from '../jobs/job.ts';
import type { SuccessWord } from '../runcomfy/wire.ts';
import type { JobId } from '../../lib/ids.ts';
import type { Micros } from '../../lib/money.ts';
import { SUBJECTS } from './store.ts';
import { DAY_MS, SLICE_MS, SLICES } from './windows.ts';

export type Settlement = {
  /** Several jobs end alike only when nothing is charged. */
  jobIds: JobId[];
  /** The states that this end may come from: what has moved on meanwhile is left alone. */
  from: JobState[];
  state: EndedState;
  /** What the customer pays, at most the hold; 0 releases it, null ends the job and leaves its hold open. */
  chargeMicros: Micros | 0 | null;
  atMs: number;
  upstreamId: string | null;
  /** What RunComfy says the job cost the operator, if it was told. */
  costMicros: Micros | null;
  costFlag: CostFlag | null;
  successWord: SuccessWord | null;
  /** JSON of the result, or null when there is none or it is too large to keep. */
  result: string | null;
  /** When the cron asks again, for the cost; null: never. */
  checkAtMs: number | null;
};

/** An end that charges nothing and of which RunComfy has told nothing. */
export function unpaid(end: Pick<Settlement, 'jobIds' | 'from' | 'state' | 'atMs'>): Settlement {
  const untold = { upstreamId: null, costMicros: null, costFlag: null, successWord: null, result: null };
  return { ...untold, checkAtMs: null, ...end, chargeMicros: 0 };
}

// ?1 the jobs, ?2 the states that they may be in.
const ENDING = `SELECT * FROM jobs WHERE id IN (SELECT value FROM json_each(?1)) AND settled_at_ms IS NULL
  AND state IN (SELECT value FROM json_each(?2))`;

const END_ENTRY = `INSERT INTO ledger (reference, phase, kind, customer_id, micros, at_ms)
  SELECT id, 'end', CASE WHEN ?3 > 0 THEN 'charge' ELSE 'release' END, customer_id,
    CASE WHEN ?3 > 0 THEN ?3 ELSE hold_micros END, ?4 FROM (${ENDING})`;

const MOVE_BALANCE = `UPDATE customers SET held_micros = held_micros - j.hold_micros,
    balance_micros = balance_micros - j.charge_micros
  FROM (SELECT customer_id, SUM(hold_micros) AS hold_micros, COUNT(*) * CAST(?3 AS INTEGER) AS charge_micros
    FROM (${ENDING}) GROUP BY customer_id) j
  WHERE customers.id = j.customer_id`;

/** ?4 is 1 for a refusal, which alone gives request counts back. */
const MOVE_COUNTERS = `UPDATE counters SET requests = requests - ?4 * j.jobs, micros = micros + j.moved
  FROM (
    SELECT s.value AS subject, w.grain, COUNT(*) AS jobs,
      SUM(CASE w.grain WHEN 'slice' THEN 0 ELSE CAST(?3 AS INTEGER) - j.hold_micros END) AS moved,
      CASE w.grain WHEN 'slice' THEN j.created_at_ms - j.created_at_ms % ${SLICE_MS}
        WHEN 'day' THEN j.created_at_ms - j.created_at_ms % ${DAY_MS} ELSE 0 END AS starts_at_ms
    FROM (${ENDING}) j, ${SUBJECTS} s,
      (SELECT 'slice' AS grain UNION ALL SELECT 'day' UNION ALL SELECT 'total') w
    GROUP BY subject, w.grain, starts_at_ms) j
  WHERE counters.subject = j.subject AND counters.grain = j.grain AND counters.starts_at_ms = j.starts_at_ms
    AND counters.slot = CASE j.grain WHEN 'slice' THEN j.starts_at_ms / ${SLICE_MS} % ${SLICES}
      ELSE j.starts_at_ms END`;

const END_JOBS = `UPDATE jobs SET state = ?3, charge_micros = ?4,
    settled_at_ms = CASE WHEN ?4 IS NULL THEN NULL ELSE ?5 END, ended_at_ms = COALESCE(ended_at_ms, ?5),
    upstream_id = COALESCE(upstream_id, ?6), cost_micros = ?7,
    cost_at_ms = CASE WHEN ?7 IS NULL THEN NULL ELSE ?5 END, cost_flag = ?8, result = COALESCE(result, ?9),
    success_word = COALESCE(success_word, ?11), check_at_ms = ?10, idempotency_key = CASE ?3 WHEN 'refused' THEN NULL ELSE idempotency_key END
  WHERE id IN (SELECT id FROM (${ENDING}))`;

/**
 * Ends jobs and their holds, once: a second call, whatever it says, changes nothing. Money leaves the windows of the
 * hold; request counts come back only for a refusal. `also` stands behind the statement that changes the jobs.
 * Returns how many jobs it changed.
 */
export async function endHolds(
  db: D1Database,
  end: Settlement,
  also: D1PreparedStatement[] = [],
): Promise<number> {
  const chosen = [JSON.stringify(end.jobIds), JSON.stringify(end.from)];
  const about = [
    end.atMs,
    end.upstreamId,
    end.costMicros,
    end.costFlag,
    end.result,
    end.checkAtMs,
    end.successWord,
  ];
  const moves =
    end.chargeMicros === null
      ? []
      : [
          db.prepare(END_ENTRY).bind(...chosen, end.chargeMicros, end.atMs),
          db.prepare(MOVE_BALANCE).bind(...chosen, end.chargeMicros),
          db.prepare(MOVE_COUNTERS).bind(...chosen, end.chargeMicros, end.state === 'refused' ? 1 : 0),
        ];
  const results = await db.batch([
    ...moves,
    db.prepare(END_JOBS).bind(...chosen, end.state, end.chargeMicros, ...about),
    ...also,
  ]);
  return results[moves.length]?.meta.changes ?? 0;
}
