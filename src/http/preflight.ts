// What a browser asks before a call from a page. No credentials are involved, so a page may send whatever headers it
// likes: SDKs and monitors add their own, and a call whose preflight names one that is missing here never leaves the page.

import { commonHeaders } from './common-headers.ts';
import { headerOf, type RequestContext } from './context.ts';

/** The calls themselves need these. */
const OWN = ['authorization', 'content-type', 'idempotency-key'];
const METHODS = 'GET,HEAD,POST,PUT,PATCH,DELETE';
const MAX_AGE_SECONDS = '86400';
/** Some thirty header names; a list beyond that is no page's. */
const MAX_CHARS = 4096;
/** A field name (RFC 9110, section 5.1): what is none is not repeated in an answer of ours. */
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
