// Submits and polls, nearly all that a gateway is asked for. They are an app of their own, so that a cold start waits for
// nothing else; the rows and the door are those of every customer's route.

import type { AppEnv } from '../http/context.ts';
import type { Hono } from '../http/hono.ts';
import { register } from '../http/register.ts';
import { requireKey } from '../http/require-key.ts';
import { requestRoutes } from './data/requests.ts';

const CALLS = Object.values(requestRoutes).map(({ method, path }) => ({ method, path: patternOf(path) }));

export function mountCalls(app: Hono<AppEnv>): void {
  app.use('/v1/*', requireKey);
  register(app, requestRoutes);
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/\{\w+\+\}/g, '.+').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

/** `path` as the router matches it. */
export function isCall(asked: { method: string; path: string }): boolean {
  return CALLS.some(({ method, path }) => method === asked.method && path.test(asked.path));
}
