// The customers' door. Two headers that no page can set show whether a call comes from a web page: Origin (RFC 6454,
// section 7) and Sec-Fetch-Site (W3C Fetch Metadata).

import { authenticate } from '../features/keys/authenticate.ts';
import { claimedKind } from '../features/keys/key.ts';
import { isOriginAllowed } from '../features/keys/origin.ts';
import { presentedKey, type Principal } from '../features/keys/principal.ts';
import { Problem } from '../lib/problem.ts';
import { bearerToken } from './bearer.ts';
import { addressOf, headerOf, originOf, type RequestContext } from './context.ts';
import { lookUpFor } from './look-up.ts';

/** Sets the principal of the request. Throws without a live key. */
export async function requireKey(context: RequestContext): Promise<void> {
  const text = bearerToken(headerOf(context, 'Authorization'));
  if (text !== null && claimedKind(text) === 'secret') {
    refuseFromPage(context);
  }
  const principal = await authenticate(context.gateway, {
    text,
    // Only a key that is not in memory needs it.
    get address() {
      return addressOf(context);
    },
    lookUp: () => lookUpFor(context),
  });
  context.principal = principal;
  context.logged.customer = principal.customerId;
  context.logged.key = presentedKey(principal);
  refuseOtherPages(context, principal);
}

/** Comes before any lookup: anyone who opens the page can read the key, live or not. */
function refuseFromPage(context: RequestContext): void {
  const site = headerOf(context, 'Sec-Fetch-Site');
  const isFromPage = context.origin !== null || site === 'cross-site' || site === 'same-site';
  if (isFromPage && !context.gateway.settings.keysInPages) {
    throw new Problem(
      'key_in_page',
      'A secret key was sent from a web page, where everybody can read it. Have it revoked, keep the new one on your ' +
        'server, and give the page a browser token that the server gets from POST /v1/tokens. A server that passes on ' +
        'a call of its page leaves out Origin and Sec-Fetch-Site.',
    );
  }
}

/** Browsers send no Origin with a GET to the page's own origin. That page is then one of ours. */
function refuseOtherPages(context: RequestContext, { origins }: Principal): void {
  if (origins === null) {
    return;
  }
  const isOwnPage = context.origin === null && headerOf(context, 'Sec-Fetch-Site') === 'same-origin';
  const page = isOwnPage ? originOf(context) : context.origin;
  if (!isOriginAllowed(origins, page)) {
    const who = page === null ? 'A call without an Origin' : 'The origin of this page';
    throw new Problem(
      'origin_not_allowed',
      `${who} may not use this browser token: it is bound to other origins.`,
    );
  }
}
