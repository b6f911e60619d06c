// The operator's lists of jobs: a page at a time, each filter led to an index.

import type { Job } from './job.ts';
import { jobOf } from './store.ts';

export type JobFilter = {
  customer: string | null;
  key: string | null;
  model: string | null;
  state: string | null;
  upstreamId: string | null;
  idempotencyKey: string | null;
  traceId: string | null;
  endUser: string | null;
  fromMs: number;
  toMs: number;
};

// Whose key ?2 is says whose jobs are meant: what is told of one customer never walks the jobs of the others.
const OWNER = 'customer_id = COALESCE(?1, (SELECT customer_id FROM keys WHERE id = ?2))';

/** `from` leads to an index; the rest filters what that finds. */
const listOf = (from: string) => `SELECT * FROM jobs ${from}
    AND (?1 IS NULL OR customer_id = ?1) AND (?2 IS NULL OR key_id = ?2 OR token_id = ?2)
    AND (?3 IS NULL OR model_id = ?3) AND (?4 IS NULL OR state = ?4) AND (?5 IS NULL OR upstream_id = ?5)
    AND (?11 IS NULL OR idempotency_key = ?11) AND (?12 IS NULL OR trace_id = ?12)
    AND (?13 IS NULL OR end_user = ?13)
    AND created_at_ms >= ?6 AND created_at_ms < ?7 AND (created_at_ms, id) < (?8, ?9)
  ORDER BY created_at_ms DESC, id DESC LIMIT ?10`;

const LIST_BY_AGE = listOf('WHERE 1');
const LIST_OF_OWNER = listOf(`WHERE ${OWNER}`);
const LIST_BY_UPSTREAM_ID = listOf('WHERE upstream_id = ?5');
const LIST_BY_TRACE_ID = listOf('WHERE trace_id = ?12');
const LIST_BY_IDEMPOTENCY_KEY = listOf(
  `INDEXED BY jobs_by_idempotency_key WHERE ${OWNER} AND idempotency_key = ?11`,
);
const LIST_OF_END_USER = listOf(
  `INDEXED BY jobs_of_end_user WHERE ${OWNER} AND end_user = ?13 AND end_user <> ''`,
);

function listFor({ customer, key, upstreamId, idempotencyKey, traceId, endUser }: JobFilter): string {
  if (upstreamId !== null) {
    return LIST_BY_UPSTREAM_ID;
  }
  if (traceId !== null) {
    return LIST_BY_TRACE_ID;
  }
  if (customer === null && key === null) {
    return LIST_BY_AGE;
  }
  if (idempotencyKey !== null) {
    return LIST_BY_IDEMPOTENCY_KEY;
  }
  return endUser === null ? LIST_OF_OWNER : LIST_OF_END_USER;
}

/** A page of jobs, newest first, from before `before`. */
export async function readJobs(
  db: D1Database,
  filter: JobFilter,
  page: { beforeMs: number; beforeId: string; limit: number },
): Promise<Job[]> {
  const { results } = await db
    .prepare(listFor(filter))
    .bind(
      filter.customer,
      filter.key,
      filter.model,
      filter.state,
      filter.upstreamId,
      filter.fromMs,
      filter.toMs,
      page.beforeMs,
      page.beforeId,
      page.limit,
      filter.idempotencyKey,
      filter.traceId,
      filter.endUser,
    )
    .all();
  return results.map(jobOf);
}
