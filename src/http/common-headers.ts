// Headers of every answer: the trace id, and what lets pages read it (Fetch, section 3.3).

import type { RequestContext } from './context.ts';

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

export function commonHeaders({ traceId, origin }: RequestContext): Record<string, string> {
  return origin === null
    ? { 'X-Request-Id': traceId, 'Access-Control-Allow-Origin': '*' }
    : {
        'X-Request-Id': traceId,
        'Access-Control-Allow-Origin': '*',
        'Access-Control-Expose-Headers': EXPOSED,
      };
}
