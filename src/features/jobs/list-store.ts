// The operator's lists of jobs: a page at a time, each filter led to an index.

import { behind, type Order, type Page } from '../../storage/page.ts';
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
  order: Order;
};

// Whose key ?2 is says whose jobs are meant: what is told of one customer never walks the jobs of the others.
const OWNER = 'customer_id = COALESCE(?1, (SELECT customer_id FROM keys WHERE id = ?2))';

/** `from` leads to an index; the rest filters what that finds. */
const listOf = (from: string, order: Order) => `SELECT * FROM jobs ${from}
    AND (?1 IS NULL OR customer_id = ?1) AND (?2 IS NULL OR key_id = ?2 OR token_id = ?2)
    AND (?3 IS NULL OR model_id = ?3) AND (?4 IS NULL OR state = ?4) AND (?5 IS NULL OR upstream_id = ?5)
    AND (?11 IS NULL OR idempotency_key = ?11) AND (?12 IS NULL OR trace_id = ?12)
    AND (?13 IS NULL OR end_user = ?13)
    AND created_at_ms >= ?6 AND created_at_ms < ?7 AND ${behind(order, '?8', '?9')} LIMIT ?10`;

const BY_AGE = 'WHERE 1';
const OF_OWNER = `WHERE ${OWNER}`;
const BY_UPSTREAM_ID = 'WHERE upstream_id = ?5';
const BY_TRACE_ID = 'WHERE trace_id = ?12';
const BY_IDEMPOTENCY_KEY = `INDEXED BY jobs_by_idempotency_key WHERE ${OWNER} AND idempotency_key = ?11`;
const OF_END_USER = `INDEXED BY jobs_of_end_user WHERE ${OWNER} AND end_user = ?13 AND end_user <> ''`;

function placeFor({ customer, key, upstreamId, idempotencyKey, traceId, endUser }: JobFilter): string {
  if (upstreamId !== null) {
    return BY_UPSTREAM_ID;
  }
  if (traceId !== null) {
    return BY_TRACE_ID;
  }
  if (customer === null && key === null) {
    return BY_AGE;
  }
  if (idempotencyKey !== null) {
    return BY_IDEMPOTENCY_KEY;
  }
  return endUser === null ? OF_OWNER : OF_END_USER;
}

/** A page of jobs. */
export async function readJobs(db: D1Database, filter: JobFilter, page: Page): Promise<Job[]> {
  const { results } = await db
    .prepare(listOf(placeFor(filter), filter.order))
    .bind(
      filter.customer,
      filter.key,
      filter.model,
      filter.state,
      filter.upstreamId,
      filter.fromMs,
      filter.toMs,
      page.afterMs,
      page.afterId,
      page.limit,
      filter.idempotencyKey,
      filter.traceId,
      filter.endUser,
    )
    .all();
  return results.map(jobOf);
}
