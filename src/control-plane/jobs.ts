// /admin/jobs: what every job is and what it cost.

import { Hono } from 'hono';
import * as z from 'zod';
import { showPrice } from '../catalogue/price-format.ts';
import type { AppEnv } from '../http/context.ts';
import { validate } from '../http/validate.ts';
import { JOB_STATES, type Job, type JobResult } from '../jobs/job.ts';
import { findJob, listJobs } from '../jobs/store.ts';
import { isJobId } from '../lib/ids.ts';
import { instant } from '../lib/instant.ts';
import { usd, type Micros } from '../lib/money.ts';
import { Problem } from '../lib/problem.ts';
import { paging, showInstant, placeOf, showPage } from './paging.ts';

const text = z.string().max(200);

const jobsQuery = z.strictObject({
  ...paging.shape,
  customer: text.nullable().default(null),
  key: text.nullable().default(null),
  model: text.nullable().default(null),
  state: z.enum(JOB_STATES).nullable().default(null),
  upstream_id: text.nullable().default(null),
  from: instant.default(0),
  to: instant.default(Number.MAX_SAFE_INTEGER),
});

export function jobsApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.get('/', async (c) => {
    const query = validate(jobsQuery, c.req.query(), 'invalid_parameter');
    const { customer, key, model, state, upstream_id, from, to, limit, cursor } = query;
    const filter = { customer, key, model, state, upstreamId: upstream_id, fromMs: from, toMs: to };
    const page = { beforeMs: cursor?.ms ?? Number.MAX_SAFE_INTEGER, beforeId: cursor?.id ?? '', limit };
    const jobs = await listJobs(c.var.deps.db, filter, page);
    return c.json(showPage(jobs, limit, { show: showJob, place: placeOf }));
  });
  api.get('/:id', async (c) => {
    const id = c.req.param('id');
    const job = isJobId(id) ? await findJob(c.var.deps.db, id) : null;
    if (job === null) {
      throw new Problem('not_found', 'There is no such job.');
    }
    return c.json({ ...showJob(job), result: job.result === null ? null : showStored(job.result) });
  });
  return api;
}

function showJob(job: Job): Record<string, unknown> {
  return {
    id: job.id,
    customer: job.customerId,
    key: job.keyId,
    token: job.tokenId === '' ? null : job.tokenId,
    model_id: job.modelId,
    account: job.accountId,
    state: job.state,
    upstream_id: job.upstreamId,
    price: job.price === null ? null : { ...showPrice(job.price), own: job.price.isOwn },
    markup: job.markupE4 / 10_000,
    unit_usd: usd(job.unitMicros),
    charge: job.chargeMode,
    estimate_usd: usd(job.estimateMicros),
    hold_usd: usd(job.holdMicros),
    charge_usd: showMoney(job.chargeMicros),
    cost_usd: showMoney(job.costMicros),
    cost_flag: job.costFlag,
    created_at: showInstant(job.createdAtMs),
    ended_at: showInstant(job.endedAtMs),
    settled_at: showInstant(job.settledAtMs),
  };
}

/** As RunComfy told it, upstream ids and all: the operator sees everything. */
function showStored({ state, modelId, createdAt, finishedAt, ...rest }: JobResult): Record<string, unknown> {
  return { status: state, ...rest, model_id: modelId, created_at: createdAt, finished_at: finishedAt };
}

function showMoney(micros: Micros | null): number | null {
  return micros === null ? null : usd(micros);
}
