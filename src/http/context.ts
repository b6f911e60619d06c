// What a request carries from the outermost layer to its handler.

import type { Context } from 'hono';
import type { Gateway } from '../compose.ts';
import type { Principal } from '../features/keys/principal.ts';
import type { LogFields } from '../lib/log.ts';
import { foldSlashes } from './path.ts';

export type AppEnv = {
  Bindings: Env;
  Variables: {
    deps: Gateway;
    traceId: string;
    /** The start of the request, before its body was read. */
    arrivedAtMs: number;
    /** The request's one log line, to which each layer adds what it knows. */
    logged: LogFields;
    /** Set by the data plane's authentication. */
    principal: Principal;
    /** Name of the admin token; set by the control plane's authentication. */
    actor: string;
    /** False: the token is one of READ_TOKENS. */
    mayChange: boolean;
    /** The session whose cookie opened the door; undefined for a token. */
    sessionId: string | undefined;
  };
};

export type AppContext = Context<AppEnv>;

/** The origin that our URLs name: PUBLIC_URL if set, else the one that was called. */
export function originOf(c: AppContext): string {
  const { url } = c.req;
  return c.get('deps').settings.publicUrl ?? url.slice(0, url.indexOf('/', 'https://'.length));
}

/** The caller's address, which Cloudflare puts in the place of whatever the caller sent; '' where nobody says. */
export function addressOf(c: AppContext): string {
  return c.req.header('cf-connecting-ip') ?? '';
}

/** The names that this gateway is known to be called by. */
export function ownHostsOf(c: AppContext): string[] {
  return [...new Set([new URL(c.req.url).hostname, new URL(originOf(c)).hostname])];
}

/** What stands behind `prefix` in the URL, undecoded; '' when the prefix itself was escaped. */
export function pathBehind(c: AppContext, prefix: string): string {
  const { url } = c.req;
  const start = url.indexOf('/', 'https://'.length);
  const [raw = ''] = url.slice(start).split(/[?#]/, 1);
  const path = foldSlashes(raw);
  return path.startsWith(prefix) ? path.slice(prefix.length) : '';
}
