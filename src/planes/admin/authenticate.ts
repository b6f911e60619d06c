// The operator's door. It opens with one of ADMIN_TOKENS, with one of READ_TOKENS for calls that change nothing, or with
// the cookie of a session. Tokens are compared in constant time. Without a valid admin token it stays closed.

import { findOpenSession } from '../../features/sessions/read.ts';
import { findToken } from '../../features/sessions/sign-in.ts';
import { operatorTokens, type SignInToken } from '../../features/sessions/session.ts';
import { refuseFlood } from '../../features/shield/shield.ts';
import { bearerToken } from '../../http/bearer.ts';
import { addressOf, headerOf, type Operator, type RequestContext } from '../../http/context.ts';
import { sitterOf } from '../../http/session-cookie.ts';
import { Problem } from '../../lib/problem.ts';

/** Sets the operator of the request. Throws without a valid token or cookie. */
export async function requireAdmin(context: RequestContext): Promise<void> {
  const { gateway } = context;
  const { settings } = gateway;
  if (settings.adminTokens.length === 0) {
    throw new Problem('admin_closed', 'ADMIN_TOKENS is missing or holds a token of less than 32 characters.');
  }
  const header = headerOf(context, 'Authorization');
  const presented = bearerToken(header);
  const tokens = operatorTokens(settings);
  const operator =
    header === null ? await findByCookie(context, tokens) : await findByToken(tokens, presented);
  if (operator === null) {
    if (presented !== null) {
      await refuseFlood(gateway, addressOf(context));
    }
    throw new Problem('invalid_admin_token', 'Send one of ADMIN_TOKENS as Authorization: Bearer ….');
  }
  context.operator = operator;
  context.logged.actor = operator.actor;
}

async function findByToken(tokens: SignInToken[], presented: string | null): Promise<Operator | null> {
  const token = presented === null ? null : await findToken(tokens, presented);
  return token === null ? null : operatorOf(token, null);
}

/** Null without a cookie. Throws for a cookie that is not valid. */
async function findByCookie(context: RequestContext, tokens: SignInToken[]): Promise<Operator | null> {
  const { cookie, isSameOrigin } = sitterOf(context);
  if (cookie === null) {
    return null;
  }
  if (!isSameOrigin) {
    throw new Problem('cross_site', 'A cookie counts only for calls from a page of this gateway.');
  }
  const open = await findOpenSession(context.gateway, tokens, {
    secret: cookie,
    address: addressOf(context),
  });
  if (open === null) {
    throw new Problem('session_ended', 'The session has ended. Sign in again.');
  }
  return operatorOf(open.token, open.session.id);
}

function operatorOf({ name, mayChange }: SignInToken, sessionId: string | null): Operator {
  return { actor: name, mayChange, sessionId };
}
