// The credentials for Cloudflare: a token in the environment, or wrangler's sign-in.

import * as z from 'zod/mini';
import { Mistake } from '../terminal.ts';
import { runWrangler } from './wrangler.ts';

const signIn = z.union([
  z.looseObject({ type: z.enum(['oauth', 'api_token']), token: z.string() }),
  z.looseObject({ type: z.literal('api_key'), key: z.string(), email: z.string() }),
]);

/** The headers that authenticate a call to Cloudflare. */
export async function findSignIn(): Promise<Record<string, string>> {
  const token = process.env['CLOUDFLARE_API_TOKEN'];
  if (token !== undefined && token !== '') {
    return { Authorization: `Bearer ${token}` };
  }
  const found = signIn.safeParse(await askWrangler());
  if (!found.success) {
    throw new Mistake(
      'Sign in to Cloudflare first: npx wrangler login. In CI set CLOUDFLARE_API_TOKEN instead.',
    );
  }
  return found.data.type === 'api_key'
    ? { 'X-Auth-Key': found.data.key, 'X-Auth-Email': found.data.email }
    : { Authorization: `Bearer ${found.data.token}` };
}

async function askWrangler(): Promise<unknown> {
  try {
    const { stdout } = await runWrangler(['auth', 'token', '--json'], { WRANGLER_LOG: 'log' });
    return JSON.parse(stdout.slice(stdout.indexOf('{')));
  } catch {
    return null;
  }
}
