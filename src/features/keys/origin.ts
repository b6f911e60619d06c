// The pages that may use a browser token: an origin as browsers write it (scheme, host, and the port unless it is the scheme's
// default), or `https://*.example.com` for every host below example.com, without example.com itself. Pure.

/** True for an entry of `origins`. */
export function isOriginPattern(text: string): boolean {
  const [, scheme = '', wildcard, host = ''] = /^(https?:\/\/)(\*\.)?([^*/]+)$/.exec(text) ?? [];
  const url = URL.parse(`${scheme}${wildcard === undefined ? '' : 'any.'}${host}`);
  if (url === null || url.origin !== `${scheme}${wildcard === undefined ? '' : 'any.'}${host}`) {
    return false;
  }
  // `https://*.com` would allow half of the Web.
  return wildcard === undefined || /^[^.:]+\.[^.:]/.test(host);
}

/** True if a page of this origin may use a token with these `origins`. */
export function isOriginAllowed(origins: string[] | null, origin: string | null): boolean {
  return origins === null || (origin !== null && origins.some((pattern) => covers(pattern, origin)));
}

function covers(pattern: string, origin: string): boolean {
  const [scheme = '', below] = pattern.split('*');
  if (below === undefined) {
    return pattern === origin;
  }
  return origin.startsWith(scheme) && origin.endsWith(below) && origin.length > scheme.length + below.length;
}
