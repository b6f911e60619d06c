// /admin/usage: bookings of a period with cost and margin, and monthly statements of customers.

import * as z from 'zod/mini';
import { reportUsage } from '../../features/usage/report.ts';
import { showSnapshot } from '../../features/pricing/price-format.ts';
import { getStatement, sumOfLines, type LineSums } from '../../features/usage/statement.ts';
import type { StatementLine } from '../../features/usage/statement-store.ts';
import { GROUPS, marginOf, monthOf, type Usage } from '../../features/usage/usage.ts';
import { route } from '../../http/route.ts';
import { filter, filterText } from '../../http/text-schema.ts';
import { showInstant } from '../../http/paging.ts';
import { jsonCells } from '../../lib/cells.ts';
import { usd } from '../../lib/money.ts';
import type { StatementView } from './statement-view.ts';
import { answerUsage, periodOf, usageParameters } from '../../http/usage.ts';

const MONTH = /^(?:19[7-9]|[2-9]\d\d)\d-(?:0[1-9]|1[0-2])$/;

export const usageRoutes = {
  reportUsage: route({
    method: 'GET',
    path: '/admin/usage',
    door: 'admin',
    summary: 'Get the bookings of a period, with cost and margin.',
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
  getStatement: route({
    method: 'GET',
    path: '/admin/customers/{customer}/statement',
    door: 'admin',
    summary: "Get a customer's monthly statement, by model and price. The default is the current month.",
    query: z.strictObject({ month: filter(z.string().check(z.regex(MONTH, 'is a month such as 2026-11'))) }),
    refusals: ['not_found'],
    async run({ runtime, params, query }): Promise<StatementView> {
      const { month } = query;
      const period = monthOf(month === null ? runtime.clock.now() : Date.parse(`${month}-01`));
      const { customer, lines } = await getStatement(runtime, params.customer, period);
      return {
        customer: customer.id,
        name: customer.name,
        external_id: customer.externalId,
        from: showInstant(period.fromMs),
        to: showInstant(period.toMs),
        lines: lines.map(showLine),
        total: showSums(sumOfLines(lines)),
      };
    },
  }),
};

function showLine({ model, price, markupE4, unitMicros, ...sums }: StatementLine) {
  return {
    model_id: model,
    price: showSnapshot(price),
    markup: markupE4 / 10_000,
    unit_usd: usd(unitMicros),
    ...showSums(sums),
  };
}

function showSums({ jobs, succeeded, charged, adjusted }: LineSums) {
  const due_usd = charged - adjusted;
  return jsonCells({ jobs, succeeded, charged_usd: charged, adjusted_usd: adjusted, due_usd });
}

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
