// The app for customers: public routes, RunComfy's own routes and self-service. One door guards every path below /v1,
// unknown paths included.

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
    // URL parsers remove empty segments, `.` and `..`, so such ids arrive as these paths. They get the 404 of an unknown id.
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
