// Answers every request, on every plane: a preflight, or the response of its route, or one shape of refusal; and writes
// its line to the log.

import type { Gateway } from '../compose.ts';
import { contextOf, type RequestContext } from './context.ts';
import { preflight } from './preflight.ts';
import { problemResponse } from './problem-response.ts';
import { requestLog } from './request-log.ts';
import { reasonOf } from '../lib/log.ts';
import { isMigrationMissing, MIGRATE } from '../lib/missing-migration.ts';
import { Problem } from '../lib/problem.ts';
import { TimedOut } from '../lib/time-limit.ts';

type Dispatch = (context: RequestContext) => Promise<Response>;

/** `dispatch` finds and runs the route of a request, or throws. */
export function answerRequests(
  gateway: Gateway,
  dispatch: Dispatch,
): (request: Request) => Promise<Response> {
  const log = requestLog(gateway);
  return async (request) => {
    const context = contextOf(gateway, request);
    const answer = await answerOf(context, dispatch);
    log(context, answer.status);
    return context.method === 'HEAD' ? new Response(null, answer) : answer;
  };
}

async function answerOf(context: RequestContext, dispatch: Dispatch): Promise<Response> {
  // A preflight is the same for every path.
  if (context.method === 'OPTIONS') {
    return preflight(context);
  }
  try {
    if (!context.gateway.usable) {
      throw new Problem(
        'misconfigured',
        'The operator has to correct the settings; they are listed in the log.',
      );
    }
    return await dispatch(context);
  } catch (error) {
    const problem = problemFrom(error, context);
    context.logged.code = problem.code;
    return problemResponse(problem, context);
  }
}

/** A Problem is for the caller. Any other error is our failure: its reason goes to the log only. */
function problemFrom(error: unknown, { gateway, traceId, operator }: RequestContext): Problem {
  if (error instanceof Problem) {
    return error;
  }
  const about = { trace_id: traceId, reason: reasonOf(error) };
  if (error instanceof Error && isMigrationMissing(error)) {
    gateway.log.error('migration_missing', about);
    return operator === null
      ? storageUnavailable()
      : new Problem('storage_unavailable', `The database is older than this gateway: ${MIGRATE}.`);
  }
  gateway.log.error('unexpected', about);
  const isStorage = error instanceof TimedOut || (error instanceof Error && error.message.startsWith('D1_'));
  return isStorage
    ? storageUnavailable()
    : new Problem('internal', 'comfygate failed. The trace id leads the operator to the cause.');
}

function storageUnavailable(): Problem {
  return new Problem('storage_unavailable', 'The storage did not answer. Try again.', {
    retryAfterSeconds: 5,
  });
}
