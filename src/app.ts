// Composes the planes into two Hono apps. The operator's is loaded with the first call that it gets: the customers' cold
// start must not wait for its schemas.

import type { Gateway } from './compose.ts';
import type { AppEnv } from './http/context.ts';
import type { Hono } from './http/hono.ts';
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
      if (!isAdmin(request.url)) {
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

/** Whether the URL's path is below /admin; an escaped one is no path of ours. */
function isAdmin(url: string): boolean {
  const start = url.indexOf('/', 'https://'.length);
  return /^\/admin(?:[/?#]|$)/.test(url.slice(start, start + '/admin/'.length));
}
