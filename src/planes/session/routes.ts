// /session: a person signs in to the console with an admin or read token, and the browser gets a cookie.

import * as z from 'zod/mini';
import { findOpenSession, type OpenSession } from '../../features/sessions/read.ts';
import { operatorTokens, SESSION_LIFE_MS, type SignInToken } from '../../features/sessions/session.ts';
import { makeLink, signIn, signOut } from '../../features/sessions/sign-in.ts';
import { showInstant } from '../../http/paging.ts';
import { answer, route, type RequestFacts } from '../../http/route.ts';
import { givingCookie, takingCookie } from '../../http/session-cookie.ts';
import { Problem } from '../../lib/problem.ts';
import type { ShieldRuntime } from '../../features/shield/memory.ts';
import type { SessionView, SignedInView, SignInLinkView } from './session-view.ts';

const text = z.string().check(z.minLength(1), z.maxLength(4096));

const signInBody = z.union([z.strictObject({ token: text }), z.strictObject({ code: text })]);

export const sessionRoutes = {
  getSession: route({
    method: 'GET',
    path: '/session',
    door: 'open',
    summary: 'Get who is signed in with the cookie of this call.',
    refusals: ['rate_limited'],
    async run({ runtime, request }): Promise<SessionView> {
      const open = await openSessionOf(runtime, request);
      return open === null ? { actor: null } : showSignedIn(open);
    },
  }),
  signIn: route({
    method: 'POST',
    path: '/session',
    door: 'open',
    summary: 'Sign in with an admin token, a read token or the code of a link. The response sets the cookie.',
    body: signInBody,
    refusals: ['admin_closed', 'invalid_admin_token', 'rate_limited', 'cross_site'],
    async run({ runtime, body, request }) {
      if (request.sitter.isForeign) {
        throw new Problem('cross_site', 'A page of this gateway signs in, and no other.');
      }
      const { address, sitter, traceId } = request;
      const asked = { secret: body, agent: sitter.agent, traceId, address };
      const { secret, ...open } = await signIn(runtime, tokensOf(runtime), asked);
      return answer(showSignedIn(open), { headers: givingCookie(secret, SESSION_LIFE_MS / 1000) });
    },
  }),
  signOut: route({
    method: 'DELETE',
    path: '/session',
    door: 'open',
    summary: 'Sign out: end the session of the cookie of this call.',
    status: 204,
    refusals: ['rate_limited'],
    async run({ runtime, request }) {
      const open = await openSessionOf(runtime, request);
      if (open !== null) {
        const { traceId, address } = request;
        await signOut(runtime, open.session, { traceId, address });
      }
      return answer(null, { headers: takingCookie() });
    },
  }),
  makeSignInLink: route({
    method: 'POST',
    path: '/session/links',
    door: 'open',
    summary: 'Create the code of a link that signs in once within an hour.',
    body: z.strictObject({ token: text }),
    status: 201,
    refusals: ['admin_closed', 'invalid_admin_token', 'rate_limited'],
    async run({ runtime, body, request: { address, traceId } }): Promise<SignInLinkView> {
      const { code, expiresAtMs } = await makeLink(runtime, tokensOf(runtime), {
        presented: body.token,
        address,
        traceId,
      });
      return { code, expires_at: showInstant(expiresAtMs) };
    },
  }),
};

type SignInSettings = { settings: Parameters<typeof operatorTokens>[0] };

/** Tokens that can sign in. Without a valid admin token the admin API and the console are closed. */
function tokensOf({ settings }: SignInSettings): SignInToken[] {
  if (settings.adminTokens.length === 0) {
    throw new Problem('admin_closed', 'ADMIN_TOKENS is missing or holds a token of less than 32 characters.');
  }
  return operatorTokens(settings);
}

async function openSessionOf(
  runtime: ShieldRuntime & SignInSettings,
  { sitter: { cookie, isSameOrigin }, address }: RequestFacts,
) {
  const secret = isSameOrigin ? cookie : null;
  return secret === null
    ? null
    : findOpenSession(runtime, operatorTokens(runtime.settings), { secret, address });
}

function showSignedIn({ session, token }: OpenSession): SignedInView {
  return {
    actor: session.actor,
    may_change: token.mayChange,
    expires_at: showInstant(session.expiresAtMs),
  };
}
