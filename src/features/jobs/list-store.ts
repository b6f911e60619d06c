// The operator's lists of jobs: a page at a time, each filter led to an index.

import { isNumber } from '../../lib/guard.ts';
import { column } from '../../storage/column.ts';
import { behind, MAX_READ, type Found, type Order, type Page } from '../../storage/page.ts';
import { statement } from '../../storage/statement.ts';
import type { Job } from './job.ts';
import { jobOf } from './store.ts';

type Columns = {
  customer: string | null;
  key: string | null;
  model: string | null;
  state: string | null;
  upstreamId: string | null;
  idempotencyKey: string | null;
  traceId: string | null;
  endUser: string | null;
};

type Range = { fromMs: number; toMs: number };

export type JobFilter = Columns & Range & { order: Order };

// The customer of a key bounds the search: a list about one customer never walks the jobs of the others.
const OWNER = 'customer_id = COALESCE(:customer, (SELECT customer_id FROM keys WHERE id = :key))';

/** Where a list starts: each place leads to an index, and the other filters narrow what that finds. */
const PLACES = {
  byAge: 'WHERE 1',
  ofOwner: `WHERE ${OWNER}`,
  byUpstreamId: 'WHERE upstream_id = :upstreamId',
  byTraceId: 'WHERE trace_id = :traceId',
  byIdempotencyKey: `INDEXED BY jobs_by_idempotency_key WHERE ${OWNER} AND idempotency_key = :idempotencyKey`,
  ofEndUser: `INDEXED BY jobs_of_end_user WHERE ${OWNER} AND end_user = :endUser AND end_user <> ''`,
};

type Place = keyof typeof PLACES;

function placeFor({ customer, key, upstreamId, idempotencyKey, traceId, endUser }: JobFilter): Place {
  if (upstreamId !== null) {
    return 'byUpstreamId';
  }
  if (traceId !== null) {
    return 'byTraceId';
  }
  if (customer === null && key === null) {
    return 'byAge';
  }
  if (idempotencyKey !== null) {
    return 'byIdempotencyKey';
  }
  return endUser === null ? 'ofOwner' : 'ofEndUser';
}

/** The page starts behind this row. */
const behindPage = (order: Order) => behind(order, ':afterMs', ':afterId');

const listOf = (place: Place, order: Order) =>
  statement<Columns & Range & Page>(`SELECT * FROM jobs ${PLACES[place]}
    AND (:customer IS NULL OR customer_id = :customer) AND (:key IS NULL OR key_id = :key OR token_id = :key)
    AND (:model IS NULL OR model_id = :model) AND (:state IS NULL OR state = :state)
    AND (:upstreamId IS NULL OR upstream_id = :upstreamId)
    AND (:idempotencyKey IS NULL OR idempotency_key = :idempotencyKey)
    AND (:traceId IS NULL OR trace_id = :traceId) AND (:endUser IS NULL OR end_user = :endUser)
    AND created_at_ms >= :fromMs AND created_at_ms < :toMs AND ${behindPage(order)} LIMIT :limit`);

const listsIn = (order: Order) => ({
  byAge: listOf('byAge', order),
  ofOwner: listOf('ofOwner', order),
  byUpstreamId: listOf('byUpstreamId', order),
  byTraceId: listOf('byTraceId', order),
  byIdempotencyKey: listOf('byIdempotencyKey', order),
  ofEndUser: listOf('ofEndUser', order),
});

const LISTS = { oldest: listsIn('oldest'), newest: listsIn('newest') };

const stopOf = (place: 'byAge' | 'ofOwner', order: Order) =>
  statement<Columns & Range & Page>(`SELECT created_at_ms FROM jobs ${PLACES[place]}
    AND created_at_ms >= :fromMs AND created_at_ms < :toMs
    AND ${behindPage(order)} LIMIT 1 OFFSET ${MAX_READ - 1}`);

const STOPS = {
  oldest: { byAge: stopOf('byAge', 'oldest'), ofOwner: stopOf('ofOwner', 'oldest') },
  newest: { byAge: stopOf('byAge', 'newest'), ofOwner: stopOf('ofOwner', 'newest') },
};

/** A page of jobs. */
export async function readJobs(db: D1Database, filter: JobFilter, page: Page): Promise<Found<Job>> {
  const { order } = filter;
  const isUp = order === 'oldest';
  // The range ends where the page starts, so that it bounds the search of the index.
  const fromMs = isUp ? Math.max(filter.fromMs, page.afterMs) : filter.fromMs;
  const toMs = isUp ? filter.toMs : Math.min(filter.toMs, page.afterMs + 1);
  const values = { ...filter, ...page, fromMs, toMs };
  const stopMs = await readStop(db, filter, values);
  const list = LISTS[order][placeFor(filter)];
  const { results } = await list(db, {
    ...values,
    fromMs: stopMs === null || isUp ? fromMs : stopMs,
    toMs: stopMs === null || !isUp ? toMs : stopMs + 1,
  }).all();
  // Jobs of that very instant have all been read: an id stands behind them, or before.
  const stoppedAt = stopMs === null ? null : { ms: stopMs, id: isUp ? 'z' : '-' };
  return { rows: results.map(jobOf), stoppedAt };
}

/** The instant of the job at which reading stops; null: every job behind the start of the page is read. */
async function readStop(
  db: D1Database,
  filter: JobFilter,
  values: Columns & Range & Page,
): Promise<number | null> {
  const { key, model, state, idempotencyKey, endUser, order } = filter;
  const place = placeFor(filter);
  const skipsRows = [key, model, state, idempotencyKey, endUser].some((each) => each !== null);
  if (!skipsRows || (place !== 'byAge' && place !== 'ofOwner')) {
    return null;
  }
  const row = await STOPS[order][place](db, values).first();
  return row === null ? null : column(row, 'created_at_ms', isNumber);
}
