// The Authorization header (RFC 6750): the scheme in any case, one space, one token.

const BEARER = /^Bearer +([\x21-\x7e]{1,4096})$/i;

/** The token presented, or null for a missing header and for every other scheme. */
export function bearerToken(header: string | undefined): string | null {
  return BEARER.exec(header ?? '')?.[1] ?? null;
}
