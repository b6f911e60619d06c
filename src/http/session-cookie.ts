// The cookie of a signed-in person. `__Host-` keeps it to this very host and path; HttpOnly from scripts; SameSite and
// the demand for Sec-Fetch-Site: same-origin keep it from other sites, and from other ports of this one, which SameSite
// does not tell apart.

import { headerOf, type RequestContext } from './context.ts';

const NAME = '__Host-comfygate';
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Strict';
const MAX_AGENT_CHARS = 200;

/** What of the request says who sits at the browser. */
export type Sitter = {
  /** The value of the session cookie, or null. It counts only where the call is `isSameOrigin`. */
  cookie: string | null;
  /** A page of this gateway made the call, the browser says. */
  isSameOrigin: boolean;
  /** Another page did, or nobody knows which; programs, which are no browsers, say nothing. */
  isForeign: boolean;
  /** The browser by its own word. */
  agent: string;
};

export function sitterOf(context: RequestContext): Sitter {
  const site = headerOf(context, 'Sec-Fetch-Site');
  return {
    cookie: valueOf(headerOf(context, 'Cookie') ?? ''),
    isSameOrigin: site === 'same-origin',
    isForeign: site !== null && site !== 'same-origin',
    agent: (headerOf(context, 'User-Agent') ?? '').slice(0, MAX_AGENT_CHARS),
  };
}

function valueOf(header: string): string | null {
  for (const pair of header.split(';')) {
    const [name, ...value] = pair.trim().split('=');
    if (name === NAME) {
      return value.join('=');
    }
  }
  return null;
}

/** Headers that give the browser the cookie, for so many seconds. */
export function givingCookie(secret: string, seconds: number): Record<string, string> {
  return {
    'Set-Cookie': `${NAME}=${secret}; Max-Age=${seconds}; ${ATTRIBUTES}`,
    'Cache-Control': 'no-store',
  };
}

/** Headers that take it back. */
export function takingCookie(): Record<string, string> {
  return { 'Set-Cookie': `${NAME}=; Max-Age=0; ${ATTRIBUTES}`, 'Cache-Control': 'no-store' };
}
