// The app for operators. One door guards every path below /admin, unknown paths included.

import type { Hono } from '../../http/hono.ts';
import { register } from '../../http/register.ts';
import { createShell, guard } from '../../http/shell.ts';
import { requireAdmin } from './authenticate.ts';
import { accountRoutes } from './accounts.ts';
import { auditRoutes } from './audit.ts';
import { creditRoutes } from './credits.ts';
import { customerRoutes } from './customers.ts';
import { healthRoutes } from './health.ts';
import { jobRoutes } from './jobs.ts';
import { keyRoutes } from './keys.ts';
import { ledgerRoutes } from './ledger.ts';
import { modelRoutes } from './models.ts';
import { overviewRoutes } from './overview.ts';
import { planRoutes } from './plans.ts';
import { priceRoutes } from './prices.ts';
import { openedSessionRoutes } from './sessions.ts';
import { settingsRoutes } from './settings.ts';
import { sessionRoutes } from '../session/routes.ts';
import { usageRoutes } from './usage.ts';

export const adminRoutes = {
  ...customerRoutes,
  ...keyRoutes,
  ...creditRoutes,
  ...planRoutes,
  ...priceRoutes,
  ...modelRoutes,
  ...jobRoutes,
  ...ledgerRoutes,
  ...auditRoutes,
  ...accountRoutes,
  ...healthRoutes,
  ...overviewRoutes,
  ...settingsRoutes,
  ...usageRoutes,
  ...openedSessionRoutes,
};

export function createAdminApp(): Hono {
  return createShell((app) => {
    guard(app, '/admin/*', requireAdmin);
    register(app, adminRoutes);
    register(app, sessionRoutes);
  });
}
