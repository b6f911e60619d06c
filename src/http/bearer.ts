// The Authorization header (RFC 6750): the scheme in any case, one space, one token.

import { ownText } from '../lib/weight.ts';

const BEARER = /^Bearer +([\x21-\x7e]{1,4096})$/i;

/** The token presented, apart from its header, or null for a missing header and for every other scheme. */
export function bearerToken(header: string | null): string | null {
  const token = BEARER.exec(header ?? '')?.[1];
  return token === undefined ? null : ownText(token);
}
