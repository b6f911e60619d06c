// The operator's lists of jobs: a page at a time, each filter led to an index.

import { isNumber } from '../../lib/guard.ts';
import { column } from '../../storage/column.ts';
import { behind, MAX_READ, type Found, type Order, type Page } from '../../storage/page.ts';
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

type Range = { fromMs: number; toMs: number };

/** What of the range lies behind the place, so that it bounds the search of the index. */
function rangeBehind({ fromMs, toMs, order }: JobFilter, { afterMs }: Page): Range {
  return order === 'oldest'
    ? { fromMs: Math.max(fromMs, afterMs), toMs }
    : { fromMs, toMs: Math.min(toMs, afterMs + 1) };
}

function skips({ key, model, state, idempotencyKey, endUser }: JobFilter): boolean {
  return [key, model, state, idempotencyKey, endUser].some((one) => one !== null);
}

/** The instant of the job at which reading stops; null: all that lies behind the place is read. */
async function readStop(db: D1Database, filter: JobFilter, page: Page & Range): Promise<number | null> {
  const from = placeFor(filter);
  if (!skips(filter) || (from !== BY_AGE && from !== OF_OWNER)) {
    return null;
  }
  const { fromMs, toMs, afterMs, afterId } = page;
  const row = await db
    .prepare(
      `SELECT created_at_ms FROM jobs ${from} AND created_at_ms >= ?3 AND created_at_ms < ?4
         AND ${behind(filter.order, '?5', '?6')} LIMIT 1 OFFSET ${MAX_READ - 1}`,
    )
    .bind(filter.customer, filter.key, fromMs, toMs, afterMs, afterId)
    .first();
  return row === null ? null : column(row, 'created_at_ms', isNumber);
}

/** A page of jobs. */
export async function readJobs(db: D1Database, filter: JobFilter, page: Page): Promise<Found<Job>> {
  const range = rangeBehind(filter, page);
  const stopMs = await readStop(db, filter, { ...page, ...range });
  const isUp = filter.order === 'oldest';
  const { results } = await db
    .prepare(listOf(placeFor(filter), filter.order))
    .bind(
      filter.customer,
      filter.key,
      filter.model,
      filter.state,
      filter.upstreamId,
      stopMs === null || isUp ? range.fromMs : stopMs,
      stopMs === null || !isUp ? range.toMs : stopMs + 1,
      page.afterMs,
      page.afterId,
      page.limit,
      filter.idempotencyKey,
      filter.traceId,
      filter.endUser,
    )
    .all();
  // Jobs of that very instant have all been read: an id stands behind them, or before.
  const stoppedAt = stopMs === null ? null : { ms: stopMs, id: isUp ? 'z' : '-' };
  return { rows: results.map(jobOf), stoppedAt };
}
