// /admin/usage: what was booked in a period, for whom, at what cost.

import * as z from 'zod/mini';
import type { AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { answerUsage, isForward, NOT_FORWARD, usageParameters } from '../../http/usage.ts';
import { validate } from '../../http/validate.ts';
import type { Cells } from '../../lib/cells.ts';
import { filterText } from '../../http/text-schema.ts';
import { reportUsage } from '../../features/usage/report.ts';
import { GROUPS, marginOf, type Usage } from '../../features/usage/usage.ts';

export function usageApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.get('/', async (c) => {
    const deps = c.get('deps');
    const usageQuery = z
      .strictObject({
        ...usageParameters(GROUPS, deps.clock.now()),
        customer: filterText,
      })
      .check(z.refine(isForward, NOT_FORWARD));
    const { customer, ...asked } = validate(usageQuery, c.req.query(), 'invalid_parameter');
    const period = { fromMs: asked.from, toMs: asked.to };
    const report = await reportUsage(deps, { period, groups: asked.group_by, customer, token: '' });
    return answerUsage(c, asked, { report, show: showUsage });
  });
  return api;
}

function showUsage(usage: Usage): Cells {
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
