// The session cookie. `__Host-` binds it to this host; HttpOnly hides it from scripts; SameSite and the requirement of
// Sec-Fetch-Site: same-origin keep other sites from using it, and other ports of this host, which SameSite allows.

import { headerOf, type RequestContext } from './context.ts';

const NAME = '__Host-comfygate';
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Strict';
const MAX_AGENT_CHARS = 200;

/** The parts of a request that identify a browser session. */
export type Sitter = {
  /** The value of the session cookie, or null. It counts only where the call is `isSameOrigin`. */
  cookie: string | null;
  /** The browser says that a page of this gateway made the call. */
  isSameOrigin: boolean;
  /** The browser says that another page made the call. False for programs, which send no such header. */
  isForeign: boolean;
  /** The User-Agent header, shortened. */
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

/** Headers that set the cookie for this many seconds. */
export function givingCookie(secret: string, seconds: number): Record<string, string> {
  return {
    'Set-Cookie': `${NAME}=${secret}; Max-Age=${seconds}; ${ATTRIBUTES}`,
    'Cache-Control': 'no-store',
  };
}

/** Headers that delete the cookie. */
export function takingCookie(): Record<string, string> {
  return { 'Set-Cookie': `${NAME}=; Max-Age=0; ${ATTRIBUTES}`, 'Cache-Control': 'no-store' };
}
