// RunComfy's own routes: same methods, same bodies, with a comfygate key in the place of RunComfy's token.

import { balanceRoutes } from './balance.ts';
import { modelRoutes } from './models.ts';
import { requestRoutes } from './requests.ts';

export const dataRoutes = { ...modelRoutes, ...requestRoutes, ...balanceRoutes };
