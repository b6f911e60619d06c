// GET /v1/usage: what a customer's jobs were charged; a browser token sees its own jobs only. What they cost the
// operator is nobody's business here, so the columns are named one by one.

import * as z from 'zod/mini';
import type { AppContext } from '../../http/context.ts';
import { answerUsage, isForward, NOT_FORWARD, usageParameters } from '../../http/usage.ts';
import { validate } from '../../http/validate.ts';
import type { Cells } from '../../lib/cells.ts';
import { reportUsage } from '../../features/usage/report.ts';
import type { Usage } from '../../features/usage/usage.ts';

export async function getUsage(c: AppContext): Promise<Response> {
  const deps = c.get('deps');
  const principal = c.get('principal');
  const usageQuery = z
    .strictObject(usageParameters(['key', 'model', 'day'], deps.clock.now()))
    .check(z.refine(isForward, NOT_FORWARD));
  const asked = validate(usageQuery, c.req.query(), 'invalid_parameter');
  const { customerId: customer, tokenId: token } = principal;
  const period = { fromMs: asked.from, toMs: asked.to };
  const report = await reportUsage(deps, { period, groups: asked.group_by, customer, token });
  return answerUsage(c, asked, { report, show: showOwnUsage });
}

/** A lost job is one that failed, as its /result says. */
function showOwnUsage(usage: Usage): Cells {
  return {
    jobs: usage.jobs,
    succeeded: usage.succeeded,
    failed: usage.failed + usage.lost,
    cancelled: usage.cancelled,
    charged_usd: usage.charged,
    adjusted_usd: usage.adjusted,
  };
}
