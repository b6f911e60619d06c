// What a customer does for itself with its key, beside RunComfy's own routes.

import { estimateRoutes } from './estimate.ts';
import { usageRoutes } from './usage.ts';

export const selfRoutes = { ...estimateRoutes, ...usageRoutes };
