// The customer's door: every route behind it knows who is calling.

import type { MiddlewareHandler } from 'hono';
import { bearerToken } from './bearer.ts';
import type { AppEnv } from './context.ts';
import { authenticate } from '../features/keys/authenticate.ts';
import { presentedKey } from '../features/keys/principal.ts';

export const requireKey: MiddlewareHandler<AppEnv> = async function requireKey(c, next) {
  const principal = await authenticate(c.get('deps'), bearerToken(c.req.header('authorization')));
  c.set('principal', principal);
  c.get('logged').customer = principal.customerId;
  c.get('logged').key = presentedKey(principal);
  await next();
};
