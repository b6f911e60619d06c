// The Hono app of a plane: its doors, its routes, and a refusal for every other path and method.

import { methodNotAllowed } from 'hono/method-not-allowed';
import { routePath } from 'hono/route';
import { noSuchJob } from '../features/jobs/job.ts';
import { Problem } from '../lib/problem.ts';
import { originOf, type RequestContext } from './context.ts';
import { Hono, type HonoContext } from './hono.ts';

/** The app throws its refusals, because its caller renders them. */
export function createShell(mount: (app: Hono) => void): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    // The pattern, not the path: people paste keys into paths.
    c.env.logged.route = routePath(c, -1);
    await next();
  });
  mount(app);
  const checkMethod = methodNotAllowed({ app, onMethodNotAllowed });
  app.notFound(async (c) => {
    c.res = new Response(null, { status: 404 });
    await checkMethod(c, () => Promise.resolve());
    throw nothingAt(c.env);
  });
  app.onError((error) => {
    throw error;
  });
  return app;
}

/** Guards a whole plane, unknown routes included. */
export function guard(
  app: Hono,
  path: string,
  requireCaller: (context: RequestContext) => Promise<void>,
): void {
  app.use(path, async (c, next) => {
    await requireCaller(c.env);
    await next();
  });
}

function onMethodNotAllowed(_c: HonoContext, methods: string[]): never {
  const allow = methods.join(', ');
  throw new Problem('method_not_allowed', `This route takes ${allow}.`, { headers: { Allow: allow } });
}

/** Below /v1/requests every unknown path gets the 404 of a job that does not exist. */
function nothingAt(context: RequestContext): Problem {
  return context.path.startsWith('/v1/requests/')
    ? noSuchJob()
    : new Problem(
        'unknown_route',
        `There is no such route. ${originOf(context)}/ says where the documentation is.`,
      );
}
