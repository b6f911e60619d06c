// The SQL of a customer's own lists of jobs: what the operator knows beyond the customer is not read at all.

import { isNumber, isText, isWhole, oneOf, orNull } from '../../lib/guard.ts';
import { isJobId, type JobId } from '../../lib/ids.ts';
import { isMicros, type Micros } from '../../lib/money.ts';
import { column, type Row } from '../../storage/column.ts';
import type { Sphere } from '../keys/principal.ts';
import { JOB_STATES, type JobState } from './job.ts';

export type OwnJob = {
  id: JobId;
  /** '': none. */
  endUser: string;
  modelId: string;
  state: JobState;
  holdMicros: Micros;
  /** Null until the job is settled. */
  chargeMicros: Micros | null;
  /** Given back by adjustments since; negative: taken. */
  adjustedMicros: number;
  createdAtMs: number;
  endedAtMs: number | null;
};

/** From ≤ t < to. Null: no such filter. */
export type OwnJobFilter = {
  states: readonly JobState[] | null;
  model: string | null;
  endUser: string | null;
  fromMs: number;
  toMs: number;
};

const FIELDS = `id, end_user, model_id, state, hold_micros, charge_micros, created_at_ms, ended_at_ms,
  (SELECT COALESCE(SUM(micros), 0) FROM ledger WHERE job_id = jobs.id AND kind = 'adjustment') AS adjusted_micros`;

/** `owner` leads to an index; the rest filters what that finds. */
const listOf = (owner: string) => `SELECT ${FIELDS} FROM jobs ${owner}
    AND (?3 IS NULL OR state IN (SELECT value FROM json_each(?3))) AND (?4 IS NULL OR model_id = ?4)
    AND created_at_ms >= ?5 AND created_at_ms < ?6 AND (created_at_ms, id) < (?7, ?8)
    AND ?2 IN ('', token_id) AND ?10 IN ('', end_user) AND (?11 IS NULL OR end_user = ?11)
  ORDER BY created_at_ms DESC, id DESC LIMIT ?9`;

const LIST_OF_CUSTOMER = listOf('INDEXED BY jobs_of_customer WHERE customer_id = ?1');
const LIST_OF_TOKEN = listOf(
  "INDEXED BY jobs_of_token WHERE token_id = ?2 AND token_id <> '' AND customer_id = ?1",
);
const LIST_OF_END_USER = listOf(
  "INDEXED BY jobs_of_end_user WHERE customer_id = ?1 AND end_user = COALESCE(?11, ?10) AND end_user <> ''",
);

function listFor({ tokenId, endUser }: Sphere, filter: OwnJobFilter): string {
  if (tokenId !== '') {
    return LIST_OF_TOKEN;
  }
  return endUser === '' && filter.endUser === null ? LIST_OF_CUSTOMER : LIST_OF_END_USER;
}

function ownJobOf(row: Row): OwnJob {
  return {
    id: column(row, 'id', isJobId),
    endUser: column(row, 'end_user', isText),
    modelId: column(row, 'model_id', isText),
    state: column(row, 'state', oneOf(JOB_STATES)),
    holdMicros: column(row, 'hold_micros', isMicros),
    chargeMicros: column(row, 'charge_micros', orNull(isMicros)),
    adjustedMicros: column(row, 'adjusted_micros', isWhole),
    createdAtMs: column(row, 'created_at_ms', isNumber),
    endedAtMs: column(row, 'ended_at_ms', orNull(isNumber)),
  };
}

/** A page of the jobs in the sphere, newest first, from before `before`. */
export async function readOwnJobs(
  db: D1Database,
  sphere: Sphere,
  { filter, page }: { filter: OwnJobFilter; page: { beforeMs: number; beforeId: string; limit: number } },
): Promise<OwnJob[]> {
  const { states, model, fromMs, toMs } = filter;
  const { results } = await db
    .prepare(listFor(sphere, filter))
    .bind(
      sphere.customerId,
      sphere.tokenId,
      states === null ? null : JSON.stringify(states),
      model,
      fromMs,
      toMs,
      page.beforeMs,
      page.beforeId,
      page.limit,
      sphere.endUser,
      filter.endUser,
    )
    .all();
  return results.map(ownJobOf);
}

/** The job of this id if it is in the sphere, or null. */
export async function findOwnJob(
  db: D1Database,
  { customerId, tokenId, endUser }: Sphere,
  id: JobId,
): Promise<OwnJob | null> {
  const row = await db
    .prepare(
      `SELECT ${FIELDS} FROM jobs
       WHERE id = ?3 AND customer_id = ?1 AND ?2 IN ('', token_id) AND ?4 IN ('', end_user)`,
    )
    .bind(customerId, tokenId, id, endUser)
    .first();
  return row === null ? null : ownJobOf(row);
}
