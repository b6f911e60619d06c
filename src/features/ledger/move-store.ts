// The SQL that moves a reserved job to another upstream account, after a definite refusal by the one that it was sent to.
// One D1 batch, so one transaction. The hold, its money and its windows stay as they are; only the counters of the two
// accounts change. A second move of the same kind changes nothing: the job is no longer at the old account.

import type { AccountId, JobId } from '../../lib/ids.ts';
import { PROBE_MS } from '../accounts/account-store.ts';
import type { SealedAccount } from '../accounts/open.ts';
import { choiceValues, CHOSEN, chosenOf, NEXT_CHOICE } from './choice-store.ts';
import { ACCOUNT_ROOM, counted, roomValues } from './room-store.ts';
import { CLAIM_PROBE, LIVE, STANDING, standingOf, type NewJob, type Standing } from './store.ts';
import { statement } from '../../storage/statement.ts';
import { SLICE_MS, SLICES, windowsAt } from './windows.ts';

export type Move = {
  job: NewJob;
  from: AccountId;
  /** The accounts that have refused the job, `from` among them. */
  tried: AccountId[];
  atMs: number;
  /** Written first in the same transaction, also if the job stays. */
  marks: D1PreparedStatement[];
};

// ?14 the account that the job leaves. Key, customer and gateway are checked again: one of them may have been stopped since.
const MOVE_JOB = `${ACCOUNT_ROOM}, ${NEXT_CHOICE}
  UPDATE jobs SET account_id = choice.id FROM choice
  WHERE jobs.id = ?10 AND jobs.state = 'reserved' AND jobs.account_id = ?14 AND EXISTS (SELECT 1 ${LIVE})`;

/** Moves the job's count and hold in each of its windows from the one account to the other. */
const MOVE_COUNTS = statement<{ jobId: JobId; from: AccountId; sliceMs: number; dayMs: number }>(
  `INSERT INTO counters (subject, grain, slot, starts_at_ms, requests, micros)
  SELECT s.value, w.grain, w.slot, w.starts_at_ms, 1, CASE w.grain WHEN 'slice' THEN 0 ELSE j.hold_micros END
  FROM jobs j, json_each(json_array(${counted(':from')}, ${counted('j.account_id')})) s, (
    SELECT 'slice' AS grain, :sliceMs / ${SLICE_MS} % ${SLICES} AS slot, :sliceMs AS starts_at_ms
    UNION ALL SELECT 'day', :dayMs, :dayMs UNION ALL SELECT 'total', 0, 0) w
  WHERE j.id = :jobId AND s.value <> '' AND changes() = 1
  ON CONFLICT DO UPDATE SET starts_at_ms = MAX(starts_at_ms, excluded.starts_at_ms),
    requests = CASE WHEN subject = :from THEN requests - (starts_at_ms = excluded.starts_at_ms)
      WHEN starts_at_ms >= excluded.starts_at_ms THEN requests + 1 ELSE 1 END,
    micros = micros + CASE subject WHEN :from THEN -excluded.micros ELSE excluded.micros END`,
);

/** An account that the job does not leave has had its probe; the marks have the result. ?3 the account. */
const CLAIM_NEXT_PROBE = `${CLAIM_PROBE} AND j.account_id <> ?3`;

/** `account`: where the job is reserved now; null: it is no longer reserved. */
export type MoveRecord = { account: SealedAccount | null; standing: Standing };

/**
 * Moves the job to the next account that is live and has room, if there is one and key, customer and gateway still are.
 * Throws when the outcome is unknown.
 */
export async function moveHold(
  db: D1Database,
  move: Move,
): Promise<MoveRecord & { marks: D1Result<Record<string, unknown>>[] }> {
  const { job, from, tried, atMs, marks } = move;
  const { sliceMs, dayMs } = windowsAt(job.atMs);
  // The job counts in the windows of its hold, which may have ended since: room is looked for where it is taken.
  const values = roomValues({ ...job, atMs }, job.quote.holdMicros, job.atMs);
  const results = await db.batch<Record<string, unknown>>([
    ...marks,
    db.prepare(MOVE_JOB).bind(...values, ...choiceValues(job, tried), from),
    MOVE_COUNTS(db, { jobId: job.jobId, from, sliceMs, dayMs }),
    db.prepare(CLAIM_NEXT_PROBE).bind(job.jobId, atMs + PROBE_MS, from),
    db.prepare(CHOSEN).bind(job.jobId),
    db.prepare(STANDING).bind(...values.slice(0, 3), job.jobId, job.tokenId, job.terms),
  ]);
  const [chosen, stands] = results.slice(marks.length + 3);
  return {
    account: chosenOf(chosen?.results[0]),
    standing: standingOf(stands?.results[0]),
    marks: results.slice(0, marks.length),
  };
}

/** The account at which the job is reserved, after a move without an answer. */
export async function readChosen(db: D1Database, jobId: JobId): Promise<SealedAccount | null> {
  const row = await db.prepare(CHOSEN).bind(jobId).first();
  return chosenOf(row ?? undefined);
}
