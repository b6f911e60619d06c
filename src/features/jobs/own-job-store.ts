// The SQL of a customer's own lists of jobs. Columns that only the operator may see are not read at all.

import { isNumber, isText, isWhole, oneOf, orNull } from '../../lib/guard.ts';
import { isJobId, type JobId } from '../../lib/ids.ts';
import { isMicros, type Micros } from '../../lib/money.ts';
import { column, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
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

type List = {
  customerId: string;
  tokenId: string;
  endUser: string;
  /** A JSON array of states. */
  states: string | null;
  model: string | null;
  askedEndUser: string | null;
  fromMs: number;
  toMs: number;
  beforeMs: number;
  beforeId: string;
  limit: number;
};

/** `owner` leads to an index; the rest filters what that finds. */
const listOf = (owner: string) =>
  statement<List>(`SELECT ${FIELDS} FROM jobs ${owner}
    AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states))) AND (:model IS NULL OR model_id = :model)
    AND created_at_ms >= :fromMs AND created_at_ms < :toMs AND (created_at_ms, id) < (:beforeMs, :beforeId)
    AND :tokenId IN ('', token_id) AND :endUser IN ('', end_user)
    AND (:askedEndUser IS NULL OR end_user = :askedEndUser)
  ORDER BY created_at_ms DESC, id DESC LIMIT :limit`);

const LIST_OF_CUSTOMER = listOf('INDEXED BY jobs_of_customer WHERE customer_id = :customerId');
const LIST_OF_TOKEN = listOf(
  "INDEXED BY jobs_of_token WHERE token_id = :tokenId AND token_id <> '' AND customer_id = :customerId",
);
const LIST_OF_END_USER = listOf(
  `INDEXED BY jobs_of_end_user
   WHERE customer_id = :customerId AND end_user = COALESCE(:askedEndUser, :endUser) AND end_user <> ''`,
);

const FIND = statement<{ id: JobId; customerId: string; tokenId: string; endUser: string }>(
  `SELECT ${FIELDS} FROM jobs
   WHERE id = :id AND customer_id = :customerId AND :tokenId IN ('', token_id) AND :endUser IN ('', end_user)`,
);

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
  const { states, endUser: askedEndUser, ...rest } = filter;
  const ofOne = sphere.endUser === '' && askedEndUser === null ? LIST_OF_CUSTOMER : LIST_OF_END_USER;
  const list = sphere.tokenId === '' ? ofOne : LIST_OF_TOKEN;
  const { results } = await list(db, {
    ...sphere,
    ...rest,
    ...page,
    askedEndUser,
    states: states === null ? null : JSON.stringify(states),
  }).all();
  return results.map(ownJobOf);
}

/** The job of this id if it is in the sphere, or null. */
export async function findOwnJob(db: D1Database, sphere: Sphere, id: JobId): Promise<OwnJob | null> {
  const row = await FIND(db, { ...sphere, id }).first();
  return row === null ? null : ownJobOf(row);
}
