// The planes behind a customer's key: RunComfy's own routes, and what a customer does for itself. Every route below /v1
// has passed the same door, unknown ones included.

import type { AppEnv } from '../http/context.ts';
import type { Hono } from '../http/hono.ts';
import { register } from '../http/register.ts';
import { requireKey } from '../http/require-key.ts';
import { Problem } from '../lib/problem.ts';
import { dataRoutes } from './data/routes.ts';
import { selfRoutes } from './self/routes.ts';

export function mountCustomers(app: Hono<AppEnv>): void {
  app.use('/v1/*', requireKey);
  app.use('/prod/v2/*', requireKey);
  register(app, selfRoutes);
  register(app, dataRoutes);
  // An id of `..` never arrives: whatever parses the URL folds it away. It gets the 404 of every unknown id.
  app.on('ALL', ['/v1/status', '/v1/result', '/v1/cancel'], () => {
    throw new Problem('job_not_found', 'There is no request with this id, or it is not yours.');
  });
}
