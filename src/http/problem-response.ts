// The one renderer of refusals: the same body on every plane, with RFC 9457's members and RunComfy's two.

import type { Problem } from '../lib/problem.ts';
import { REPLAYED } from './idempotency-key.ts';
import { limitHeaders } from './limit-headers.ts';
import type { ProblemView } from './problem-view.ts';
import { PROBLEMS } from './problems.ts';

/** The answer to a Problem. What it was caused by stays in the log. */
export function problemResponse(problem: Problem, traceId: string): Response {
  const { status, errorCode, title } = PROBLEMS[problem.code];
  const { errors, limit, limits, jobId, isReplay, retryAfterSeconds, headers } = problem.extra;
  const view: ProblemView = {
    type: `urn:comfygate:problem:${problem.code}`,
    title,
    status,
    detail: problem.detail,
    code: problem.code,
    trace_id: traceId,
    error_code: errorCode,
    error_message: problem.detail,
    ...(errors === undefined ? {} : { errors }),
    ...(limit === undefined ? {} : { limit }),
    ...(jobId === undefined ? {} : { request_id: jobId }),
  };
  return Response.json(view, {
    status,
    headers: {
      ...(limits === undefined ? {} : limitHeaders(limits)),
      ...(isReplay === true ? REPLAYED : {}),
      ...headers,
      ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    },
  });
}
