// The operator's door: one of ADMIN_TOKENS, or of READ_TOKENS for calls that change nothing, compared in constant time, or
// the cookie of a session that one of them opened. Without a good admin token configured it is shut.

import type { MiddlewareHandler } from 'hono';
import { findOpenSession } from '../../features/sessions/read.ts';
import { findToken } from '../../features/sessions/sign-in.ts';
import { operatorTokens, type SignInToken } from '../../features/sessions/session.ts';
import { refuseFlood } from '../../features/shield/shield.ts';
import { bearerToken } from '../../http/bearer.ts';
import { addressOf, type AppContext, type AppEnv } from '../../http/context.ts';
import { sitterOf } from '../../http/session-cookie.ts';
import { Problem } from '../../lib/problem.ts';

export const requireAdmin: MiddlewareHandler<AppEnv> = async function requireAdmin(c, next) {
  const deps = c.get('deps');
  const { settings } = deps;
  if (settings.adminTokens.length === 0) {
    throw new Problem('admin_closed', 'ADMIN_TOKENS is missing or holds a token of less than 32 characters.');
  }
  const presented = bearerToken(c.req.header('authorization'));
  const tokens = operatorTokens(settings);
  const byCookie = c.req.header('authorization') === undefined ? await cookieTokenOf(c, tokens) : null;
  const token = presented === null ? byCookie : await findToken(tokens, presented);
  if (token === null) {
    if (presented !== null) {
      await refuseFlood(deps, addressOf(c));
    }
    throw new Problem('invalid_admin_token', 'Send one of ADMIN_TOKENS as «Authorization: Bearer …».');
  }
  c.set('actor', token.name);
  c.set('mayChange', token.mayChange);
  c.get('logged').actor = token.name;
  await next();
};

/** The token behind the cookie; null without one. A cookie that does not count is refused by its own name. */
async function cookieTokenOf(c: AppContext, tokens: SignInToken[]): Promise<SignInToken | null> {
  const { cookie, isSameOrigin } = sitterOf(c);
  if (cookie === null) {
    return null;
  }
  if (!isSameOrigin) {
    throw new Problem('cross_site', 'A cookie counts only for calls from a page of this gateway.');
  }
  const open = await findOpenSession(c.get('deps'), tokens, { secret: cookie, address: addressOf(c) });
  if (open === null) {
    throw new Problem('session_ended', 'The session has ended. Sign in again.');
  }
  c.set('sessionId', open.session.id);
  return open.token;
}
