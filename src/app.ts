// Composes the planes into two Hono apps. The operator's, with the sign-in to its console, is loaded with the first call that it gets: the customers' cold
// start must not wait for its schemas.

import type { Gateway } from './compose.ts';
import type { AppEnv } from './http/context.ts';
import type { Hono } from './http/hono.ts';
import { routedPath } from './http/path.ts';
import { createShell } from './http/shell.ts';
import { mountCustomers } from './planes/customers.ts';

export type App = {
  fetch: (request: Request, env: Env, ctx?: ExecutionContext) => Response | Promise<Response>;
};

export function createApp(gateway: Gateway): App {
  const customers = createShell(gateway, mountCustomers);
  let operator: Promise<Hono<AppEnv>> | undefined;
  return {
    fetch(request, env, ctx) {
      if (!isForOperator(request)) {
        return customers.fetch(request, env, ctx);
      }
      operator ??= loadOperator(gateway);
      return operator.then((app) => app.fetch(request, env, ctx));
    },
  };
}

async function loadOperator(gateway: Gateway): Promise<Hono<AppEnv>> {
  const { mountAdmin } = await import('./planes/admin/routes.ts');
  return createShell(gateway, mountAdmin);
}

function isForOperator(request: Request): boolean {
  return /^\/(?:admin|session)(?:\/|$)/.test(routedPath(request));
}
