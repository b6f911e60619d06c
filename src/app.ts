// Composes the planes into three Hono apps. Submits and polls are there at once. What else customers may call, and what
// the operator may, is loaded with the first call that it gets: no job waits for schemas that it does not need.

import type { Gateway } from './compose.ts';
import type { AppEnv } from './http/context.ts';
import type { Hono } from './http/hono.ts';
import { routedPath } from './http/path.ts';
import { createShell } from './http/shell.ts';
import { isCall, mountCalls } from './planes/calls.ts';

export type App = {
  fetch: (request: Request, env: Env, ctx?: ExecutionContext) => Response | Promise<Response>;
};

export function createApp(gateway: Gateway): App {
  const calls = createShell(gateway, mountCalls);
  const customers = onDemand(async () => {
    const { mountCustomers } = await import('./planes/customers.ts');
    return createShell(gateway, mountCustomers);
  });
  const operator = onDemand(async () => {
    const { mountAdmin } = await import('./planes/admin/routes.ts');
    return createShell(gateway, mountAdmin);
  });
  return {
    fetch(request, env, ctx) {
      const path = routedPath(request);
      // A preflight is the same for every path.
      if (request.method === 'OPTIONS' || isCall({ method: request.method, path })) {
        return calls.fetch(request, env, ctx);
      }
      const load = /^\/(?:admin|session)(?:\/|$)/.test(path) ? operator : customers;
      return load().then((app) => app.fetch(request, env, ctx));
    },
  };
}

function onDemand(load: () => Promise<Hono<AppEnv>>): () => Promise<Hono<AppEnv>> {
  let app: Promise<Hono<AppEnv>> | undefined;
  return () => (app ??= load());
}
