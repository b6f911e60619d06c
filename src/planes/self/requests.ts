// GET /v1/requests and /v1/requests/{request_id}: a customer's jobs with what each costs and why. Status and result of
// the same jobs are RunComfy's own calls.

import * as z from 'zod/mini';
import { getOwnJob, listOwnJobs } from '../../features/jobs/own-jobs.ts';
import { instant } from '../../http/instant.ts';
import { pageBefore, paging, placeOf, showPage } from '../../http/paging.ts';
import { route } from '../../http/route.ts';
import { endUserText, filter, filterText } from '../../http/text-schema.ts';
import { REQUEST_STATES } from './request-states.ts';
import { showRequest, statesOf } from './show-request.ts';

const requestsQuery = z.strictObject({
  ...paging,
  state: filter(z.enum(REQUEST_STATES)),
  model: filterText,
  end_user: filter(endUserText),
  from: filter(instant),
  to: filter(instant),
});

export const requestRoutes = {
  listRequests: route({
    method: 'GET',
    path: '/v1/requests',
    door: 'key',
    tokens: true,
    summary: 'List your jobs, newest first, with what each costs and why',
    query: requestsQuery,
    refusals: [],
    async run({ runtime, principal, query }) {
      const { state, model, end_user: endUser, from, to, limit } = query;
      const states = state === null ? null : statesOf(state);
      const period = { fromMs: from ?? 0, toMs: to ?? Number.MAX_SAFE_INTEGER };
      const asked = { filter: { states, model, endUser, ...period }, page: pageBefore(query) };
      const jobs = await listOwnJobs(runtime, principal, asked);
      return showPage(jobs, limit, { show: showRequest, place: placeOf });
    },
  }),
  getRequest: route({
    method: 'GET',
    path: '/v1/requests/{request_id}',
    door: 'key',
    tokens: true,
    summary: 'Read what a job costs and why',
    refusals: ['job_not_found'],
    run: async ({ runtime, principal, params }) =>
      showRequest(await getOwnJob(runtime, principal, params.request_id)),
  }),
};
