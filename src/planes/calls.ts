// Submit, status, result and cancel are nearly all calls of a gateway. They run without Hono's layers, so that neither a
// cold start nor a poll pays for them. Rows, door and `serve` are the same as for every other route.

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
