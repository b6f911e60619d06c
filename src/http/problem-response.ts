// Renders every refusal: one body on all planes, with RFC 9457's members and RunComfy's two.

import { commonHeaders } from './common-headers.ts';
import type { RequestContext } from './context.ts';
import type { Problem } from '../lib/problem.ts';
import { REPLAYED } from './idempotency-key.ts';
import { limitHeaders } from './limit-headers.ts';
import type { ProblemView } from './problem-view.ts';
import { PROBLEMS } from './problems.ts';

/** The response to a Problem. Its cause is only in the log. */
export function problemResponse(problem: Problem, context: RequestContext): Response {
  const { status, errorCode, title } = PROBLEMS[problem.code];
  const { errors, limit, limits, jobId, isReplay, retryAfterSeconds, headers } = problem.extra;
  const view: ProblemView = {
    type: `urn:comfygate:problem:${problem.code}`,
    title,
    status,
    detail: problem.detail,
    code: problem.code,
    trace_id: context.traceId,
    error_code: errorCode,
    error_message: problem.detail,
    ...(errors === undefined ? {} : { errors }),
    ...(limit === undefined ? {} : { limit }),
    ...(jobId === undefined ? {} : { request_id: jobId }),
  };
  return Response.json(view, {
    status,
    headers: {
      ...commonHeaders(context),
      ...(limits === undefined ? {} : limitHeaders(limits)),
      ...(isReplay === true ? REPLAYED : {}),
      ...headers,
      ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    },
  });
}
