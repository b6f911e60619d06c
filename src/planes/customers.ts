// The planes of customers: what everybody may read, RunComfy's own routes, and what a customer does for itself. Every
// route below /v1 has passed the same door, unknown ones included.

import type { Hono } from '../http/hono.ts';
import { register } from '../http/register.ts';
import { requireKey } from '../http/require-key.ts';
import { createShell, guard } from '../http/shell.ts';
import { noSuchJob } from '../features/jobs/job.ts';
import { dataRoutes } from './data/routes.ts';
import { mountPages } from './pages.ts';
import { openRoutes } from './open/routes.ts';
import { selfRoutes } from './self/routes.ts';

export function createCustomersApp(): Hono {
  return createShell((app) => {
    guard(app, '/v1/*', requireKey);
    guard(app, '/prod/v2/*', requireKey);
    // An empty id, `.` and `..` never arrive: whatever parses the URL folds them away. They get the 404 of every unknown id.
    for (const verb of ['status', 'result', 'cancel']) {
      app.on('ALL', [`/v1/${verb}`, `/v1/requests/${verb}`], () => {
        throw noSuchJob();
      });
    }
    register(app, openRoutes);
    register(app, selfRoutes);
    register(app, dataRoutes);
    mountPages(app);
  });
}
