// GET /v1/usage: the charges of a customer's jobs, or of the jobs that a browser token sees. Columns are listed one by
// one, so that the operator's cost is never shown.

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
    inTurn: true,
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

/** A lost job counts as failed, as in its /result. */
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
