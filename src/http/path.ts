// The path of a call as every layer sees it: router, doors and handlers alike, so that no spelling of a path finds
// another way in.

import { getPath } from 'hono/utils/url';

/**
 * RunComfy's routes without doubled and trailing slashes: base URLs are set with and without one, and clients that are
 * not redirected would fail.
 */
export function foldSlashes(path: string): string {
  const folded = path.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  return /^\/(?:v1|prod)(?:\/|$)/.test(folded) ? folded : path;
}

/** What the router matches. */
export function routedPath(request: Request): string {
  return foldSlashes(getPath(request));
}
