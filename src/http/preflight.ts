// Answers CORS preflights. Calls carry no credentials, so a page can send any header: SDKs and monitors add their own,
// and a browser blocks a call if the preflight does not allow each of its headers.

import { commonHeaders } from './common-headers.ts';
import { headerOf, type RequestContext } from './context.ts';

/** Headers that our calls need. */
const OWN = ['authorization', 'content-type', 'idempotency-key'];
const METHODS = 'GET,HEAD,POST,PUT,PATCH,DELETE';
const MAX_AGE_SECONDS = '86400';
/** About thirty header names. A longer list does not come from a page. */
const MAX_CHARS = 4096;
/** A field name (RFC 9110, section 5.1). Anything else is left out of the response. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/;

export function preflight(context: RequestContext): Response {
  const asked = headerOf(context, 'Access-Control-Request-Headers') ?? '';
  return new Response(null, {
    status: 204,
    headers: {
      ...commonHeaders(context),
      'Access-Control-Allow-Methods': METHODS,
      'Access-Control-Allow-Headers': [...new Set([...OWN, ...namesIn(asked)])].join(','),
      'Access-Control-Max-Age': MAX_AGE_SECONDS,
      Vary: 'Access-Control-Request-Headers',
    },
  });
}

function namesIn(list: string): string[] {
  const names = list.length > MAX_CHARS ? [] : list.toLowerCase().split(',');
  return names.map((name) => name.trim()).filter((name) => FIELD_NAME.test(name));
}
