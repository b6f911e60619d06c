// The operator's API. Every route below has passed the same door.

import type { AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { requireAdmin } from './authenticate.ts';
import { customersApi } from './customers.ts';
import { healthApi } from './health.ts';
import { jobsApi } from './jobs.ts';
import { customerKeysApi, keysApi } from './keys.ts';
import { creditsApi, ledgerApi } from './ledger.ts';
import { modelsApi } from './models.ts';
import { pricesApi } from './prices.ts';
import { register } from '../../http/register.ts';
import { settingsRoutes } from './settings.ts';
import { usageApi } from './usage.ts';

export const adminRoutes = { ...settingsRoutes };

export function mountAdmin(app: Hono<AppEnv>): void {
  const plane = new Hono<AppEnv>();
  app.use('/admin/*', requireAdmin);
  plane.route('/customers/:customer/keys', customerKeysApi());
  plane.route('/customers/:customer/credits', creditsApi());
  plane.route('/customers/:customer/prices', pricesApi());
  plane.route('/customers', customersApi());
  plane.route('/keys', keysApi());
  plane.route('/models', modelsApi());
  plane.route('/jobs', jobsApi());
  plane.route('/ledger', ledgerApi());
  plane.route('/health', healthApi());
  plane.route('/usage', usageApi());
  app.route('/admin', plane);
  register(app, adminRoutes);
}
