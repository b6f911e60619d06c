// The response of GET /v1/usage. Only Node imports it.

import * as z from 'zod/mini';
import { exactUsd, usageView } from '../../http/usage-view.ts';

export const ownUsageView = usageView({
  jobs: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  charged_usd: exactUsd,
  adjusted_usd: exactUsd,
});
