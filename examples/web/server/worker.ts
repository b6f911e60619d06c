// Serves the page with its Content-Security-Policy, and creates its browser tokens.

import { mintToken, type TokenEnv } from './token.ts';
import { visitorOf } from './visitor.ts';

type Env = TokenEnv & {
  ASSETS: { fetch: (request: Request) => Promise<Response> };
  /** The origin of results, if it is not https. */
  MEDIA: string;
};

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { origin, pathname } = new URL(request.url);
    if (pathname === '/example/token') {
      return answerWithToken(request, origin, env);
    }
    const file = await env.ASSETS.fetch(request);
    const headers = { ...Object.fromEntries(file.headers), ...guardsOf(env) };
    return new Response(file.body, { status: file.status, headers });
  },
};

async function answerWithToken(request: Request, page: string, env: Env): Promise<Response> {
  if (request.method !== 'POST') {
    return new Response(null, { status: 405, headers: { Allow: 'POST' } });
  }
  // A page of another site could not read the token, but it could use up the limit of tokens.
  if ((request.headers.get('Sec-Fetch-Site') ?? 'same-origin') !== 'same-origin') {
    return new Response(null, { status: 403 });
  }
  const { visitor, headers } = visitorOf(request);
  const minted = await mintToken(visitor, page, env);
  return new Response(minted.body, {
    status: minted.status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
  });
}

/** Allows nothing inline, and from other origins only calls of the gateway and media. */
function guardsOf({ GATE, MEDIA }: Env): Record<string, string> {
  const media = `'self' blob: https: ${GATE} ${MEDIA}`.trim();
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `img-src ${media}`,
      `media-src ${media}`,
      `connect-src 'self' ${GATE}`,
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
}
