// /admin/usage: what was booked in a period, for whom, at what cost.

import * as z from 'zod/mini';
import { reportUsage } from '../../features/usage/report.ts';
import { GROUPS, marginOf, type Usage } from '../../features/usage/usage.ts';
import { route } from '../../http/route.ts';
import { filterText } from '../../http/text-schema.ts';
import { answerUsage, periodOf, usageParameters } from '../../http/usage.ts';

export const usageRoutes = {
  reportUsage: route({
    method: 'GET',
    path: '/admin/usage',
    door: 'admin',
    summary: 'Report what was booked in a period, with cost and margin',
    query: z.strictObject({ ...usageParameters(GROUPS), customer: filterText }),
    csv: true,
    refusals: ['not_found'],
    async run({ runtime, query }) {
      const period = periodOf(query, runtime.clock.now());
      const { group_by: groups, customer } = query;
      const report = await reportUsage(runtime, { period, groups, customer });
      return answerUsage(query, period, { report, show: showUsage });
    },
  }),
};

function showUsage(usage: Usage) {
  return {
    jobs: usage.jobs,
    succeeded: usage.succeeded,
    failed: usage.failed,
    cancelled: usage.cancelled,
    lost: usage.lost,
    charged_usd: usage.charged,
    adjusted_usd: usage.adjusted,
    cost_usd: usage.cost,
    loss_usd: usage.loss,
    margin_usd: marginOf(usage),
  };
}
