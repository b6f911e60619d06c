// /admin/jobs: every job with its cost, and the operator's decision about jobs with an unknown outcome.

import * as z from 'zod/mini';
import { getAdjustedJob } from '../../features/jobs/get-job.ts';
import { JOB_STATES, noSuchJobForOperator } from '../../features/jobs/job.ts';
import { listJobs } from '../../features/jobs/list-jobs.ts';
import { resolveJob, resolveRange, type Verdict } from '../../features/lifecycle/resolve.ts';
import { instant } from '../../http/instant.ts';
import { refuse } from '../../http/refuse.ts';
import { route } from '../../http/route.ts';
import { endUserText, filter, filterText } from '../../http/text-schema.ts';
import { isAccountId, isJobId, type AccountId, type JobId } from '../../lib/ids.ts';
import type { ResolvedRangeView } from './job-view.ts';
import { ordered, pageAfter, placeOf, showPage } from '../../http/paging.ts';
import { showJob, showResolvedJob, showWholeJob } from './show-job.ts';

const jobsQuery = z.strictObject({
  ...ordered,
  customer: filterText,
  key: filterText,
  model: filterText,
  state: filter(z.enum(JOB_STATES)),
  upstream_id: filterText,
  idempotency_key: filter(z.string().check(z.maxLength(255))),
  trace_id: filterText,
  end_user: filter(endUserText),
  from: filter(instant),
  to: filter(instant),
});

const word = z.enum(['refused', 'lost']);

const verdictBody = z.pipe(
  z.strictObject({
    outcome: z.optional(word),
    upstream_id: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,128}$/, 'is not an id of RunComfy'))),
  }),
  z.transform((body, context): Verdict => {
    const { outcome, upstream_id: upstreamId } = body;
    if (outcome !== undefined && upstreamId === undefined) {
      return { outcome };
    }
    if (upstreamId !== undefined && outcome === undefined) {
      return { upstreamId };
    }
    return refuse(context, 'needs either outcome ("refused", "lost") or upstream_id');
  }),
);

const rangeBody = z
  .strictObject({
    account: z
      .custom<AccountId>(isAccountId, 'is not the id of an account')
      .check(z.meta({ type: 'string' })),
    from: instant,
    to: instant,
    outcome: word,
  })
  .check(z.refine(({ from, to }) => from < to, { path: ['to'], message: 'must be later than from' }));

export const jobRoutes = {
  listJobs: route({
    method: 'GET',
    path: '/admin/jobs',
    door: 'admin',
    summary: 'List jobs, newest first unless `order` is oldest.',
    query: jobsQuery,
    refusals: [],
    async run({ runtime, query }) {
      const { upstream_id, idempotency_key, trace_id, end_user, from, to, limit, cursor, ...rest } = query;
      const ids = {
        upstreamId: upstream_id,
        idempotencyKey: idempotency_key,
        traceId: trace_id,
        endUser: end_user,
      };
      const order = rest.order ?? 'newest';
      const asked = { ...rest, ...ids, order, fromMs: from ?? 0, toMs: to ?? Number.MAX_SAFE_INTEGER };
      const { rows, stoppedAt } = await listJobs(runtime, asked, pageAfter({ limit, cursor }, order));
      return showPage(rows, limit, { show: showJob, place: placeOf, stoppedAt });
    },
  }),
  resolveJobs: route({
    method: 'POST',
    path: '/admin/jobs/resolve',
    door: 'admin',
    summary:
      "Set the outcome of all unconfirmed jobs of an account in a period. If KV holds a job's upstream id, RunComfy accepted it; it continues whatever outcome you send.",
    body: rangeBody,
    refusals: [],
    audit: 'job.resolve',
    async run({ runtime, body, change }): Promise<ResolvedRangeView> {
      const { account: accountId, from, to, outcome } = body;
      const range = { accountId, fromMs: from, toMs: to };
      const { resolved, hasMore } = await resolveRange(runtime, range, {
        outcome,
        change: change(accountId),
      });
      return { resolved, has_more: hasMore };
    },
  }),
  resolveJob: route({
    method: 'POST',
    path: '/admin/jobs/{job}/resolve',
    door: 'admin',
    summary:
      "Set the outcome of a job, or its RunComfy id. If KV holds a job's upstream id, RunComfy accepted it; it continues whatever outcome you send.",
    body: verdictBody,
    refusals: ['not_found', 'conflict', 'upstream_unavailable'],
    audit: 'job.resolve',
    async run({ runtime, params, body: verdict, change }) {
      const id = jobIdOf(params);
      return showResolvedJob(await resolveJob(runtime, id, { verdict, change: change(id) }));
    },
  }),
  getJob: route({
    method: 'GET',
    path: '/admin/jobs/{job}',
    door: 'admin',
    summary: 'Get a job with its result and its adjustments.',
    refusals: ['not_found'],
    run: async ({ runtime, params }) => showWholeJob(await getAdjustedJob(runtime, jobIdOf(params))),
  }),
};

function jobIdOf({ job }: { job: string }): JobId {
  if (!isJobId(job)) {
    throw noSuchJobForOperator();
  }
  return job;
}
