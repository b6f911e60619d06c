// The Authorization header (RFC 6750): the scheme in any case, spaces, one token.

import { ownText } from '../lib/weight.ts';

const BEARER = /^Bearer +([\x21-\x7e]{1,4096})$/i;

/** The token as a string of its own, or null for a missing header or another scheme. */
export function bearerToken(header: string | null): string | null {
  const token = BEARER.exec(header ?? '')?.[1];
  return token === undefined ? null : ownText(token);
}
