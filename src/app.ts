// Dispatches requests. Submits and polls are ready at once. The apps for customers' other calls and for the operator are
// loaded by their first call, so that no job waits for schemas and routers that it does not need.

import type { Gateway } from './compose.ts';
import { answerRequests } from './http/answer-request.ts';
import type { RequestContext } from './http/context.ts';
import { answerCall } from './planes/calls.ts';

export type App = { fetch: (request: Request) => Promise<Response> };

type Plane = { fetch: (request: Request, context: RequestContext) => Response | Promise<Response> };

export function createApp(gateway: Gateway): App {
  const customers = onDemand(async () => (await import('./planes/customers.ts')).createCustomersApp());
  const operator = onDemand(async () => (await import('./planes/admin/routes.ts')).createAdminApp());
  return {
    fetch: answerRequests(gateway, async (context) => {
      const answer = answerCall(context);
      if (answer !== null) {
        return answer;
      }
      const load = /^\/(?:admin|session)(?:\/|$)/.test(context.path) ? operator : customers;
      const plane = await load();
      return plane.fetch(context.request, context);
    }),
  };
}

function onDemand(load: () => Promise<Plane>): () => Promise<Plane> {
  let plane: Promise<Plane> | undefined;
  return () => (plane ??= load());
}
