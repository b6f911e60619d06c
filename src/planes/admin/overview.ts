// GET /admin/overview: jobs and money by day, the largest customers and models.

import * as z from 'zod/mini';
import { getOverview, type Overview } from '../../features/overview/get.ts';
import type { Sums } from '../../features/overview/overview.ts';
import { showDay } from '../../features/usage/usage.ts';
import { showInstant } from '../../http/paging.ts';
import { route } from '../../http/route.ts';
import { usd } from '../../lib/money.ts';
import type { OverviewView } from './overview-view.ts';

const days = z._default(
  z.pipe(
    z.enum(['7', '30', '90']),
    z.transform((text) => Number(text)),
  ),
  30,
);

export const overviewRoutes = {
  getOverview: route({
    method: 'GET',
    path: '/admin/overview',
    door: 'admin',
    summary: 'Get jobs and money of the last days, by day, with the largest customers and models.',
    query: z.strictObject({ days }),
    refusals: [],
    run: async ({ runtime, query }) => showOverview(await getOverview(runtime, query.days)),
  }),
};

function showOverview({ days: byDay, total, customers, models, names, untilMs }: Overview): OverviewView {
  return {
    until: showInstant(untilMs),
    total: showSums(total),
    days: byDay.map(({ day, p50Ms, p95Ms, ...sums }) => ({
      day: showDay(day),
      ...showSums(sums),
      p50_ms: p50Ms,
      p95_ms: p95Ms,
    })),
    customers: customers.map(({ subject, ...sums }) => ({
      customer: subject,
      name: subject === null ? null : (names.get(subject) ?? null),
      ...showSums(sums),
    })),
    models: models.map(({ subject, ...sums }) => ({ model_id: subject, ...showSums(sums) })),
  };
}

function showSums({ charged, adjusted, cost, loss, jobs, succeeded, failed, cancelled, lost }: Sums) {
  return {
    jobs,
    succeeded,
    failed,
    cancelled,
    lost,
    charged_usd: usd(charged),
    adjusted_usd: usd(adjusted),
    cost_usd: usd(cost),
    loss_usd: usd(loss),
    margin_usd: usd(charged - adjusted - cost),
  };
}
