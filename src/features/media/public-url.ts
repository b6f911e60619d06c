// Decides which URLs may be fetched for a customer: https, a public host name, port 443. The host is judged by its name;
// nothing is resolved. Pure.

/** `unchecked`: the URL is allowed but not fetched. `reason` is a clause about "it". */
export type UrlVerdict =
  | { kind: 'public'; url: URL }
  | { kind: 'forbidden'; reason: string }
  | { kind: 'unchecked'; reason: string };

/** Longer URLs are neither fetched nor remembered. */
const MAX_URL_CHARS = 4096;

/** The authority, without whitespace and backslashes, which URL parsers disagree about. */
const AUTHORITY = /^https:\/\/([^\s\\/?#]+)(?=[/?#]|$)/i;
const LABEL = /^[a-z0-9_-]{1,63}$/;
const TOP_LABEL = /^(?:[a-z]{2,63}|xn--[a-z0-9-]+)$/;

/** Top-level labels that are reserved or used inside networks, so no public host has them. */
const LOCAL = new Set(
  'alt arpa cluster consul corp dhcp docker domain example gateway home i2p internal intranet invalid kube lan local localdomain localhost mail onion private router svc test workgroup'.split(
    ' ',
  ),
);

export function judgeUrl(given: string, ownHosts: string[]): UrlVerdict {
  const text = given.trimStart().slice(0, MAX_URL_CHARS);
  if (!/^https:/i.test(text)) {
    return forbidden('it must be a public URL, https only, or a base64 data URI');
  }
  const authority = AUTHORITY.exec(text)?.[1];
  if (authority?.includes('@')) {
    return forbidden('it contains a user name or a password');
  }
  if (authority === undefined || !URL.canParse(text)) {
    return forbidden('it is not a valid URL');
  }
  const url = new URL(text);
  url.hash = '';
  if (!isPublicName(url.hostname)) {
    return forbidden('its host must be a public name, no IP address and no local name');
  }
  if (ownHosts.some((host) => plainHost(host) === plainHost(url.hostname))) {
    return forbidden('it points to this gateway');
  }
  if (url.port !== '') {
    return { kind: 'unchecked', reason: 'only port 443 is fetched' };
  }
  // An escaped letter takes up to nine characters.
  return Math.max(given.length, url.href.length) > MAX_URL_CHARS
    ? { kind: 'unchecked', reason: `it is longer than ${MAX_URL_CHARS} characters` }
    : { kind: 'public', url };
}

function forbidden(reason: string): UrlVerdict {
  return { kind: 'forbidden', reason };
}

/** The URL parser has written every IPv4 address as four decimal numbers, and the whole name in lower case. */
function isPublicName(hostname: string): boolean {
  const labels = hostname.replace(/\.$/, '').split('.');
  const top = labels.at(-1) ?? '';
  return (
    labels.length >= 2 &&
    hostname.length <= 254 &&
    labels.every((label) => LABEL.test(label)) &&
    TOP_LABEL.test(top) &&
    !LOCAL.has(top)
  );
}

/** Without port and trailing dot, in lower case. */
function plainHost(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
}
