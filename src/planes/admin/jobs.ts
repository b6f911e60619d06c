// /admin/jobs: what every job is and what it cost, and the operator's word on those of unknown outcome.

import * as z from 'zod/mini';
import { showPrice } from '../../features/pricing/price-format.ts';
import { readJson } from '../../http/body.ts';
import type { AppContext, AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { validate } from '../../http/validate.ts';
import { JOB_STATES, type Job } from '../../features/jobs/job.ts';
import type { JobResult } from '../../features/runcomfy/wire.ts';
import { resolveJob, resolveRange, type Verdict } from '../../features/lifecycle/resolve.ts';
import { listJobs } from '../../features/jobs/list-store.ts';
import { findJob } from '../../features/jobs/store.ts';
import { isAccountId, isJobId, type AccountId, type JobId } from '../../lib/ids.ts';
import { instant } from '../../lib/instant.ts';
import { lazy } from '../../lib/lazy.ts';
import { usd, type Micros } from '../../lib/money.ts';
import { Problem } from '../../lib/problem.ts';
import { refuse } from '../../lib/refuse.ts';
import { filterText } from '../../lib/text-schema.ts';
import { changeBy } from './change.ts';
import { paging, showInstant, placeOf, showPage } from './paging.ts';

const jobsQuery = lazy(() =>
  z.strictObject({
    ...paging().shape,
    customer: filterText(),
    key: filterText(),
    model: filterText(),
    state: z._default(z.nullable(z.enum(JOB_STATES)), null),
    upstream_id: filterText(),
    idempotency_key: z._default(z.nullable(z.string().check(z.maxLength(255))), null),
    from: z._default(instant(), 0),
    to: z._default(instant(), Number.MAX_SAFE_INTEGER),
  }),
);

const word = lazy(() => z.enum(['refused', 'lost']));

const verdictBody = lazy(() =>
  z.pipe(
    z.strictObject({
      outcome: z.optional(word()),
      upstream_id: z.optional(
        z.string().check(z.regex(/^[A-Za-z0-9_-]{1,128}$/, 'is not an id of RunComfy')),
      ),
    }),
    z.transform((body, context): Verdict => {
      const { outcome, upstream_id: upstreamId } = body;
      if (outcome !== undefined && upstreamId === undefined) {
        return { outcome };
      }
      if (upstreamId !== undefined && outcome === undefined) {
        return { upstreamId };
      }
      return refuse(context, 'needs either outcome («refused», «lost») or upstream_id');
    }),
  ),
);

const rangeBody = lazy(() =>
  z
    .strictObject({
      account: z.custom<AccountId>(isAccountId, 'is not the id of an account'),
      from: instant(),
      to: instant(),
      outcome: word(),
    })
    .check(z.refine(({ from, to }) => from < to, { path: ['to'], message: 'must be later than from' })),
);

export function jobsApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.get('/', async (c) => {
    const query = validate(jobsQuery(), c.req.query(), 'invalid_parameter');
    const { upstream_id, idempotency_key, from, to, limit, cursor, ...rest } = query;
    const ids = { upstreamId: upstream_id, idempotencyKey: idempotency_key };
    const filter = { ...rest, ...ids, fromMs: from, toMs: to };
    const page = { beforeMs: cursor?.ms ?? Number.MAX_SAFE_INTEGER, beforeId: cursor?.id ?? '', limit };
    const jobs = await listJobs(c.get('deps').db, filter, page);
    return c.json(showPage(jobs, limit, { show: showJob, place: placeOf }));
  });
  api.post('/resolve', resolveMany);
  api.post('/:id/resolve', resolveOne);
  api.get('/:id', async (c) => {
    const job = await findJob(c.get('deps').db, jobIdOf(c));
    if (job === null) {
      throw new Problem('not_found', 'There is no such job.');
    }
    return c.json(showJobWithResult(job));
  });
  return api;
}

async function resolveOne(c: AppContext): Promise<Response> {
  const id = jobIdOf(c);
  const sent = await readJson(c);
  const verdict = validate(verdictBody(), sent);
  const change = changeBy(c, 'job.resolve', { object: id, change: sent });
  return c.json(showJobWithResult(await resolveJob(c.get('deps'), id, { verdict, change })));
}

async function resolveMany(c: AppContext): Promise<Response> {
  const sent = await readJson(c);
  const { account, from, to, outcome } = validate(rangeBody(), sent);
  const change = changeBy(c, 'job.resolve', { object: account, change: sent });
  const range = { accountId: account, fromMs: from, toMs: to };
  const { resolved, hasMore } = await resolveRange(c.get('deps'), range, { outcome, change });
  return c.json({ resolved, has_more: hasMore });
}

function jobIdOf(c: AppContext): JobId {
  const id = c.req.param('id') ?? '';
  if (!isJobId(id)) {
    throw new Problem('not_found', 'There is no such job.');
  }
  return id;
}

function showJobWithResult(job: Job): Record<string, unknown> {
  return { ...showJob(job), result: job.result === null ? null : showStored(job.result) };
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
