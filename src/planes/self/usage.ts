// GET /v1/usage: what a customer's jobs were charged; a browser token reads of the jobs that it sees. The columns are named one
// by one: what the jobs cost the operator stays inside.

import * as z from 'zod/mini';
import { reportOwnUsage } from '../../features/usage/report.ts';
import type { Usage } from '../../features/usage/usage.ts';
import { route } from '../../http/route.ts';
import { answerUsage, periodOf, usageParameters } from '../../http/usage.ts';

export const usageRoutes = {
  reportOwnUsage: route({
    method: 'GET',
    path: '/v1/usage',
    door: 'key',
    tokens: true,
    summary: 'Get what your jobs were charged in a period.',
    query: z.strictObject(usageParameters(['key', 'model', 'day', 'end_user'])),
    csv: true,
    refusals: [],
    async run({ runtime, principal, query }) {
      const period = periodOf(query, runtime.clock.now());
      const report = await reportOwnUsage(runtime, principal, { period, groups: query.group_by });
      return answerUsage(query, period, { report, show: showOwnUsage });
    },
  }),
};

/** A lost job failed, as its /result says. */
function showOwnUsage(usage: Usage) {
  return {
    jobs: usage.jobs,
    succeeded: usage.succeeded,
    failed: usage.failed + usage.lost,
    cancelled: usage.cancelled,
    charged_usd: usage.charged,
    adjusted_usd: usage.adjusted,
  };
}
