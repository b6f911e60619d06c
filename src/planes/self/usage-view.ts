// The answer of GET /v1/usage. For Node alone.

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
