// Composes the planes into one Hono app, and wraps them in what every request gets: a trace id, CORS, one log
// line, and an answer in the one shape of refusals when something is refused or fails.

import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { routePath } from 'hono/route';
import { controlPlane } from './planes/admin/routes.ts';
import { balancePlane } from './planes/data/balance.ts';
import { dataPlane } from './planes/data/routes.ts';
import type { Gateway } from './compose.ts';
import type { AppContext, AppEnv } from './http/context.ts';
import { Hono } from './http/hono.ts';
import { problemResponse } from './http/problem-response.ts';
import { reasonOf } from './lib/log.ts';
import { Problem } from './lib/problem.ts';
import { selfService } from './planes/self/routes.ts';

const EXPOSED = [
  'X-Request-Id',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'Comfygate-Committed-Usd',
  'Comfygate-Remaining-Usd',
  'Comfygate-Warning',
  'Idempotent-Replayed',
].join(',');

/** Of polls that went well one in so many has a line; everything else has its own, and no alarm is ever sampled away. */
const POLLS_A_LINE = 10;

const answerPreflight = cors({
  origin: '*',
  allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key'],
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  maxAge: 86_400,
});

export function createApp(deps: Gateway): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  // From anywhere in the row: isolates that answer few polls count as they should.
  let polls = Math.floor(Math.random() * POLLS_A_LINE);
  app.use(async function traced(c, next) {
    c.set('deps', deps);
    const traceId = crypto.randomUUID();
    c.set('traceId', traceId);
    c.set('logged', { trace_id: traceId, method: c.req.method });
    const startedMs = deps.clock.now();
    if (c.req.method === 'OPTIONS') {
      c.res = (await answerPreflight(c, next)) ?? c.res;
    } else {
      await next();
    }
    // Set on the answer itself, once it is there: what middleware prepares before it, Hono copies a header at a time.
    const { headers } = c.res;
    headers.set('X-Request-Id', traceId);
    headers.set('Access-Control-Allow-Origin', '*');
    if (c.req.header('origin') !== undefined) {
      headers.set('Access-Control-Expose-Headers', EXPOSED);
    }
    const isPoll = isGoodPoll(c);
    if (!isPoll || polls++ % POLLS_A_LINE === 0) {
      logRequest(c, { startedMs, isPoll });
    }
  });
  if (!deps.usable) {
    app.use(function misconfigured() {
      throw new Problem(
        'misconfigured',
        'The operator has to correct the settings; they are listed in the log.',
      );
    });
  }
  app.route('/v1', selfService());
  app.route('/v1', dataPlane());
  app.route('/prod/v2', balancePlane());
  app.route('/admin', controlPlane());
  const checkMethod = methodNotAllowed({ app, onMethodNotAllowed });
  app.notFound(async (c) => {
    const problem = nothingAt(c);
    c.get('logged').code = problem.code;
    c.res = problemResponse(problem, c.get('traceId'));
    await checkMethod(c, () => Promise.resolve());
    return c.res;
  });
  app.onError((error, c) => problemResponse(problemFrom(error, c), c.get('traceId')));
  return app;
}

function onMethodNotAllowed(c: AppContext, methods: string[]): Response {
  const allow = methods.join(', ');
  c.get('logged').code = 'method_not_allowed';
  const problem = new Problem('method_not_allowed', `This route takes ${allow}.`, {
    headers: { Allow: allow },
  });
  return problemResponse(problem, c.get('traceId'));
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
    c.get('logged').code = error.code;
    return error;
  }
  const isStorage = error.message.startsWith('D1_');
  c.get('deps').log.error('unexpected', { trace_id: c.get('traceId'), reason: reasonOf(error) });
  return isStorage
    ? new Problem('storage_unavailable', 'The storage did not answer. Try again.', { retryAfterSeconds: 5 })
    : new Problem('internal', 'comfygate failed. The trace id leads the operator to the cause.');
}

function isGoodPoll(c: AppContext): boolean {
  return c.res.status === 200 && c.req.method === 'GET' && c.req.path.startsWith('/v1/requests/');
}

function logRequest(c: AppContext, { startedMs, isPoll }: { startedMs: number; isPoll: boolean }): void {
  const { log, clock } = c.get('deps');
  const line = c.get('logged');
  // The pattern, not the path: people paste keys into paths.
  line.route = routePath(c, -1);
  line.status = c.res.status;
  line.duration_ms = clock.now() - startedMs;
  if (isPoll) {
    line.stands_for = POLLS_A_LINE;
  }
  log.info('request', line);
}
