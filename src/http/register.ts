// Turns the rows of a plane into Hono's routes.

import type { Hono } from './hono.ts';
import { endpointsOf, serve } from './endpoint.ts';
import type { Routes } from './route.ts';

/** `app` has passed the door of the rows already: a door guards a whole plane, unknown routes included. */
export function register(app: Hono, routes: Routes): void {
  for (const endpoint of endpointsOf(routes)) {
    app.on(endpoint.row.method, endpoint.template.hono, (c) => serve(c.env, endpoint));
  }
}
