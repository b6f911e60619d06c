// Composes the planes into one Hono app, and wraps them in what every request gets: a trace id, CORS, one log
// line, and an answer in the one shape of refusals when something is refused or fails.

import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { routePath } from 'hono/route';
import { controlPlane } from './control-plane/routes.ts';
import { balancePlane } from './data-plane/balance.ts';
import { dataPlane } from './data-plane/routes.ts';
import type { Deps } from './deps.ts';
import type { AppContext, AppEnv } from './http/context.ts';
import { problemResponse } from './http/problem-response.ts';
import { reasonOf } from './lib/log.ts';
import { Problem } from './lib/problem.ts';
import { selfService } from './self-service/routes.ts';

export function createApp(deps: Deps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(async function traced(c, next) {
    c.set('deps', deps);
    c.set('traceId', crypto.randomUUID());
    c.set('logged', {});
    const startedMs = deps.clock.now();
    await next();
    c.header('X-Request-Id', c.var.traceId);
    logRequest(c, startedMs);
  });
  app.use(
    cors({
      origin: '*',
      allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key'],
      allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposeHeaders: [
        'X-Request-Id',
        'Retry-After',
        'RateLimit',
        'RateLimit-Policy',
        'Comfygate-Committed-Usd',
        'Comfygate-Remaining-Usd',
        'Comfygate-Warning',
        'Idempotent-Replayed',
      ],
      maxAge: 86_400,
    }),
  );
  app.use(methodNotAllowed({ app, onMethodNotAllowed }));
  app.use(async function configured(_c, next) {
    if (!deps.usable) {
      throw new Problem(
        'misconfigured',
        'The operator has to correct the settings; they are listed in the log.',
      );
    }
    await next();
  });
  app.route('/v1', selfService());
  app.route('/v1', dataPlane());
  app.route('/prod/v2', balancePlane());
  app.route('/admin', controlPlane());
  app.notFound((c) => {
    const problem = nothingAt(c);
    c.var.logged.code = problem.code;
    return problemResponse(problem, c.var.traceId);
  });
  app.onError((error, c) => problemResponse(problemFrom(error, c), c.var.traceId));
  return app;
}

function onMethodNotAllowed(c: AppContext, methods: string[]): Response {
  const allow = methods.join(', ');
  c.var.logged.code = 'method_not_allowed';
  const problem = new Problem('method_not_allowed', `This route takes ${allow}.`, {
    headers: { Allow: allow },
  });
  return problemResponse(problem, c.var.traceId);
}

/** Below /v1/requests even a path that cannot be a job's is answered as a job that does not exist. */
function nothingAt(c: AppContext): Problem {
  return c.req.path.startsWith('/v1/requests/')
    ? new Problem('job_not_found', 'There is no request with this id, or it is not yours.')
    : new Problem('unknown_route', 'There is no such route. The docs list all.');
}

/** A refusal as it was meant; anything else is our failure, told in the log and not to the caller. */
function problemFrom(error: Error, c: AppContext): Problem {
  if (error instanceof Problem) {
    c.var.logged.code = error.code;
    return error;
  }
  const isStorage = error.message.startsWith('D1_');
  c.var.deps.log.error('unexpected', { trace_id: c.var.traceId, reason: reasonOf(error) });
  return isStorage
    ? new Problem('storage_unavailable', 'The storage did not answer. Try again.', { retryAfterSeconds: 5 })
    : new Problem('internal', 'comfygate failed. The trace id leads the operator to the cause.');
}

function logRequest(c: AppContext, startedMs: number): void {
  c.var.deps.log.info('request', {
    trace_id: c.var.traceId,
    method: c.req.method,
    // The pattern, not the path: people paste keys into paths.
    route: routePath(c, -1),
    status: c.res.status,
    duration_ms: c.var.deps.clock.now() - startedMs,
    ...c.var.logged,
  });
}
