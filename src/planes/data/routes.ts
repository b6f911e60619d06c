// RunComfy's own routes: the same methods and bodies, with a comfygate key instead of RunComfy's token.

import { balanceRoutes } from './balance.ts';
import { modelRoutes } from './models.ts';
import { requestRoutes } from './requests.ts';

export const dataRoutes = { ...modelRoutes, ...requestRoutes, ...balanceRoutes };
