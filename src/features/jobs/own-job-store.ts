// The SQL of a customer's own lists of jobs: what the operator knows beyond the customer is not read at all.

import { isNumber, isText, isWhole, oneOf, orNull } from '../../lib/guard.ts';
import { isJobId, type CustomerId, type JobId, type KeyId } from '../../lib/ids.ts';
import { isMicros, type Micros } from '../../lib/money.ts';
import { column, type Row } from '../../storage/column.ts';
import { JOB_STATES, type JobState } from './job.ts';

export type OwnJob = {
  id: JobId;
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

/** Whose jobs: a customer's, or those of one of their browser tokens. */
type Owner = { customerId: CustomerId; tokenId: KeyId | '' };

/** From ≤ t < to. Null: no such filter. */
export type OwnJobFilter = {
  states: readonly JobState[] | null;
  model: string | null;
  fromMs: number;
  toMs: number;
};

const FIELDS = `id, model_id, state, hold_micros, charge_micros, created_at_ms, ended_at_ms,
  (SELECT COALESCE(SUM(micros), 0) FROM ledger WHERE job_id = jobs.id AND kind = 'adjustment') AS adjusted_micros`;

/** `owner` leads to an index; the rest filters what that finds. */
const listOf = (owner: string) => `SELECT ${FIELDS} FROM jobs ${owner}
    AND (?3 IS NULL OR state IN (SELECT value FROM json_each(?3))) AND (?4 IS NULL OR model_id = ?4)
    AND created_at_ms >= ?5 AND created_at_ms < ?6 AND (created_at_ms, id) < (?7, ?8)
  ORDER BY created_at_ms DESC, id DESC LIMIT ?9`;

const LIST_OF_CUSTOMER = listOf("INDEXED BY jobs_of_customer WHERE customer_id = ?1 AND ?2 = ''");
const LIST_OF_TOKEN = listOf(
  "INDEXED BY jobs_of_token WHERE token_id = ?2 AND token_id <> '' AND customer_id = ?1",
);

function ownJobOf(row: Row): OwnJob {
  return {
    id: column(row, 'id', isJobId),
    modelId: column(row, 'model_id', isText),
    state: column(row, 'state', oneOf(JOB_STATES)),
    holdMicros: column(row, 'hold_micros', isMicros),
    chargeMicros: column(row, 'charge_micros', orNull(isMicros)),
    adjustedMicros: column(row, 'adjusted_micros', isWhole),
    createdAtMs: column(row, 'created_at_ms', isNumber),
    endedAtMs: column(row, 'ended_at_ms', orNull(isNumber)),
  };
}

/** A page of the owner's jobs, newest first, from before `before`. */
export async function readOwnJobs(
  db: D1Database,
  { customerId, tokenId }: Owner,
  { filter, page }: { filter: OwnJobFilter; page: { beforeMs: number; beforeId: string; limit: number } },
): Promise<OwnJob[]> {
  const { states, model, fromMs, toMs } = filter;
  const { results } = await db
    .prepare(tokenId === '' ? LIST_OF_CUSTOMER : LIST_OF_TOKEN)
    .bind(
      customerId,
      tokenId,
      states === null ? null : JSON.stringify(states),
      model,
      fromMs,
      toMs,
      page.beforeMs,
      page.beforeId,
      page.limit,
    )
    .all();
  return results.map(ownJobOf);
}

/** The owner's job of this id, or null. */
export async function findOwnJob(
  db: D1Database,
  { customerId, tokenId }: Owner,
  id: JobId,
): Promise<OwnJob | null> {
  const row = await db
    .prepare(`SELECT ${FIELDS} FROM jobs WHERE id = ?3 AND customer_id = ?1 AND ?2 IN ('', token_id)`)
    .bind(customerId, tokenId, id)
    .first();
  return row === null ? null : ownJobOf(row);
}
