// The SQL that moves a reserved job to another upstream account, after a definite refusal by the one that it was sent to.
// One D1 batch, so one transaction. The hold, its money and its windows stay as they are; only the counters of the two
// accounts change. Made twice, it changes nothing the second time: the job is at the old account no more.

import { statement } from '../../storage/statement.ts';
import type { AccountId, JobId } from '../../lib/ids.ts';
import { PROBE_MS } from '../accounts/account-store.ts';
import type { SealedAccount } from '../accounts/open.ts';
import { choiceValues, chosenOf, FIND_CHOSEN, NEXT_CHOICE, type ChoiceValues } from './choice-store.ts';
import { ACCOUNT_USAGE, callerValues, countedAs, type CallerValues } from './limit-usage-store.ts';
import type { NewJob } from './new-job.ts';
import { standingOf, type Standing } from './standing.ts';
import { CLAIM_PROBE_SQL, JOB_COUNTERS, LIVE, READ_STANDING } from './store.ts';

export type Move = {
  job: NewJob;
  from: AccountId;
  /** The accounts that have refused the job, `from` among them. */
  tried: AccountId[];
  atMs: number;
  /** Goes ahead in the same transaction, whatever becomes of the job. */
  marks: D1PreparedStatement[];
};

type MoveValues = CallerValues & ChoiceValues & { from: AccountId };

/** Key, customer and gateway are asked anew: one of them may have been stopped since. */
const MOVE_JOB = statement<MoveValues>(`${ACCOUNT_USAGE}, ${NEXT_CHOICE}
  UPDATE jobs SET account_id = choice.id FROM choice
  WHERE jobs.id = :jobId AND jobs.state = 'reserved' AND jobs.account_id = :from AND EXISTS (SELECT 1 ${LIVE})`);

/** The place of the job in its windows, from the one account to the other. */
const MOVE_COUNTS =
  statement<MoveValues>(`INSERT INTO counters (subject, grain, slot, starts_at_ms, requests, micros)
  SELECT s.value, w.grain, w.slot, w.starts_at_ms, 1, CASE w.grain WHEN 'slice' THEN 0 ELSE j.hold_micros END
  FROM jobs j, json_each(json_array(${countedAs(':from')}, ${countedAs('j.account_id')})) s, ${JOB_COUNTERS} w
  WHERE j.id = :jobId AND s.value <> '' AND changes() = 1
  ON CONFLICT DO UPDATE SET starts_at_ms = MAX(starts_at_ms, excluded.starts_at_ms),
    requests = CASE WHEN subject = :from THEN requests - (starts_at_ms = excluded.starts_at_ms)
      WHEN starts_at_ms >= excluded.starts_at_ms THEN requests + 1 ELSE 1 END,
    micros = micros + CASE subject WHEN :from THEN -excluded.micros ELSE excluded.micros END`);

/** An account that the job does not leave was its probe before; what became of that is in the marks. */
const CLAIM_NEXT_PROBE = statement<{
  jobId: JobId;
  probeAtMs: number;
  from: AccountId;
}>(`${CLAIM_PROBE_SQL} AND j.account_id <> :from`);

/** `account`: where the job is reserved now; null: it is reserved no more. */
export type MoveRecord = { account: SealedAccount | null; standing: Standing };

/**
 * Moves the job to the next account that is live and has room, if there is one and key, customer and gateway still are.
 * Throws when the outcome is not known.
 */
export async function moveHold(
  db: D1Database,
  move: Move,
): Promise<MoveRecord & { marks: D1Result<Record<string, unknown>>[] }> {
  const { job, from, tried, atMs, marks } = move;
  const values = {
    // The job counts in the windows of its hold, which may have ended since: room is looked for where it is taken.
    ...callerValues({ ...job, atMs }, job.quote.holdMicros, job.atMs),
    ...choiceValues(job, tried),
    terms: job.terms,
    from,
    probeAtMs: atMs + PROBE_MS,
  };
  const results = await db.batch<Record<string, unknown>>([
    ...marks,
    MOVE_JOB(db, values),
    MOVE_COUNTS(db, values),
    CLAIM_NEXT_PROBE(db, values),
    FIND_CHOSEN(db, values),
    READ_STANDING(db, values),
  ]);
  const [chosen, stands] = results.slice(marks.length + 3);
  return {
    account: chosenOf(chosen?.results[0]),
    standing: standingOf(stands?.results[0]),
    marks: results.slice(0, marks.length),
  };
}

/** Where the job is reserved, after a move without an answer. */
export async function readChosen(db: D1Database, jobId: JobId): Promise<SealedAccount | null> {
  const row = await FIND_CHOSEN(db, { jobId }).first();
  return chosenOf(row ?? undefined);
}
