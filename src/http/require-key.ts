// The customer's door: every route behind it knows who is calling. Whether the call comes from a web page is read from
// two headers that no page can set: Origin (RFC 6454, section 7) and Sec-Fetch-Site (W3C Fetch Metadata).

import type { MiddlewareHandler } from 'hono';
import { bearerToken } from './bearer.ts';
import { originOf, type AppContext, type AppEnv } from './context.ts';
import { authenticate } from '../features/keys/authenticate.ts';
import { claimedKind } from '../features/keys/key.ts';
import { noteUse } from '../features/keys/note-use.ts';
import { isOriginAllowed } from '../features/keys/origin.ts';
import { presentedKey } from '../features/keys/principal.ts';
import { Problem } from '../lib/problem.ts';
import type { Route } from './route.ts';

export const requireKey: MiddlewareHandler<AppEnv> = async function requireKey(c, next) {
  const text = bearerToken(c.req.header('authorization'));
  if (text !== null && claimedKind(text) === 'secret') {
    refuseFromPage(c);
  }
  const principal = await authenticate(c.get('deps'), text);
  c.set('principal', principal);
  c.get('logged').customer = principal.customerId;
  c.get('logged').key = presentedKey(principal);
  if (!isOriginAllowed(principal.origins, pageOf(c))) {
    throw new Problem(
      'origin_not_allowed',
      `${pageInWords(c)} may not use this browser token: it is bound to other origins.`,
    );
  }
  await next();
  // A call that is refused changes nothing.
  if (c.res.ok) {
    noteUse(c.get('deps'), principal);
  }
};

/** 403 for a browser token where the route is for secret keys alone. */
export function requireTokenRight(c: AppContext, { door, tokens }: Route): void {
  if (door === 'key' && tokens === undefined && c.get('principal').tokenId !== '') {
    throw new Problem(
      'token_not_allowed',
      'A browser token may not do this. Call it from your server, with your secret key.',
    );
  }
}

/** Before anything is looked up: whoever opens the page can read the key, live or not. */
function refuseFromPage(c: AppContext): void {
  const site = c.req.header('sec-fetch-site');
  const isFromPage = c.req.header('origin') !== undefined || site === 'cross-site' || site === 'same-site';
  if (isFromPage && !c.get('deps').settings.keysInPages) {
    throw new Problem(
      'key_in_page',
      'A secret key was sent from a web page, where everybody can read it. Have it revoked, keep the new one on your ' +
        'server, and give the page a browser token that the server gets from POST /v1/tokens. A server that passes on ' +
        'a call of its page leaves out Origin and Sec-Fetch-Site.',
    );
  }
}

/** The origin of the page that is calling. Browsers send none with a GET to the page's own origin, which is ours then. */
function pageOf(c: AppContext): string | null {
  const origin = c.req.header('origin');
  if (origin !== undefined) {
    return origin;
  }
  return c.req.header('sec-fetch-site') === 'same-origin' ? originOf(c) : null;
}

function pageInWords(c: AppContext): string {
  const origin = pageOf(c);
  return origin === null ? 'A call without an Origin' : 'The origin of this page';
}
