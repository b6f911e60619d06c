// Submits and polls, nearly all that a gateway is asked for, without a router's layers around them: a cold start waits
// for nothing else, and a poll pays for nothing else. Their rows, their door and `serve` are those of every route.

import type { RequestContext } from '../http/context.ts';
import { endpointsOf, serve } from '../http/endpoint.ts';
import { requireKey } from '../http/require-key.ts';
import { requestRoutes } from './data/requests.ts';

const CALLS = endpointsOf(requestRoutes);

/** The answer to a submit, a poll or a cancel; null: the request is none of them. */
export function answerCall(context: RequestContext): Promise<Response> | null {
  // HEAD is GET, whose body is left out of the answer.
  const method = context.method === 'HEAD' ? 'GET' : context.method;
  const call = CALLS.find(
    ({ row, template }) => row.method === method && template.pattern.test(context.path),
  );
  if (call === undefined) {
    return null;
  }
  context.logged.route = call.template.hono;
  return requireKey(context).then(() => serve(context, call));
}
