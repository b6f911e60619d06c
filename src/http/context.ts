// The context of a request, from the entry of the Worker to its handler, on every plane.

import type { Gateway } from '../compose.ts';
import type { Principal } from '../features/keys/principal.ts';
import type { LogFields } from '../lib/log.ts';
import { foldSlashes, routedPath } from './path.ts';

export type RequestContext = {
  gateway: Gateway;
  request: Request;
  method: string;
  headers: Headers;
  url: string;
  /** The path as router, doors and handlers match it. */
  path: string;
  /** The Origin header, which no page can forge; null if the caller is not a page. */
  origin: string | null;
  /** Names the request in its answer and in the log. */
  traceId: string;
  /** Before the body was read. */
  arrivedAtMs: number;
  /** The request's one log line, to which each layer adds what it knows. */
  logged: LogFields;
  /** Set by the customers' door. */
  principal: Principal | null;
  /** Set by the operator's door. */
  operator: Operator | null;
};

export type Operator = {
  /** Name of the token. */
  actor: string;
  /** False for one of READ_TOKENS. */
  mayChange: boolean;
  /** The session whose cookie opened the door; null for a token. */
  sessionId: string | null;
};

export function contextOf(gateway: Gateway, request: Request): RequestContext {
  const { method, headers, url } = request;
  const traceId = crypto.randomUUID();
  return {
    gateway,
    request,
    method,
    headers,
    url,
    path: routedPath(request),
    origin: headers.get('Origin'),
    traceId,
    arrivedAtMs: gateway.clock.now(),
    logged: { trace_id: traceId, method },
    principal: null,
    operator: null,
  };
}

export function headerOf({ headers }: RequestContext, name: string): string | null {
  return headers.get(name);
}

/** The origin of the URLs in responses: PUBLIC_URL if set, else the origin that was called. */
export function originOf({ gateway, url }: RequestContext): string {
  return gateway.settings.publicUrl ?? url.slice(0, url.indexOf('/', 'https://'.length));
}

/** The caller's IP address, which Cloudflare sets over any value that the caller sends; '' if unknown. */
export function addressOf(context: RequestContext): string {
  return headerOf(context, 'CF-Connecting-IP') ?? '';
}

/** Host names of this gateway. */
export function ownHostsOf(context: RequestContext): string[] {
  return [...new Set([new URL(context.url).hostname, new URL(originOf(context)).hostname])];
}

/** The path as it was sent, undecoded. */
export function rawPathOf({ url }: RequestContext): string {
  const [path = ''] = url.slice(url.indexOf('/', 'https://'.length)).split(/[?#]/, 1);
  return foldSlashes(path);
}
