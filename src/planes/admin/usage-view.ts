// The response of /admin/usage. Only Node imports it.

import * as z from 'zod/mini';
import { exactUsd, usageView } from '../../http/usage-view.ts';

export const operatorUsageView = usageView({
  jobs: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  lost: z.int(),
  charged_usd: exactUsd,
  adjusted_usd: exactUsd,
  cost_usd: exactUsd,
  loss_usd: exactUsd,
  margin_usd: exactUsd,
});
