// Self-service: what a customer can do with its key beyond RunComfy's own routes.

import { estimateRoutes } from './estimate.ts';
import { fileRoutes } from './files.ts';
import { keyRoutes } from './key.ts';
import { modelDocumentRoutes } from './model-document.ts';
import { requestRoutes } from './requests.ts';
import { tokenRoutes } from './tokens.ts';
import { usageRoutes } from './usage.ts';

export const selfRoutes = {
  ...estimateRoutes,
  ...fileRoutes,
  ...keyRoutes,
  ...modelDocumentRoutes,
  ...requestRoutes,
  ...tokenRoutes,
  ...usageRoutes,
};
