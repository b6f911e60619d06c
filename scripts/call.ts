// Calls of the gateway's own API: over HTTP, or through Miniflare before the port is open.

import type { Miniflare } from 'miniflare';
import { Mistake } from './terminal.ts';

export type Reply = { status: number; body: Record<string, unknown> };
type Init = { method?: string; token: string; body?: unknown };
export type Gateway = (path: string, init: Init) => Promise<Reply>;

export function within(miniflare: Miniflare): Gateway {
  return async (path, init) => {
    const reply = await miniflare.dispatchFetch(`http://gateway${path}`, requestOf(init));
    return { status: reply.status, body: Object(await reply.json()) };
  };
}

export function over(base: string): Gateway {
  return async (path, init) => {
    const reply = await fetch(`${base}${path}`, requestOf(init));
    const body = await reply.json().catch(() => {
      throw new Mistake(
        `${base} answered ${reply.status}, but not as a gateway. Check the URL and what is in front of it, and try again.`,
      );
    });
    return { status: reply.status, body: Object(body) };
  };
}

function requestOf({ method = 'GET', token, body }: Init) {
  return {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

/** The body of an answer with this status. Any other status throws. */
export async function must(status: number, call: Promise<Reply>): Promise<Record<string, unknown>> {
  const reply = await call;
  if (reply.status !== status) {
    throw new Mistake(`The gateway answered ${reply.status}: ${String(reply.body['detail'])}`);
  }
  return reply.body;
}

export function text(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') {
    throw new Mistake(`The gateway's answer has no ${name}.`);
  }
  return value;
}
