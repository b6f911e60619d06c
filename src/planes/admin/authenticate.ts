// The operator's door: one of ADMIN_TOKENS, or of READ_TOKENS for calls that change nothing, compared in constant time.
// Without a good admin token configured it is shut.

import type { MiddlewareHandler } from 'hono';
import { bearerToken } from '../../http/bearer.ts';
import type { AppEnv } from '../../http/context.ts';
import type { AdminToken } from '../../env.ts';
import { equalSecrets } from '../../lib/hash.ts';
import { Problem } from '../../lib/problem.ts';

export const requireAdmin: MiddlewareHandler<AppEnv> = async function requireAdmin(c, next) {
  const { adminTokens, readTokens } = c.get('deps').settings;
  if (adminTokens.length === 0) {
    throw new Problem('admin_closed', 'ADMIN_TOKENS is missing or holds a token of less than 32 characters.');
  }
  const presented = bearerToken(c.req.header('authorization'));
  const reader = presented === null ? null : await nameOf(readTokens, presented);
  const changer = presented === null ? null : await nameOf(adminTokens, presented);
  // A token in both lists may read.
  const actor = reader ?? changer;
  if (actor === null) {
    throw new Problem('invalid_admin_token', 'Send one of ADMIN_TOKENS as «Authorization: Bearer …».');
  }
  c.set('actor', actor);
  c.set('mayChange', reader === null);
  c.get('logged').actor = actor;
  await next();
};

/** Every token is compared, found or not, so that the time tells nothing. */
async function nameOf(tokens: AdminToken[], presented: string): Promise<string | null> {
  const matches = await Promise.all(tokens.map(({ token }) => equalSecrets(token, presented)));
  return tokens.find((_token, index) => matches[index])?.name ?? null;
}
