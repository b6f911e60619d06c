// What every request gets, on whatever plane: a trace id, CORS, one log line, and one shape of answer when the call is
// refused or fails.

import { methodNotAllowed } from 'hono/method-not-allowed';
import { routePath } from 'hono/route';
import type { Gateway } from '../compose.ts';
import { originOf, type AppContext, type AppEnv } from './context.ts';
import { Hono } from './hono.ts';
import { preflight } from './preflight.ts';
import { problemResponse } from './problem-response.ts';
import { noSuchJob } from '../features/jobs/job.ts';
import { reasonOf } from '../lib/log.ts';
import { isMigrationMissing, MIGRATE } from '../lib/missing-migration.ts';
import { Problem } from '../lib/problem.ts';
import { TimedOut } from '../lib/time-limit.ts';

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

/** An app whose planes `mount` adds. */
export function createShell(deps: Gateway, mount: (app: Hono<AppEnv>) => void): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  // From anywhere in the row: isolates that answer few polls count as they should.
  let polls = Math.floor(Math.random() * POLLS_A_LINE);
  app.use(async function traced(c, next) {
    c.set('deps', deps);
    const traceId = crypto.randomUUID();
    c.set('traceId', traceId);
    c.set('logged', { trace_id: traceId, method: c.req.method });
    const startedMs = deps.clock.now();
    c.set('arrivedAtMs', startedMs);
    if (c.req.method === 'OPTIONS') {
      c.res = preflight(c.req.raw);
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
  mount(app);
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
    ? noSuchJob()
    : new Problem(
        'unknown_route',
        `There is no such route. ${originOf(c)}/ says where the documentation is.`,
      );
}

/** A refusal as it was meant; anything else is our failure, told in the log and not to the caller. */
function problemFrom(error: Error, c: AppContext): Problem {
  if (error instanceof Problem) {
    c.get('logged').code = error.code;
    return error;
  }
  const about = { trace_id: c.get('traceId'), reason: reasonOf(error) };
  if (isMigrationMissing(error)) {
    c.get('deps').log.error('migration_missing', about);
    return c.get('logged').actor === undefined
      ? storageUnavailable()
      : new Problem('storage_unavailable', `The database is older than this gateway: ${MIGRATE}.`);
  }
  c.get('deps').log.error('unexpected', about);
  return error.message.startsWith('D1_') || error instanceof TimedOut
    ? storageUnavailable()
    : new Problem('internal', 'comfygate failed. The trace id leads the operator to the cause.');
}

function storageUnavailable(): Problem {
  return new Problem('storage_unavailable', 'The storage did not answer. Try again.', {
    retryAfterSeconds: 5,
  });
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
